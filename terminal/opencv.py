"""The one door to OpenCV for everything that measures pixels: its stubs promise less than it keeps, so types are restored here."""

from typing import Any, TypeAlias, cast

import cv2
import numpy as np
import numpy.typing as npt

from terminal.types import Pixels

Floats: TypeAlias = npt.NDArray[np.float32]

cv2.setNumThreads(1)  # frames are small: OpenCV's threads cost more than they give, and other processes need the cores
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # its faults come back as values here


def decode_grey(data: bytes) -> Pixels | None:
    """Return the grey image in a file's bytes, or None where OpenCV finds none."""
    try:
        found: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error:  # an empty file, or sizes no memory can hold
        return None
    return None if found is None else cast(Pixels, found)


def resize(pixels: Pixels, width: int, height: int) -> Pixels:
    """Bring an image to a size: area averages when it shrinks, so that nothing aliases, linear when it grows."""
    shrinks = width < pixels.shape[1]
    return cast(
        Pixels, cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    )


def enlarge(values: Floats, width: int, height: int) -> Floats:
    """Bring real-valued maps to a larger size linearly."""
    return cast(Floats, cv2.resize(values, (width, height), interpolation=cv2.INTER_LINEAR))


def pad(pixels: Pixels, top: int, bottom: int, left: int, right: int) -> Pixels:
    """Continue an image beyond its edges with its edge pixels."""
    return cast(Pixels, cv2.copyMakeBorder(pixels, top, bottom, left, right, cv2.BORDER_REPLICATE))


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


def blur(values: Floats, sigma_x: float, sigma_y: float) -> Floats:
    """Smooth with a Gaussian, deviations in pixels."""
    return cast(Floats, cv2.GaussianBlur(values, (0, 0), sigmaX=sigma_x, sigmaY=sigma_y))


def laplacian_variance(pixels: Pixels) -> float:
    """Return the variance of the Laplacian: falls as an image blurs (Pech-Pacheco et al., ICPR 2000)."""
    return float(cv2.Laplacian(pixels, cv2.CV_32F).var())


def blobs(mask: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Number the connected regions of a mask.

    returns labels (H, W) int32, 0 outside; areas (K,) int32 in pixels of regions 1..K
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    found: Any = stats
    return cast("npt.NDArray[np.int32]", labels), cast("npt.NDArray[np.int32]", found[1:, cv2.CC_STAT_AREA])


def fit_ellipse(points: Floats) -> tuple[float, float, float, float, float]:
    """Fit an ellipse to (K, 2) points, K >= 5, by direct least squares (Fitzgibbon 1999): x, y, half axes a and b, angle of a in rad."""
    (x, y), (width, height), angle_deg = cv2.fitEllipseDirect(points)
    return float(x), float(y), float(width) / 2, float(height) / 2, float(np.deg2rad(angle_deg))
