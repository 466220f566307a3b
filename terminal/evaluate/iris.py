"""`tatap evaluate iris`: every image against every other, as ISO/IEC 19795-1 asks of a technology evaluation.

Each unordered pair of images is compared once: the one later in sorted order is the probe (and is rotated), the earlier one is
the reference, as at a kiosk, where enrolment comes first. A refused image makes no comparisons; the second column of false
non-match rates counts those it would have made with its own eye as missed, so that refusing cannot flatter the figures.
"""

import json
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from terminal.capture.image import SUFFIXES, read_image
from terminal.capture.quality import assess
from terminal.errors import ImageError, TerminalError
from terminal.evaluate.rates import Rate, Rates, ScoreList, rates
from terminal.extract import iris_encode, iris_segment, runtime
from terminal.match import hamming
from terminal.types import Eye, Frame, Instant, Quality, Reason, Template

FMRS = (0.01, 0.001, 0.0001)
UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Sample:
    """One image of the set: which subject and eye it shows, what became of it, and how long each stage took."""

    identity: str
    template: Template | None
    failure: str | None
    stages_ms: dict[str, float]


def evaluate_iris(folder: Path, as_json: bool, plot: Path | None) -> int:
    """Print error rates over DIR/<subject>/<eye>/<index>.<png|jpg|bmp>, and the JSON object last when asked; return 0.

    Raise TerminalError when the folder does not hold what it takes to compare.
    """
    paths = _images(folder)
    network = runtime.load("iris-seg")
    samples = []
    for done, path in enumerate(paths, start=1):
        samples.append(_sample(network, folder, path))
        if done % 50 == 0 or done == len(paths):
            print(f"{done} of {len(paths)} images", file=sys.stderr, flush=True)
    mated, nonmated, search_ms = _compare([one for one in samples if one.template is not None])
    if mated.size == 0 or nonmated.size == 0:
        hint = "it takes two usable images of one eye and one of another"
        raise TerminalError(f"{folder} gives {mated.size} mated and {nonmated.size} non-mated comparisons", hint=hint)
    found = rates(mated, nonmated, FMRS, _mated_pairs(samples) - len(mated))
    failures = Counter(one.failure for one in samples if one.failure is not None)
    stages = _median_stages(samples) | {"search": search_ms}
    print(_table(folder, len(paths), failures, mated.size, nonmated.size, found, stages))
    if plot is not None:
        from terminal.evaluate.plot import plot_scores

        for path in plot_scores(plot, folder.name, mated, nonmated):
            print(f"wrote {path}")
    if as_json:
        print(json.dumps(_object(len(paths), failures, mated.size, nonmated.size, found, stages)))
    return 0


def _images(folder: Path) -> list[Path]:
    """Return the images of the layout in sorted order, numbers in names by value."""
    found = [path for path in folder.glob("*/*/*") if path.suffix.lower() in SUFFIXES and path.is_file()]
    if not found:
        hint = "lay images out as DIR/<subject>/<eye>/<index>.png (or .jpg, .bmp)"
        raise TerminalError(f"{folder} holds no images to evaluate", hint=hint)
    return sorted(found, key=lambda path: (path.parts[:-1], path.stem.zfill(12), path.suffix))


def _sample(network: runtime.Network, folder: Path, path: Path) -> Sample:
    """Take one image down the path of a kiosk's frame, up to its template."""
    identity = str(path.parent.relative_to(folder))
    stages_ms: dict[str, float] = {}
    try:
        frame = Frame(read_image(path), "file", str(path), Instant(0, 0))
    except ImageError as error:
        print(f"{error}", file=sys.stderr)
        return Sample(identity, None, UNREADABLE, stages_ms)
    outcome: Quality | Reason | Template
    started = time.perf_counter()
    outcome = assess(frame)
    stages_ms["quality"] = _since_ms(started)
    if not isinstance(outcome, Reason):
        started = time.perf_counter()
        iris = iris_segment.segment(network, frame)
        stages_ms["segment"] = _since_ms(started)
        started = time.perf_counter()
        outcome = iris if isinstance(iris, Reason) else iris_encode.encode(frame, iris)
        stages_ms["encode"] = _since_ms(started)
    if isinstance(outcome, Template):
        return Sample(identity, outcome, None, stages_ms)
    return Sample(identity, None, str(outcome), stages_ms)


