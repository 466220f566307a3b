"""Draws what the liveness network learns from: eyes of our renderer, and attacks simulated from them. No real image.

python -m training.iris_pad.draw OUT --eyes 6000 --seed 1 --workers 2
"""

import argparse
from dataclasses import replace
from functools import partial
from multiprocessing import Pool
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from terminal.capture.drawing.noise import blurred
from terminal.capture.synthetic import Difficulty, EyeIdentity, capture, draw, identity
from terminal.evaluate.species.presentation import Source, Species
from terminal.evaluate.species.simulation import simulate
from terminal.extract.texture import COLUMNS, ROWS, features, look
from terminal.opencv import Floats
from terminal.types import Ellipse, Eye, Pixels

CLASSES = ("bona fide", *Species)  # one of each from every eye, in this order
SIZES = ((240, 320), (240, 320), (280, 320), (480, 640), (300, 300))  # rows, columns
LEAST_SEEN = 0.2  # part of the ring: the path refuses eyes with less before liveness is asked
CHUNK = 50  # eyes to a file

Features = npt.NDArray[np.float32]  # (classes, F)


def main() -> None:
    """Write OUT/NNNN.npy, (CHUNK, classes, F) float32 each, beginning where an earlier run ended."""
    parser = argparse.ArgumentParser(prog="python -m training.iris_pad.draw", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--eyes", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    wanted = [n for n in range(options.eyes // CHUNK) if not (options.out / f"{n:04}.npy").exists()]
    with Pool(options.workers) as pool:
        for done, _ in enumerate(pool.imap_unordered(partial(_chunk, options.out, options.seed), wanted), start=1):
            print(f"{done * CHUNK} of {len(wanted) * CHUNK} eyes", flush=True)


def _chunk(out: Path, seed: int, number: int) -> None:
    cv2.setNumThreads(1)
    eyes: list[Features] = []
    at = 0
    while len(eyes) < CHUNK:
        found = features_of_one_eye(np.random.default_rng([seed, number, at]))
        at += 1
        if found is not None:
            eyes.append(found)
    with (out / f"{number:04}.part").open("wb") as file:
        np.save(file, np.stack(eyes))
    (out / f"{number:04}.part").rename(out / f"{number:04}.npy")


def features_of_one_eye(rng: np.random.Generator) -> Features | None:
    """Return the features of every class made from one drawn eye; None when too little of its iris can be seen."""
    size = SIZES[rng.integers(len(SIZES))]
    hard = rng.random() < 0.45
    setting = capture(rng, Difficulty.HARD if hard else Difficulty.EVERYDAY, size)
    if rng.random() < 0.35:  # a close-up, as some cameras take
        setting = replace(setting, radius_px=float(rng.uniform(70, 120)), pupil_ratio=float(rng.uniform(0.25, 0.6)))
        setting = replace(setting, centre=(size[1] / 2 + rng.normal(0, 12), size[0] / 2 + rng.normal(0, 12)))
    eye = draw(_any_eye(rng), setting, rng)
    ring = int((eye.limbus_disc & ~eye.pupil_disc).sum())
    if eye.limbus.radius < 22 or eye.visible.sum() < LEAST_SEEN * ring or eye.pupil.radius < 4:
        return None
    taken = as_taken(eye.pixels, rng)
    if taken.mean() < 20 or (taken >= 250).mean() > 0.85:  # the path refuses these before liveness is asked
        return None
    source = _around_eye(Source(taken, eye.pupil, eye.limbus, eye.visible))
    found = [_judged(source, rng)]
    for species in Species:
        seen = simulate(species, source, rng).seen
        found.append(_judged(seen if rng.random() < 0.6 else replace(seen, pixels=as_taken(seen.pixels, rng)), rng))
    return np.stack(found)


def _judged(seen: Source, rng: np.random.Generator) -> Floats:
    """Return the features of a picture whose boundaries are as far off as segmentation may be."""
    return features(look(seen.pixels, _missed(seen.pupil, rng), _missed(seen.limbus, rng), seen.visible))


def _around_eye(of: Source) -> Source:
    """Return the part of a picture that a look can see, with a margin: what lies beyond is not worth re-imaging."""
    rows, columns = (int(max(least, 2.6 * of.limbus.radius)) // 2 for least in (ROWS + 32, COLUMNS + 32))
    top, left = max(0, int(of.limbus.y) - rows), max(0, int(of.limbus.x) - columns)
    part = slice(top, int(of.limbus.y) + rows), slice(left, int(of.limbus.x) + columns)
    moved = [replace(one, x=one.x - left, y=one.y - top) for one in (of.pupil, of.limbus)]
    return Source(np.ascontiguousarray(of.pixels[part]), *moved, np.ascontiguousarray(of.visible[part]))


def _any_eye(rng: np.random.Generator) -> EyeIdentity:
    """Return an eye of weak to strong relief: edges in the iris then spread as they do on mmu1 and 60 % of interval."""
    eye = identity(int(rng.integers(2**31)), list(Eye)[rng.integers(2)])
    contrast = float(np.exp(rng.uniform(np.log(4), np.log(14))))
    return replace(eye, iris=replace(eye.iris, contrast=contrast))


def as_taken(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Return the picture after what cameras and archives do to pictures: half-frames, sharpening, sizes, grain, JPEG."""
    grey = pixels.astype(np.float32)
    if rng.random() < 0.25:
        height, width = pixels.shape
        factor = rng.uniform(0.6, 1.0)
        small = cv2.resize(grey, (round(width * factor), round(height * factor)), interpolation=cv2.INTER_AREA)
        grey = np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    if rng.random() < 0.3:
        grey = grey + rng.uniform(0.3, 2.0) * (grey - blurred(grey, rng.uniform(0.6, 2.0)))
    if rng.random() < 0.35:  # interlaced: every second row was taken a moment later, and by another amplifier
        shift = np.array([[1, 0, rng.normal(0, 1.2)], [0, 1, 0]])
        size = (grey.shape[1], grey.shape[0])
        later = cv2.warpAffine(np.asarray(grey, np.float32), shift, size, borderMode=cv2.BORDER_REPLICATE)
        later = later + rng.normal(0, 4) * (rng.random() < 0.5)
        grey = np.where(np.arange(grey.shape[0])[:, None] % 2 == 0, grey, later)
    if rng.random() < 0.2:  # a clipped contrast curve
        low = rng.uniform(0, 30)
        grey = (grey - low) * (255 / (255 - low - rng.uniform(0, 60)))
    if rng.random() < 0.4:
        grey = grey + rng.standard_normal(grey.shape) * rng.uniform(0.5, 4)
    taken = np.asarray(np.clip(np.rint(grey), 0, 255), np.uint8)
    if rng.random() < 0.5:
        _, packed = cv2.imencode(".jpg", taken, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(50, 97))])
        taken = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return taken


def _missed(truth: Ellipse, rng: np.random.Generator) -> Ellipse:
    """Return a boundary as far off as segmentation may be."""
    off = rng.normal(0, 0.02, 2) * truth.radius
    grown = 1 + rng.normal(0, 0.025)
    return replace(truth, x=truth.x + off[0], y=truth.y + off[1], a=truth.a * grown, b=truth.b * grown)


if __name__ == "__main__":
    main()
