"""The images of an evaluation: which subject and eye each shows, what the pipeline made of it, and all of them compared."""

import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from terminal.capture.image import read_image
from terminal.capture.quality import assess
from terminal.errors import ImageError
from terminal.evaluate.overlap import Overlap, overlap
from terminal.evaluate.rates import ScoreList
from terminal.evaluate.subjects import images
from terminal.extract import iris_encode, iris_quality, iris_segment, runtime
from terminal.match import hamming
from terminal.types import Eye, Frame, Instant, IrisMap, IrisQuality, Reason, Template

UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Asked:
    """What every evaluation of a folder is asked for."""

    folder: Path  # DIR/<subject>/<eye>/<index>.<png|jpg|bmp>
    subjects: tuple[float, float]  # from this part of the sorted subjects up to that one: (0.6, 1.0) is the last 40 %
    as_json: bool
    plot: Path | None


@dataclass(frozen=True, slots=True)
class Sample:
    """One image of the set: which subject and eye it shows, what became of it, and how long each stage took."""

    subject: str
    eye: str  # the folder's name for it
    template: Template | None
    failure: str | None
    quality: float | None  # of the iris, the higher the better; none where no iris was found
    overlap: Overlap | None  # with the hand-made mask, where one was asked for
    stages_ms: dict[str, float]

    @property
    def identity(self) -> str:
        """Return what tells one eye from all others."""
        return f"{self.subject}/{self.eye}"


@dataclass(frozen=True, slots=True)
class Compared:
    """Every usable image, rotated as a probe, against every other one as a reference.

    samples    S
    scores     (S, S) float32   row: the probe, column: the reference
    search_ms                   median time to search one probe through all references
    """

    samples: list[Sample]
    scores: npt.NDArray[np.float32]
    search_ms: float


def take_samples(asked: Asked, masks: Path | None = None) -> list[Sample]:
    """Take every image asked for down the path of a kiosk's frame; raise TerminalError when there is none.

    `masks` holds hand-made masks under the same names: white is iris that can be seen.
    """
    paths = images(asked.folder, asked.subjects)
    network = runtime.load("iris-seg")
    samples = []
    for done, path in enumerate(paths, start=1):
        samples.append(_sample(network, path, masks / path.relative_to(asked.folder) if masks else None))
        if done % 50 == 0 or done == len(paths):
            print(f"{done} of {len(paths)} images", file=sys.stderr, flush=True)
    return samples


def compare(samples: list[Sample]) -> Compared:
    """Compare all usable images with each other."""
    usable = [one for one in samples if one.template is not None]
    templates = [one.template for one in usable if one.template is not None]
    if not templates:
        return Compared([], np.empty((0, 0), np.float32), 0.0)
    references = [iris_encode.reference(template, "", Eye.LEFT) for template in templates]
    packed = hamming.pack(np.stack([one.code for one in references]), np.stack([one.mask for one in references]))
    rows: list[ScoreList] = []
    spent_ms = []
    for template in templates:
        started = time.perf_counter()
        rows.append(hamming.distances(template.code, template.mask, packed))
        spent_ms.append(_since_ms(started))
    return Compared(usable, np.stack(rows), float(np.median(spent_ms)))


def failures(samples: list[Sample]) -> Counter[str]:
    """Return how many images were refused, by reason."""
    return Counter(one.failure for one in samples if one.failure is not None)


def median_stages(samples: list[Sample]) -> dict[str, float]:
    """Return the median ms of each stage over the images that went through it."""
    names = ("quality", "segment", "encode")
    taken = {name: [one.stages_ms[name] for one in samples if name in one.stages_ms] for name in names}
    return {name: float(np.median(spent)) for name, spent in taken.items() if spent}


def _sample(network: runtime.Network, path: Path, mask: Path | None) -> Sample:
    """Take one image as far as its template."""
    subject, eye = path.parts[-3:-1]
    try:
        frame = Frame(read_image(path), "file", str(path), Instant(0, 0))
    except ImageError as error:
        print(f"{error}", file=sys.stderr)
        return Sample(subject, eye, None, UNREADABLE, None, None, {})
    stages_ms: dict[str, float] = {}
    outcome, iris, quality = _read(network, frame, stages_ms)
    agreement = overlap(iris, read_image(mask)) if mask is not None and iris is not None else None
    template = outcome if isinstance(outcome, Template) else None
    failure = None if template else str(outcome)
    return Sample(subject, eye, template, failure, quality.score if quality else None, agreement, stages_ms)


def _read(
    network: runtime.Network, frame: Frame, stages_ms: dict[str, float]
) -> tuple[Template | Reason, IrisMap | None, IrisQuality | None]:
    """Return the template or why there is none, and what was found on the way; put down how long each stage took."""
    started = time.perf_counter()
    glance = assess(frame)
    stages_ms["quality"] = _since_ms(started)
    if isinstance(glance, Reason):
        return glance, None, None
    started = time.perf_counter()
    irises = iris_segment.segment(network, frame)
    stages_ms["segment"] = _since_ms(started)
    if isinstance(irises, Reason):
        return irises, None, None
    iris = iris_segment.clearest(irises)
    started = time.perf_counter()
    quality = iris_quality.measure(frame, iris)
    refused = iris_quality.refusal(quality)
    stages_ms["quality"] += _since_ms(started)
    if refused is not None:
        return refused, iris, quality
    started = time.perf_counter()
    template = iris_encode.encode(frame, iris)
    stages_ms["encode"] = _since_ms(started)
    return template, iris, quality


def _since_ms(started: float) -> float:
    return (time.perf_counter() - started) * 1e3
