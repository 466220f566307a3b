"""Skin with its folds, and the white of the eye, in grey levels under near-infrared light."""

from dataclasses import dataclass

import cv2
import numpy as np

from terminal.capture.drawing.geometry import Opening
from terminal.capture.drawing.noise import Field, blurred, smooth_noise
from terminal.capture.drawing.setting import Capture


@dataclass(frozen=True, slots=True)
class Flesh:
    """What surrounds one iris. Greys are 0..255, lengths in iris radii."""

    skin_grey: float
    sclera_grey: float
    crease_height: float  # of the fold above the upper lid, from its edge
    crease_depth: float  # grey levels
    pouch_depth: float  # grey levels of the folds below the eye
    grain: float  # grey levels of the pores
    brow_height: float
    lash_length: float
    lash_count: int
    hair_grey: float


def skin(rng: np.random.Generator, flesh: Flesh, lids: Opening, capture: Capture) -> Field:
    """Return the skin (H, W) as if the eye were covered by it."""
    radius = capture.radius_px
    size = capture.size
    grey = flesh.skin_grey + rng.uniform(6, 16) * smooth_noise(rng, size, (1.3 * radius, 1.6 * radius))
    grey += _hollows(rng, flesh, lids) + _relief(rng, flesh, lids)
    pores = smooth_noise(rng, size, (max(1.3, 0.035 * radius), max(1.5, 0.05 * radius)))
    wrinkles = smooth_noise(rng, size, (max(1.5, 0.05 * radius), 0.3 * radius))
    grey += flesh.grain * (0.7 * pores + 0.6 * wrinkles)
    shine = np.clip(pores + 0.9 * smooth_noise(rng, size, (0.6 * radius, 0.8 * radius)) - 1.5, 0, 2)
    grey += 35 * capture.glare * shine  # oily skin mirrors the lamp in specks
    if capture.makeup:
        grey *= 1 - capture.makeup * _painted(rng, lids)
    return np.asarray(grey, np.float32)


def _painted(rng: np.random.Generator, lids: Opening) -> Field:
    """Part of the light (H, W) that make-up takes: a liner along both lid edges, and shadow on the upper lid."""
    upper = rng.uniform(0.5, 1.0) * np.exp(-((lids.above / rng.uniform(0.04, 0.16)) ** 2))
    lower = rng.uniform(0.0, 0.9) * np.exp(-((lids.below / rng.uniform(0.04, 0.2)) ** 2))
    shadow = rng.uniform(0.0, 0.5) * np.exp(-((np.clip(lids.above, 0, None) / rng.uniform(0.2, 0.8)) ** 2))
    fade = np.clip((1.6 - np.abs(lids.across)) / 0.5, 0, 1)
    return np.asarray(fade * np.where(lids.above > lids.below, np.maximum(upper, shadow), lower), np.float32)


def _hollows(rng: np.random.Generator, flesh: Flesh, lids: Opening) -> Field:
    """Light and shade (H, W) of the bones around the eye: the side of the nose, the socket, the brow."""
    nose = -rng.uniform(0, 60) * np.exp(-np.maximum(lids.across + 1.6, 0) / 0.4)
    socket = -rng.uniform(0, 30) * np.exp(-((np.maximum(lids.above, 0) - flesh.crease_height - 0.3) ** 2) / 0.3)
    ridge = rng.uniform(0, 35) * np.clip((lids.above - 0.6) / 1.0, 0, 1)
    cheek = rng.uniform(-10, 30) * np.clip((lids.below - 0.4) / 1.2, 0, 1)
    return np.asarray(nose + socket + ridge + cheek, np.float32)


def _relief(rng: np.random.Generator, flesh: Flesh, lids: Opening) -> Field:
    """Light and shade (H, W) of the folds that run along both lid edges."""
    fade = np.exp(-np.clip(np.abs(lids.across) - 0.85, 0, None) * np.where(lids.across < 0, 9, 4))
    above, below = lids.above, lids.below
    middle = 1 - np.minimum(lids.across**2, 1.4)
    crease = above - flesh.crease_height * (0.55 + 0.45 * middle)
    upper = -flesh.crease_depth * np.exp(-((crease / 0.035) ** 2))
    upper -= 0.5 * flesh.crease_depth * np.where(crease > 0, np.exp(-np.abs(crease) / 0.18), 0)
    upper += 0.35 * flesh.crease_depth * np.exp(-(((crease + 0.13) / 0.1) ** 2))
    upper -= rng.uniform(10, 70) * np.exp(-((above / 0.045) ** 2))  # lash roots and shadow
    lower = rng.uniform(0, 22) * np.exp(-(((below - 0.05) / 0.04) ** 2))  # the wet rim catches the light
    lower -= rng.uniform(5, 25) * np.exp(-(((below - 0.14) / 0.07) ** 2))
    for _ in range(2):
        depth = rng.uniform(0.25, 0.9) + rng.uniform(-0.1, 0.25) * middle
        lower -= rng.uniform(0.2, 1) * flesh.pouch_depth * np.exp(-(((below - depth) / rng.uniform(0.04, 0.12)) ** 2))
    return np.asarray(fade * np.where(above > below, upper, lower), np.float32)


def sclera(rng: np.random.Generator, flesh: Flesh, lids: Opening, capture: Capture) -> Field:
    """Return the white of the eye (H, W) as if the lids were off: a ball, shaded towards its edge, with faint veins."""
    radius = capture.radius_px
    grey = flesh.sclera_grey + rng.uniform(3, 9) * smooth_noise(rng, capture.size, (0.8 * radius, 0.8 * radius))
    grey -= rng.uniform(8, 30) * lids.across**2
    grey -= rng.uniform(4, 14) * _veins(rng, lids, capture)
    corner = np.exp(-(((lids.across + 0.97) / 0.13) ** 2))  # the caruncle is skin, not white
    flesh_grey = 0.92 * flesh.skin_grey + 8 * smooth_noise(rng, capture.size, (0.1 * radius, 0.1 * radius))
    return np.asarray(grey + corner * (flesh_grey - grey), np.float32)


def _veins(rng: np.random.Generator, lids: Opening, capture: Capture) -> Field:
    canvas = np.zeros(capture.size, np.uint8)
    for side in (-1, 1):
        for _ in range(rng.integers(1, 5)):
            u = side * np.linspace(0.95, rng.uniform(0.4, 0.7), 12) * lids.shape.half_width
            v = rng.uniform(-0.5, 0.5) + np.cumsum(rng.normal(0, 0.04, 12))
            line = np.round(lids.plane.pixels(np.stack([u, v], axis=-1)) * 16).astype(np.int32)
            cv2.polylines(canvas, [line], False, float(rng.uniform(80, 255)), 1, cv2.LINE_AA, 4)
    return blurred(canvas / 255, 0.012 * capture.radius_px)


def lid_shadow(rng: np.random.Generator, lids: Opening) -> Field:
    """Return the factor (H, W) by which the lids and their lashes dim the eyeball beneath."""
    upper = rng.uniform(0.1, 0.45) * np.exp(np.minimum(lids.above, 0) / rng.uniform(0.06, 0.25))
    lower = rng.uniform(0.0, 0.2) * np.exp(np.minimum(lids.below, 0) / 0.06)
    return np.asarray(1 - upper - lower, np.float32)
