"""Smooth random fields: the raw material of skin and iris."""

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Field: TypeAlias = npt.NDArray[np.float32]  # (H, W) any unit


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], grain: tuple[float, float]) -> Field:
    """Return noise of about unit deviation whose blobs are `grain` (rows, columns) large.

    returns  (H, W) float32   `shape` is (H, W)
    """
    coarse = _coarse(rng, shape, grain)
    return np.asarray(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def seamless_noise(rng: np.random.Generator, shape: tuple[int, int], grain: tuple[float, float]) -> Field:
    """Return the same as `smooth_noise`, but slower and with edges that join: an iris closes on itself."""
    coarse = _coarse(rng, shape, grain)
    to_coarse = np.diag([coarse.shape[1] / shape[1], coarse.shape[0] / shape[0], 1])[:2]
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    fine = cv2.warpAffine(coarse, to_coarse, shape[::-1], flags=flags, borderMode=cv2.BORDER_WRAP)
    return np.asarray(fine, np.float32)


def _coarse(rng: np.random.Generator, shape: tuple[int, int], grain: tuple[float, float]) -> Field:
    cells = [max(2, round(length / size)) for length, size in zip(shape, grain, strict=True)]
    return rng.standard_normal(cells, dtype=np.float32)


def warped(field: Field, down: Field, right: Field) -> Field:
    """Return `field` (H, W) pushed about by offsets in pixels, wrapping around at its edges."""
    rows, cols = field.shape
    y, x = np.indices((rows, cols), np.float32)
    moved = cv2.remap(field, x + right, y + down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return np.asarray(moved, np.float32)


def blurred(field: npt.NDArray[np.floating], sigma_px: float) -> Field:
    """Return `field` (H, W) after a Gaussian blur; a sigma too small to matter leaves it as it is."""
    sharp = np.asarray(field, np.float32)
    return sharp if sigma_px < 0.2 else np.asarray(cv2.GaussianBlur(sharp, (0, 0), sigma_px), np.float32)