def _since_ms(started: float) -> float:
    return (time.perf_counter() - started) * 1e3


def _compare(samples: list[Sample]) -> tuple[ScoreList, ScoreList, float]:
    """Return mated scores, non-mated scores, and the median ms to search one probe through all samples' references."""
    templates = [one.template for one in samples if one.template is not None]
    if not templates:
        return np.empty(0, np.float32), np.empty(0, np.float32), 0.0
    references = [iris_encode.reference(template, "", Eye.LEFT) for template in templates]
    packed = hamming.pack(np.stack([one.code for one in references]), np.stack([one.mask for one in references]))
    _, identity = np.unique([one.identity for one in samples], return_inverse=True)
    mated, nonmated, spent_ms = [], [], []
    for probe, template in enumerate(templates):
        started = time.perf_counter()
        scores = hamming.distances(template.code, template.mask, packed)[:probe]
        spent_ms.append(_since_ms(started))
        same = identity[:probe] == identity[probe]
        mated.append(scores[same])
        nonmated.append(scores[~same])
    return np.concatenate(mated), np.concatenate(nonmated), float(np.median(spent_ms))


def _mated_pairs(samples: list[Sample]) -> int:
    """Return how many mated comparisons there would be had no image been refused."""
    return sum(count * (count - 1) // 2 for count in Counter(one.identity for one in samples).values())


def _median_stages(samples: list[Sample]) -> dict[str, float]:
    """Return the median ms of each stage over the images that went through it."""
    names = ("quality", "segment", "encode")
    taken = {name: [one.stages_ms[name] for one in samples if name in one.stages_ms] for name in names}
    return {name: float(np.median(spent)) for name, spent in taken.items() if spent}


def _object(
    images: int, failures: Counter[str], mated: int, nonmated: int, found: Rates, stages: dict[str, float]
) -> object:
    """Return what --json prints; rates are fractions, times milliseconds."""

    def by_fmr(rates_at: dict[float, Rate]) -> dict[str, dict[str, float | int]]:
        return {
            f"{fmr:.4f}".rstrip("0"): {
                "fnmr": rate.share,
                "low": rate.low,
                "high": rate.high,
                "comparisons": rate.comparisons,
            }
            for fmr, rate in rates_at.items()
        }

    return {
        "images": images,
        "failures": failures.total(),
        "failures_by_reason": dict(failures),
        "mated": mated,
        "nonmated": nonmated,
        "eer": found.eer,
        "fnmr_at_fmr": by_fmr(found.fnmr_at_fmr),
        "fnmr_with_failures_at_fmr": by_fmr(found.fnmr_with_failures_at_fmr),
        "fnmr_at_zero_fm": found.fnmr_at_zero_fm,
        "decidability": found.decidability,
        "ms": {name: round(spent, 3) for name, spent in stages.items()},
    }


def _table(
    folder: Path, images: int, failures: Counter[str], mated: int, nonmated: int, found: Rates, stages: dict[str, float]
) -> str:
    """Return the same for a person to read; rates in percent."""
    why = ", ".join(f"{count} {reason}" for reason, count in failures.most_common()) or "none"
    lines = [
        f"{folder}: {images} images, refused {failures.total()} ({why})",
        f"comparisons        {mated:,} mated, {nonmated:,} non-mated",
        f"equal error rate   {found.eer:.3%}      decidability d' {found.decidability:.2f}",
        "",
        "   at FMR   FNMR      95 % interval        refused counted as misses",
    ]
    for fmr, rate in found.fnmr_at_fmr.items():
        strict = found.fnmr_with_failures_at_fmr[fmr]
        interval = f"{rate.low:.3%} .. {rate.high:.3%}"
        lines.append(f"   {fmr:<8g} {rate.share:<8.3%}  {interval:<20} {strict.share:.3%}")
    lines += [f"   none     {found.fnmr_at_zero_fm:.3%}", ""]
    lines.append("median ms          " + ", ".join(f"{name} {spent:.2f}" for name, spent in stages.items()))
    return "\n".join(lines)
