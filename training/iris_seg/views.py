"""What the network is shown in training: parts of drawn pictures, moved, turned, scaled and lit by chance.

Two kinds, as at the kiosk: *close* views, in which the iris has about the radius `extract/iris_segment.py` brings it to, and
*wide* ones, in which one eye, two or none have to be found, however small.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from training.iris_seg.pictures import OPENING, SIZE, VISIBLE

CLOSE = (192, 256)  # rows, columns
WIDE = (128, 160)
CLOSE_RADII = (32.0, 84.0)  # pixels of the view: 1.6 times either way of what it will be shown mostly
WIDE_RADII = (5.0, 62.0)
ANY_RADII = 0.15  # part of the close views in which the iris is left at a scale far off
TWO_RADII = (5.0, 15.0)
TILTED = 0.1  # part of the views in which the head may be held anyhow

Bytes = npt.NDArray[np.uint8]
Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pictures:
    """The drawn pictures and their truth, mapped from disk: see `pictures`."""

    pixels: Bytes  # (N, H, W)
    seen: Bytes  # (N, H, W)
    discs: npt.NDArray[np.float32]  # (N, 2, 5)


@dataclass(frozen=True, slots=True)
class Scene:
    """A view and its truth.

    pixels  (H, W)          grey levels
    seen    (H, W, 2)       visible iris and eye opening, 0..255
    discs   K x 2 x (2, 3)  of each eye pupil and limbus: matrix of half axes, and centre as the last column
    """

    pixels: Bytes
    seen: Bytes
    discs: list[list[Reals]]


def close(pictures: Pictures, rng: np.random.Generator) -> tuple[Bytes, Bytes]:
    """Return a close view (192, 256) and its truth as four masks (4, 96, 128), 0..255."""
    eye = _one(pictures, int(rng.integers(len(pictures.pixels))))
    wanted = _log_uniform(rng, 14.0, 100.0) if rng.random() < ANY_RADII else _log_uniform(rng, *CLOSE_RADII)
    to = np.array([CLOSE[1], CLOSE[0]]) * (0.5 + np.clip(rng.normal(0, 0.08, 2), -0.25, 0.25))
    scene = _moved(rng, eye, to, wanted, CLOSE)
    return _lit(rng, scene.pixels), _masks(scene)


def wide(pictures: Pictures, rng: np.random.Generator) -> tuple[Bytes, Bytes]:
    """Return a wide view (128, 160) and its truth (4, 64, 80): one eye, two of one face, or none."""
    kind = rng.random()
    if kind < 0.12:
        scene = Scene(_clutter(rng), np.zeros((*WIDE, 2), np.uint8), [])
    elif kind < 0.4:
        scene = _two(pictures, rng)
    else:
        eye = _one(pictures, int(rng.integers(len(pictures.pixels))))
        wanted = _log_uniform(rng, *WIDE_RADII)
        free = float(np.clip(1.3 - wanted / 62, 0.3, 1))  # a large eye stays near the middle, or nothing of it is left
        to = np.array([WIDE[1], WIDE[0]]) * (0.5 + free * np.clip(rng.normal(0, 0.2, 2), -0.45, 0.45))
        scene = _moved(rng, eye, to, wanted, WIDE)
    return _lit(rng, scene.pixels), _masks(scene)


def _one(pictures: Pictures, place: int) -> Scene:
    seen = np.asarray(pictures.seen[place])
    bits = np.stack([(seen & bit > 0) * np.uint8(255) for bit in (VISIBLE, OPENING)], axis=-1)
    found = pictures.discs[place]
    discs = [[_disc(one) for one in found.astype(np.float64)]] if np.isfinite(found).all() else []
    return Scene(np.asarray(pictures.pixels[place]), np.asarray(bits, np.uint8), discs)


def _disc(ellipse: Reals) -> Reals:
    """Return an ellipse (x, y, a, b, angle) as the matrix of its half axes and its centre, (2, 3)."""
    x, y, a, b, angle = ellipse
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[a * cos, -b * sin, x], [a * sin, b * cos, y]])


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _moved(rng: np.random.Generator, eye: Scene, to: Reals, radius: float, size: tuple[int, int]) -> Scene:
    """Return the view with the iris brought to `to` and to a radius, turned, and mirrored half the time.

    A picture of a closed eye has no iris: its middle is brought there, at about the scale of the others.
    """
    pixels, seen = eye.pixels, eye.seen
    if eye.discs:
        limbus = eye.discs[0][1]
        centre, scale = limbus[:, 2], radius / float(np.sqrt(abs(np.linalg.det(limbus[:, :2]))))
    else:
        centre, scale = np.array([SIZE[1], SIZE[0]]) / 2, radius / 60
    angle = rng.uniform(-1.1, 1.1) if rng.random() < TILTED else float(np.clip(rng.normal(0, 0.12), -0.5, 0.5))
    stretch = np.exp(rng.normal(0, 0.03))
    axes = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    axes = axes @ np.diag([stretch, 1 / stretch]) @ np.diag([rng.choice([-1.0, 1.0]), 1.0])
    to_view = np.hstack([axes, (to - axes @ centre)[:, None]])
    discs = [[to_view[:, :2] @ disc + np.pad(to_view[:, 2:], ((0, 0), (2, 0))) for disc in one] for one in eye.discs]
    matrix = to_view
    while scale < 0.55:  # halve before the linear sampling, so that nothing aliases
        half = (pixels.shape[1] // 2, pixels.shape[0] // 2)
        pixels = np.asarray(cv2.resize(pixels, half, interpolation=cv2.INTER_AREA), np.uint8)
        seen = np.asarray(cv2.resize(seen, half, interpolation=cv2.INTER_AREA), np.uint8)
        matrix = np.hstack([2 * matrix[:, :2], matrix[:, 2:] + 0.5 * matrix[:, :2].sum(axis=1, keepdims=True)])
        scale *= 2
    view = cv2.warpAffine(pixels, matrix, size[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if rng.random() < 0.5:  # the picture ends where clutter begins
        inside = cv2.warpAffine(np.full(pixels.shape, 255, np.uint8), matrix, size[::-1])
        clutter = cv2.resize(_clutter(rng), size[::-1])
        view = np.where(inside > 127, view, clutter)
    bits = cv2.warpAffine(seen, matrix, size[::-1], flags=cv2.INTER_LINEAR)
    return Scene(np.asarray(view, np.uint8), np.asarray(bits, np.uint8), discs)


def _two(pictures: Pictures, rng: np.random.Generator) -> Scene:
    """Put both eyes of one person side by side, joined over the nose."""
    place = 2 * int(rng.integers(len(pictures.pixels) // 2))
    radius = _log_uniform(rng, *TWO_RADII)
    middle, row = rng.uniform(0.35, 0.65) * WIDE[1], rng.uniform(0.2, 0.8) * WIDE[0]
    apart = radius * rng.uniform(7.0, 12.0) / 2  # pupils are 63 mm apart in adults, the iris has a radius of 5.9 mm
    state = rng.bit_generator.state
    halves = []
    for offset, side in ((0, -1), (1, 1)):
        rng.bit_generator.state = state  # both turned and mirrored alike
        to = np.array([middle + side * apart, row])
        halves.append(_moved(rng, _one(pictures, place + offset), to, radius, WIDE))
    column = np.arange(WIDE[1])
    blend = 1 / (1 + np.exp(-(column - middle) / (0.1 * apart)))
    left, right = halves
    view = left.pixels + blend * (right.pixels.astype(np.float32) - left.pixels)
    seen = np.where((column < middle)[None, :, None], left.seen, right.seen)
    return Scene(np.asarray(view, np.uint8), np.asarray(seen, np.uint8), left.discs + right.discs)


def _clutter(rng: np.random.Generator) -> Bytes:
    """Return skin, cloth and things (128, 160), without an eye."""
    grain = [max(2, round(length / _log_uniform(rng, 1.5, 60))) for length in WIDE]
    noise = cv2.resize(rng.standard_normal(grain, dtype=np.float32), WIDE[::-1], interpolation=cv2.INTER_CUBIC)
    view = rng.uniform(40, 220) + rng.uniform(3, 60) * np.asarray(noise, np.float32)
    for _ in range(int(rng.integers(0, 6))):
        at, axes = np.rint(rng.uniform(0, 1, 2) * WIDE[::-1]), np.rint(rng.uniform(3, 40, 2))
        angle, shade = float(rng.uniform(0, 180)), float(rng.uniform(0, 255))
        cv2.ellipse(view, _whole(at), _whole(axes), angle, 0, 360, shade, -1)
    for _ in range(int(rng.integers(0, 8))):
        ends = np.rint(rng.uniform(0, 1, (2, 2)) * WIDE[::-1])
        cv2.line(
            view, _whole(ends[0]), _whole(ends[1]), float(rng.uniform(0, 255)), int(rng.integers(1, 9)), cv2.LINE_AA
        )
    return np.asarray(np.clip(view, 0, 255), np.uint8)


def _whole(pair: Reals) -> tuple[int, int]:
    return int(pair[0]), int(pair[1])


def _lit(rng: np.random.Generator, view: Bytes) -> Bytes:
    """Return the view with other tones, and now and then blurred, noisy, burnt out or packed."""
    seen: npt.NDArray[np.float32] = view.astype(np.float32)
    if rng.random() < 0.2:
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.4, 1.4)), np.float32)
    if rng.random() < 0.6:
        tones = 255 * (np.arange(256, dtype=np.float32) / np.float32(255)) ** np.float32(rng.uniform(0.6, 1.7))
        seen = tones[np.clip(np.rint(seen), 0, 255).astype(np.intp)]
    if rng.random() < 0.3:
        seen = seen * np.float32(rng.uniform(1.0, 2.2))  # burnt-out skin around a good iris
    if rng.random() < 0.5:
        seen = seen + rng.standard_normal(seen.shape, dtype=np.float32) * np.float32(abs(rng.normal(0, 4)))
    lit = np.asarray(np.clip(np.rint(seen), 0, 255), np.uint8)
    if rng.random() < 0.15:
        _, packed = cv2.imencode(".jpg", lit, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 95))])
        lit = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return lit


def _masks(scene: Scene) -> Bytes:
    """Return the covered part of each output pixel, (4, H/2, W/2), 0..255: the network's outputs in its order."""
    rows, columns = (length // 2 for length in scene.pixels.shape)
    seen = cv2.resize(scene.seen, (columns, rows), interpolation=cv2.INTER_AREA)
    whole = np.zeros((2, rows, columns))
    for eye in scene.discs:
        for number, disc in enumerate(eye):
            whole[number] = np.maximum(whole[number], _covered(disc, rows, columns))
    discs = np.asarray(np.rint(255 * whole), np.uint8)
    return np.stack([seen[..., 0], discs[0], discs[1], seen[..., 1]])


def _covered(disc: Reals, rows: int, columns: int) -> Reals:
    """Return the part of each output pixel that a disc covers, (rows, columns), to first order in the distance to its edge."""
    x = 2 * np.arange(columns) + 0.5 - disc[0, 2]  # the middle of an output pixel, in input pixels
    y = 2 * np.arange(rows) + 0.5 - disc[1, 2]
    back = np.linalg.inv(disc[:, :2])
    u = back[0, 0] * x[None, :] + back[0, 1] * y[:, None]
    v = back[1, 0] * x[None, :] + back[1, 1] * y[:, None]
    ratio = np.maximum(np.hypot(u, v), 1e-6)
    slope = np.hypot(back[0, 0] * u + back[1, 0] * v, back[0, 1] * u + back[1, 1] * v) / ratio
    return np.asarray(np.clip(0.5 - 0.5 * (ratio - 1) / slope, 0, 1))
