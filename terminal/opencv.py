"""The one door to OpenCV: its stubs promise less than it keeps, so types are restored here."""

import os
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast

SELECT_TIMEOUT_S = 2  # a stalled camera blocks `read` this long; OpenCV's own default is 10
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", str(SELECT_TIMEOUT_S))  # read when OpenCV is imported

import cv2  # noqa: E402  # after the variable it reads
import numpy as np  # noqa: E402
import numpy.typing as npt  # noqa: E402

from terminal.errors import ImageError  # noqa: E402
from terminal.types import Ellipse, Pixels  # noqa: E402

Floats: TypeAlias = npt.NDArray[np.float32]
Grey = TypeVar("Grey", Pixels, Floats)
Colours: TypeAlias = npt.NDArray[np.uint8]  # (H, W, 3) blue, green, red

cv2.setNumThreads(1)  # frames are small: OpenCV's threads cost more than they give, and other processes need the cores
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # its faults come back as values here


def decode_grey(data: bytes) -> Pixels | None:
    """Return the grey image in a file's bytes, or None where OpenCV finds none."""
    try:
        found: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error:  # an empty file, or sizes no memory can hold
        return None
    return None if found is None else cast(Pixels, found)


def encode_jpeg(pixels: Pixels) -> bytes:
    """Return a grey image as the bytes of a JPEG file."""
    _, data = cv2.imencode(".jpg", pixels)
    return bytes(data)


def resize(pixels: Pixels, width: int, height: int) -> Pixels:
    """Bring an image to a size: area averages when it shrinks, so that nothing aliases, linear when it grows."""
    shrinks = width < pixels.shape[1]
    return cast(
        Pixels, cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    )


def enlarge(values: Floats, width: int, height: int) -> Floats:
    """Bring real-valued maps to a larger size linearly."""
    return cast(Floats, cv2.resize(values, (width, height), interpolation=cv2.INTER_LINEAR))


def mirrored(pixels: Pixels) -> Pixels:
    """Return an image with left and right exchanged."""
    return cast(Pixels, cv2.flip(pixels, 1))


def pad(pixels: Grey, top: int, bottom: int, left: int, right: int) -> Grey:
    """Continue an image beyond its edges with its edge pixels."""
    return cast(Grey, cv2.copyMakeBorder(pixels, top, bottom, left, right, cv2.BORDER_REPLICATE))


