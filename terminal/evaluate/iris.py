"""`tatap evaluate iris`: every image against every other, as ISO/IEC 19795-1 asks of a technology evaluation.

Each unordered pair of images is compared once: the one later in sorted order is the probe (and is rotated), the earlier one is
the reference, as at a kiosk, where enrolment comes first. A refused image makes no comparisons; the second column of false
non-match rates counts those it would have made with its own eye as missed, so that refusing cannot flatter the figures.
"""

import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from terminal.errors import TerminalError
from terminal.evaluate import tail
from terminal.evaluate.folds import HeldOut, held_out
from terminal.evaluate.overlap import Overlap
from terminal.evaluate.rates import Rate, Rates, ScoreList, rates, threshold_at
from terminal.evaluate.reject import Rejection, error_reject
from terminal.evaluate.samples import Asked, Compared, Sample, compare, failures, median_stages, take_samples

FMRS = (0.01, 0.001, 0.0001)
REJECT_FMR = 0.0001  # at whose threshold refusing the worst images is looked at


@dataclass(frozen=True, slots=True)
class Verified:
    """All that is reported of a set; lines of the tail, folds and overlap are None where there is too little or none was asked."""

    images: int
    subjects: int
    failures: Counter[str]
    mated: int
    nonmated: int
    rates: Rates
    one_comparison: tail.Line | None
    two_comparisons: tail.Line | None
    held_out: dict[float, HeldOut] | None
    folds: int | None
    overlap: Overlap | None  # mean over the images in which an iris was found
    overlaps: int
    rejections: list[Rejection]
    stages_ms: dict[str, float]


def evaluate_iris(asked: Asked, folds: int | None, masks: Path | None) -> int:
    """Print error rates of a folder, and the JSON object last when asked; return 0.

    Raise TerminalError when the folder does not hold what it takes to compare.
    """
    samples = take_samples(asked, masks)
    compared = compare(samples)
    mated, nonmated = _scores(compared)
    if mated.size == 0 or nonmated.size == 0:
        hint = "it takes two usable images of one eye and one of another"
        raise TerminalError(
            f"{asked.folder} gives {mated.size} mated and {nonmated.size} non-mated comparisons", hint=hint
        )
    found = _verified(samples, compared, mated, nonmated, folds)
    print(_table(asked.folder, found))
    if asked.plot is not None:
        from terminal.evaluate.plot import plot_scores

        for path in plot_scores(asked.plot, asked.folder.name, mated, nonmated, found.rejections):
            print(f"wrote {path}")
    if asked.as_json:
        print(json.dumps(_object(found)))
    return 0


def _scores(compared: Compared) -> tuple[ScoreList, ScoreList]:
    """Return mated and non-mated scores, each pair of images once."""
    if not compared.samples:
        return np.empty(0, np.float32), np.empty(0, np.float32)
    _, identity = np.unique([one.identity for one in compared.samples], return_inverse=True)
    mated = [compared.scores[probe, :probe][identity[:probe] == identity[probe]] for probe in range(len(identity))]
    nonmated = [compared.scores[probe, :probe][identity[:probe] != identity[probe]] for probe in range(len(identity))]
    return np.concatenate(mated), np.concatenate(nonmated)


def _verified(
    samples: list[Sample], compared: Compared, mated: ScoreList, nonmated: ScoreList, folds: int | None
) -> Verified:
    refused_mated = _mated_pairs(samples) - len(mated)
    overlaps = [one.overlap for one in samples if one.overlap is not None]
    mean = Overlap(
        float(np.mean([one.drawn for one in overlaps] or [0.0])),
        float(np.mean([one.in_ring for one in overlaps] or [0.0])),
    )
    return Verified(
        images=len(samples),
        subjects=len({one.subject for one in samples}),
        failures=failures(samples),
        mated=mated.size,
        nonmated=nonmated.size,
        rates=rates(mated, nonmated, FMRS, refused_mated),
        one_comparison=tail.one_comparison(compared),
        two_comparisons=tail.two_comparisons(compared),
        held_out=held_out(compared, folds, FMRS, refused_mated) if folds else None,
        folds=folds,
        overlap=mean if overlaps else None,
        overlaps=len(overlaps),
        rejections=_rejections(compared, np.sort(nonmated)),
        stages_ms=median_stages(samples) | {"search": compared.search_ms},
    )


def _rejections(compared: Compared, nonmated: ScoreList) -> list[Rejection]:
    """Return what refusing the worst images by quality would do to the false non-match rate."""
    _, identity = np.unique([one.identity for one in compared.samples], return_inverse=True)
    pairs = np.argwhere(np.tril(identity[:, None] == identity[None, :], -1))
    scores = compared.scores[pairs[:, 0], pairs[:, 1]]
    quality = [one.quality or 0.0 for one in compared.samples]
    return error_reject(scores, pairs, quality, threshold_at(nonmated, REJECT_FMR))


