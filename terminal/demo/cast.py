"""The people of a demonstration: drawn ones, or real images laid out DIR/<subject>/<eye>/<index>.<png|jpg|bmp>."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from terminal.capture import replay
from terminal.capture.image import SUFFIXES
from terminal.capture.synthetic import EyeIdentity, capture, draw, people
from terminal.enrol.enrol import EYE_FOLDERS
from terminal.errors import ImageError
from terminal.types import Eye, Pixels

STRANGER_EVERY = 5  # of the subjects in sorted order, the fifth, tenth, ... is not enrolled
ENROL_IMAGES = 3  # first ones of each eye, but at least one is left as a probe
DRAWN_PROBES = 3  # of each eye
DRAWN_SIZE = (240, 320)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of one eye. `load` yields it, or nothing when its file cannot be read."""

    person: str
    eye: Eye
    source: str
    load: Callable[[], Iterator[tuple[str, Pixels]]]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is enrolled with what, and who comes to the kiosk afterwards."""

    enrol: tuple[Shot, ...]
    probes: tuple[Shot, ...]  # of enrolled people
    strangers: tuple[Shot, ...]  # of people who are not enrolled


def drawn(count: int, seed: int) -> Cast:
    """Draw `count` people with both eyes."""
    shots = [
        [_drawn_shot(f"P{number:03}", eye, identity, seed, index) for index in range(ENROL_IMAGES + DRAWN_PROBES)]
        for number, pair in enumerate(people(seed, count), 1)
        for eye, identity in zip((Eye.LEFT, Eye.RIGHT), pair, strict=True)
    ]
    return _cast(shots)


def photographed(folder: Path) -> Cast:
    """Take the people of a folder; raise ImageError when it is not laid out as said above."""
    shots = []
    for subject in sorted(path for path in folder.glob("*") if path.is_dir()):
        for side in sorted(path for path in subject.iterdir() if path.name.lower() in EYE_FOLDERS):
            files = sorted((path for path in side.iterdir() if path.suffix.lower() in SUFFIXES), key=_index)
            eye = EYE_FOLDERS[side.name.lower()]
            shots.append([Shot(subject.name, eye, str(path), partial(replay.images, [path])) for path in files])
    if not any(len(of_eye) > 1 for of_eye in shots):
        hint = "lay images out as DIR/<subject>/<L or R>/<index>.png, at least two an eye"
        raise ImageError(f"{folder} holds no people", hint=hint)
    return _cast(shots)


def _cast(shots: list[list[Shot]]) -> Cast:
    """Split the shots of each eye; `shots` holds one list an eye."""
    subjects = sorted({shot.person for of_eye in shots for shot in of_eye})
    unknown = set(subjects[STRANGER_EVERY - 1 :: STRANGER_EVERY])
    enrol: list[Shot] = []
    probes: list[Shot] = []
    strangers: list[Shot] = []
    for of_eye in shots:
        if of_eye and of_eye[0].person in unknown:
            strangers += of_eye
            continue
        kept = min(ENROL_IMAGES, len(of_eye) - 1)
        enrol += of_eye[:kept]
        probes += of_eye[kept:]
    return Cast(tuple(enrol), tuple(probes), tuple(strangers))


def _drawn_shot(person: str, eye: Eye, identity: EyeIdentity, seed: int, index: int) -> Shot:
    source = f"drawn/{person}/{eye}/{index + 1}"

    def load() -> Iterator[tuple[str, Pixels]]:
        rng = np.random.default_rng([seed, int(person[1:]), eye is Eye.RIGHT, index])
        yield source, draw(identity, capture(rng, size=DRAWN_SIZE), rng).pixels

    return Shot(person, eye, source, load)


def _index(path: Path) -> tuple[int, str]:
    """Sort 2 before 10."""
    return (int(path.stem) if path.stem.isdigit() else 0, path.name)