def sample(values: Pixels | Floats, x: Floats, y: Floats, outside: float | None = None) -> Floats:
    """Read an image between its pixels, linearly; beyond its edges read `outside`, or the edge pixel.

    values  (H, W)
    x, y    (M, K) float32   where to read, pixels
    returns (M, K) float32
    """
    source = values.astype(np.float32) if values.dtype != np.float32 else values
    if outside is None:
        return cast(Floats, cv2.remap(source, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
    border = cv2.BORDER_CONSTANT
    return cast(Floats, cv2.remap(source, x, y, cv2.INTER_LINEAR, borderMode=border, borderValue=outside))


def laplacian_variance(pixels: Pixels) -> float:
    """Return the variance of the Laplacian: falls as an image blurs (Pech-Pacheco et al., ICPR 2000)."""
    return float(cv2.Laplacian(pixels, cv2.CV_32F).var())


def laplacian_of_gaussian(greys: Floats) -> Floats:
    """Return the Laplacian of a Gaussian of 1.4 pixels (ISO/IEC 29794-6:2015, 6.4: sharpness), (H, W) float32."""
    return cast(Floats, cv2.Laplacian(cv2.GaussianBlur(greys, (9, 9), 1.4), cv2.CV_32F))


def eroded(mask: npt.NDArray[np.bool_], pixels: int) -> npt.NDArray[np.bool_]:
    """Return a mask without what lies within so many pixels of its edges."""
    side = 2 * pixels + 1
    return cast("npt.NDArray[np.uint8]", cv2.erode(mask.astype(np.uint8), np.ones((side, side), np.uint8))) > 0


def local_median(values: Floats) -> Floats:
    """Return the median of each value's 5x5 surroundings."""
    return cast(Floats, cv2.medianBlur(values, 5))


def blobs(mask: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Number the connected regions of a mask.

    returns labels (H, W) int32, 0 outside; areas (K,) int32 in pixels of regions 1..K
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    found: Any = stats
    return cast("npt.NDArray[np.int32]", labels), cast("npt.NDArray[np.int32]", found[1:, cv2.CC_STAT_AREA])


def fit_ellipse(points: Floats) -> tuple[float, float, float, float, float]:
    """Fit an ellipse to (K, 2) points, K >= 5, by direct least squares (Fitzgibbon, PAMI 1999).

    returns x, y, half axes a and b, and the angle of a in rad
    """
    (x, y), (width, height), angle_deg = cv2.fitEllipseDirect(points)
    return float(x), float(y), float(width) / 2, float(height) / 2, float(np.deg2rad(angle_deg))


class Video:
    """A video file or camera, read as grey frames."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        self._capture = capture

    @property
    def is_open(self) -> bool:
        """Whether there was something to open; stays true when a camera is unplugged later."""
        return bool(self._capture.isOpened())

    def read(self) -> Pixels | None:
        """Return the next frame, or None at the end of a file and when a camera is gone."""
        try:
            found, image = self._capture.read()
        except cv2.error:  # a driver that answers nonsense, as some do while being unplugged
            return None
        if not found:
            return None
        grey: Any = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        return cast(Pixels, grey)

    def close(self) -> None:
        """Let the device go."""
        self._capture.release()


def open_video(path: str) -> Video:
    """Open a video file."""
    return Video(cv2.VideoCapture(path))


def open_v4l2(device: str, width: int, height: int, frames_per_s: float, exposure_us: int | None) -> Video:
    """Open a V4L2 camera, by choice in grey (infrared cameras mostly are), with one buffer so that frames are new."""
    capture = cv2.VideoCapture(device, cv2.CAP_V4L2)
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"GREY"))  # refused by colour cameras, which keep theirs
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
    capture.set(cv2.CAP_PROP_FPS, frames_per_s)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    if exposure_us is not None:
        capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, 1)  # V4L2_EXPOSURE_MANUAL
        capture.set(cv2.CAP_PROP_EXPOSURE, exposure_us // 100)  # V4L2_CID_EXPOSURE_ABSOLUTE counts 100 us
    return Video(capture)


def outline(picture: Colours, around: Ellipse, colour: tuple[int, int, int]) -> None:
    """Draw an ellipse onto a picture to 1/16 pixel; `colour` is blue, green, red."""
    parts = 4  # bits of a pixel
    centre, axes = (round(around.x * 16), round(around.y * 16)), (round(around.a * 16), round(around.b * 16))
    angle_deg = float(np.rad2deg(around.angle_rad))
    cv2.ellipse(picture, centre, axes, angle_deg, 0, 360, colour, 1, cv2.LINE_AA, parts)


def caption(picture: Colours, text: str) -> None:
    """Write a line onto the top left of a picture."""
    cv2.putText(picture, text, (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 255, 255), 1, cv2.LINE_AA)


def stretch(picture: Colours, width: int, height: int) -> Colours:
    """Bring a picture to a size without inventing shades between its pixels."""
    return cast(Colours, cv2.resize(picture, (width, height), interpolation=cv2.INTER_NEAREST))


def write_image(path: Path, picture: Colours) -> None:
    """Write a picture in the format of the path's suffix; raise ImageError when that cannot be done."""
    try:
        written = cv2.imwrite(str(path), picture)
    except cv2.error as error:
        raise ImageError(f"{path} is no name for a picture", hint="end it in .png or .jpg") from error
    if not written:
        raise ImageError(f"{path} cannot be written", hint="check the folder and its permissions")