def _mated_pairs(samples: list[Sample]) -> int:
    """Return how many mated comparisons there would be had no image been refused."""
    return sum(count * (count - 1) // 2 for count in Counter(one.identity for one in samples).values())


def fraction(wanted: float) -> str:
    """Return a wanted rate as a key of JSON: 0.0001, never 1e-04."""
    return f"{wanted:.4f}".rstrip("0")


def _object(found: Verified) -> object:
    """Return what --json prints; rates are fractions, times milliseconds."""

    def of_fnmr(rate: Rate) -> dict[str, float | int]:
        return {"fnmr": rate.share, "low": rate.low, "high": rate.high, "comparisons": rate.comparisons}

    rated = found.rates
    held = found.held_out
    return {
        "images": found.images,
        "subjects": found.subjects,
        "failures": found.failures.total(),
        "failures_by_reason": dict(found.failures),
        "mated": found.mated,
        "nonmated": found.nonmated,
        "eer": rated.eer,
        "fnmr_at_fmr": {fraction(fmr): of_fnmr(rate) for fmr, rate in rated.fnmr_at_fmr.items()},
        "fnmr_with_failures_at_fmr": {
            fraction(fmr): of_fnmr(rate) for fmr, rate in rated.fnmr_with_failures_at_fmr.items()
        },
        "fnmr_at_zero_fm": rated.fnmr_at_zero_fm,
        "decidability": rated.decidability,
        "tail": {
            name: None if line is None else asdict(line)
            for name, line in (("one_comparison", found.one_comparison), ("two_comparisons", found.two_comparisons))
        },
        "folds": None
        if held is None
        else {
            "folds": found.folds,
            "fnmr_at_fmr": {fraction(fmr): of_fnmr(at.fnmr) | _of_fmr(at) for fmr, at in held.items()},
            "fnmr_with_failures_at_fmr": {fraction(fmr): of_fnmr(at.fnmr_with_failures) for fmr, at in held.items()},
        },
        "error_reject": {
            "fmr": REJECT_FMR,
            "fnmr_at_part_rejected": {f"{one.part:g}": of_fnmr(one.fnmr) for one in found.rejections},
        },
        "iou": None
        if found.overlap is None
        else {"mean": found.overlap.drawn, "mean_in_ring": found.overlap.in_ring, "images": found.overlaps},
        "ms": {name: round(spent, 3) for name, spent in found.stages_ms.items()},
    }


def _of_fmr(at: HeldOut) -> dict[str, object]:
    return {"fmr": at.fmr.share, "nonmated": at.fmr.comparisons, "thresholds": [round(one, 4) for one in at.thresholds]}


def _table(folder: Path, found: Verified) -> str:
    """Return the same for a person to read; rates in percent."""
    why = ", ".join(f"{count} {reason}" for reason, count in found.failures.most_common()) or "none"
    rated = found.rates
    lines = [
        f"{folder}: {found.images} images of {found.subjects} subjects, refused {found.failures.total()} ({why})",
        f"comparisons        {found.mated:,} mated, {found.nonmated:,} non-mated",
        f"equal error rate   {rated.eer:.3%}      decidability d' {rated.decidability:.2f}",
        "",
        "   at FMR   FNMR      95 % interval        refused counted as misses",
    ]
    for fmr, rate in rated.fnmr_at_fmr.items():
        lines.append(f"   {fmr:<8g} {_in_percent(rate)} {rated.fnmr_with_failures_at_fmr[fmr].share:.3%}")
    lines += [f"   none     {rated.fnmr_at_zero_fm:.3%}", ""]
    if found.held_out is not None:
        lines.append(f"   {found.folds} folds of subjects, each at the threshold of the others:")
        for fmr, at in found.held_out.items():
            lines.append(
                f"   {fmr:<8g} {_in_percent(at.fnmr)} {at.fnmr_with_failures.share:.3%}  FMR there {at.fmr.share:.4%}"
            )
        lines.append("")
    for name, line in (("one comparison", found.one_comparison), ("mean of two", found.two_comparisons)):
        if line is not None:
            lines.append(f"non-mated tail     {name}: 1e-4 at {line.score:.4f}, {line.slope:.0f} decades for 1.0")
    rejected = ", ".join(f"{one.part:.0%} {one.fnmr.share:.3%}" for one in found.rejections)
    lines.append(f"FNMR at FMR {REJECT_FMR:g} after refusing the worst images by quality: {rejected}")
    if found.overlap is not None:
        lines.append(
            f"mean IoU           {found.overlap.drawn:.4f}, between the boundaries {found.overlap.in_ring:.4f} "
            f"({found.overlaps} images)"
        )
    lines.append("median ms          " + ", ".join(f"{name} {spent:.2f}" for name, spent in found.stages_ms.items()))
    return "\n".join(lines)


def _in_percent(rate: Rate) -> str:
    interval = f"{rate.low:.3%} .. {rate.high:.3%}"
    return f"{rate.share:<8.3%}  {interval:<20}"
