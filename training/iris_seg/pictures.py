"""Draws the training pictures with their truth: `python -m training.iris_seg.pictures DIR --count 30000 --seed 1`.

DIR/pixels.npy (N, 288, 384) uint8 grey; DIR/seen.npy of the same shape, bit 0 visible iris, bit 1 between the lids; and
DIR/discs.npy (N, 2, 5) float32, pupil and limbus as x, y, half axes a and b, angle of a: not a number where the eye is closed.
Picture 2k shows a left eye and 2k + 1 the right eye of the same person in much the same light, so that a frame with both can be
put together.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from terminal.capture.synthetic import Capture, Difficulty, DrawnEye, EyeIdentity, capture, draw, identity
from terminal.types import Eye

SIZE = (288, 384)  # rows, columns: half as much again as the network sees, to crop and turn in
VISIBLE, OPENING = 1, 2  # bits of seen.npy
PAIRS_A_PERSON = 3
SHUT = 0.03  # part of the ring seen below which an eye counts as closed: nobody could tell where its iris is

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


def any_eye(eye: EyeIdentity, rng: np.random.Generator) -> EyeIdentity:
    """Return the eye with looks that go beyond what people are drawn with: pale, dark, flat, soft, odd pupils."""
    iris_grey = rng.uniform(35, 170)
    iris = replace(
        eye.iris,
        grey=iris_grey,
        contrast=rng.uniform(1, 14),
        collar=rng.uniform(-10, 25),
        limbal_ring=rng.uniform(0, 40),
        limbus_softness=rng.uniform(0.02, 0.12) if rng.random() < 0.6 else rng.uniform(0.1, 0.28),
        pupil_grey=float(np.clip(rng.uniform(0, 60), 0, iris_grey - 8)),
        pupil_offset=(rng.normal(0, 0.04), rng.normal(0, 0.03)),
        pupil_stretch=min(abs(rng.normal(0, 0.04)), 0.15),
    )
    sclera_grey = min(iris_grey + rng.uniform(10, 90), 235)
    flesh = replace(
        eye.flesh,
        skin_grey=rng.uniform(70, 245),
        sclera_grey=sclera_grey,
        lash_count=int(rng.integers(30, 260)),
        lash_length=rng.uniform(0.25, 1.0),
        hair_grey=rng.uniform(0, 80),
    )
    return EyeIdentity(iris, flesh, eye.lids)


def truth_of(drawn: DrawnEye) -> tuple[Bytes, Floats]:
    """Return what is seen of a picture, (H, W) bits, and both discs, (2, 5); of a closed eye neither."""
    ring = drawn.limbus_disc & ~drawn.pupil_disc
    if drawn.visible.sum() < SHUT * max(1, ring.sum()):
        return np.zeros(drawn.visible.shape, np.uint8), np.full((2, 5), np.nan, np.float32)
    seen = drawn.visible * np.uint8(VISIBLE) | drawn.opening * np.uint8(OPENING)
    discs = [[one.x, one.y, one.a, one.b, one.angle_rad] for one in (drawn.pupil, drawn.limbus)]
    return np.asarray(seen, np.uint8), np.array(discs, np.float32)


def pair(left: EyeIdentity, right: EyeIdentity, rng: np.random.Generator) -> tuple[DrawnEye, DrawnEye]:
    """Return a picture of each eye of one person, alike in light and camera."""
    setting = capture(rng, Difficulty.HARD, SIZE)
    looks = int(rng.integers(2**32))
    eyes = [any_eye(eye, np.random.default_rng(looks)) for eye in (left, right)]
    return draw(eyes[0], setting, rng), draw(eyes[1], _other(setting), rng)


def _other(setting: Capture) -> Capture:
    """Return the setting of the other eye: the same, with the eye on the mirrored side of its picture."""
    return replace(setting, centre=(setting.size[1] - setting.centre[0], setting.centre[1]))


def _shard(folder: Path, seed: int, first: int, count: int) -> None:
    pixels, seen, discs = (np.load(folder / f"{name}.npy", mmap_mode="r+") for name in ("pixels", "seen", "discs"))
    left = right = identity(0)
    for place in range(first, first + count, 2):
        rng = np.random.default_rng([seed, place])
        if (place // 2) % PAIRS_A_PERSON == 0 or place == first:
            person = int(rng.integers(2**32))
            left, right = identity(person, Eye.LEFT), identity(person, Eye.RIGHT)
        for offset, drawn in enumerate(pair(left, right, rng)):
            pixels[place + offset] = drawn.pixels
            seen[place + offset], discs[place + offset] = truth_of(drawn)


def draw_pictures(folder: Path, count: int, seed: int, processes: int) -> None:
    """Write `count` (even) pictures with their truth into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, kind, shape in (("pixels", np.uint8, SIZE), ("seen", np.uint8, SIZE), ("discs", np.float32, (2, 5))):
        np.lib.format.open_memmap(folder / f"{name}.npy", "w+", kind, (count, *shape)).flush()
    step = 240
    with ProcessPoolExecutor(processes) as pool:
        jobs = [pool.submit(_shard, folder, seed, first, min(step, count - first)) for first in range(0, count, step)]
        for job in jobs:
            job.result()


def main() -> None:
    """Draw as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m training.iris_seg.pictures", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--count", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    draw_pictures(options.folder, options.count, options.seed, options.processes)


if __name__ == "__main__":
    main()
