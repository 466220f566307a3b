"""`tatap evaluate iris --identify`: error rates of identification, for a person and as JSON."""

import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from terminal import config
from terminal.evaluate.identify import Plan, Searches, identify
from terminal.evaluate.iris import fraction
from terminal.evaluate.rates import Rate, ScoreList, threshold_at, wilson
from terminal.evaluate.samples import Asked, Sample, compare, failures, median_stages, take_samples
from terminal.evidence import Patience
from terminal.match.decide import Policy
from terminal.types import Accepted

FPIRS = (0.01, 0.003, 0.001)
NEVER = 1.0  # in place of a log10 chance where another person came first: above every threshold


@dataclass(frozen=True, slots=True)
class Decided:
    """What the product itself decided, with the settings a kiosk has by default."""

    accepted: int  # as who they are
    at_first_frame: int  # of these
    wrong_person: int
    rejected: Counter[str]
    strangers_accepted: int


@dataclass(frozen=True, slots=True)
class Identified:
    """All that is reported. Probes are counted over all repetitions: they are not independent, so true intervals are wider."""

    subjects: int
    images: int
    failures: Counter[str]
    enrolled: int  # people
    references: int
    plan: Plan
    probes_of_both_eyes: int
    probes_of_fewer_frames: int
    left_over: int  # images
    refused: int  # probes
    mated: ScoreList  # log10 chances, NEVER where another person came first
    nonmated: ScoreList
    rank1: Rate
    fnir_at_fpir: dict[float, Rate]
    fnir_with_failures_at_fpir: dict[float, Rate]  # refused probes count as misses
    fnir_at_zero_fp: float
    decided: Decided
    stages_ms: dict[str, float]


def evaluate_identification(asked: Asked, plan: Plan) -> int:
    """Print error rates of identification in a folder, and the JSON object last when asked; return 0."""
    samples = take_samples(asked)
    compared = compare(samples)
    usual = config.Decide()
    policy = Policy(usual.target_fpir, usual.min_margin, usual.frames)
    searches = identify(samples, compared, plan, policy, Patience(usual.frames, usual.seconds))
    found = rated(samples, searches, plan, median_stages(samples) | {"search": compared.search_ms})
    print(_table(asked.folder, found))
    if asked.plot is not None:
        from terminal.evaluate.plot import plot_identification

        print(f"wrote {plot_identification(asked.plot, asked.folder.name, found.mated, found.nonmated)}")
    if asked.as_json:
        print(json.dumps(_object(found)))
    return 0


def rated(samples: list[Sample], searches: Searches, plan: Plan, stages_ms: dict[str, float]) -> Identified:
    """Return the error rates of all searches."""
    mated = np.array(
        [one.log10_chance if one.likeliest == one.subject else NEVER for one in searches.mated], dtype=np.float32
    )
    nonmated = np.sort(np.array([one.log10_chance for one in searches.nonmated], dtype=np.float32))
    at_rank_1 = int((mated != NEVER).sum())
    plain, strict = {}, {}
    for fpir in FPIRS:
        missed = int((mated > threshold_at(nonmated, fpir)).sum())
        plain[fpir] = wilson(missed, len(mated))
        strict[fpir] = wilson(missed + searches.refused, len(mated) + searches.refused)
    probes = [probe for parts in searches.splits for probe in parts.probes]
    first = searches.splits[0]
    return Identified(
        subjects=len({one.subject for one in samples}),
        images=len(samples),
        failures=failures(samples),
        enrolled=len({one.subject for one in first.enrolled}),
        references=len(first.enrolled),
        plan=plan,
        probes_of_both_eyes=sum(probe.shows_both_eyes for probe in probes),
        probes_of_fewer_frames=sum(len(probe.frames) < plan.frames for probe in probes),
        left_over=sum(parts.left_over for parts in searches.splits),
        refused=searches.refused,
        mated=mated,
        nonmated=nonmated,
        rank1=wilson(at_rank_1, len(mated)),
        fnir_at_fpir=plain,
        fnir_with_failures_at_fpir=strict,
        fnir_at_zero_fp=float((mated > threshold_at(nonmated, 0.0)).mean()),
        decided=_decided(searches),
        stages_ms=stages_ms,
    )


def _decided(searches: Searches) -> Decided:
    accepted = wrong = first = 0
    rejected: Counter[str] = Counter()
    for one in searches.mated:
        match one.decision:
            case Accepted(person) if person == one.subject:
                accepted += 1
                first += one.looks == 1
            case Accepted():
                wrong += 1
            case no:
                rejected[no.reason] += 1
    strangers = sum(isinstance(one.decision, Accepted) for one in searches.nonmated)
    return Decided(accepted, first, wrong, rejected, strangers)


def _object(found: Identified) -> object:
    """Return what --json prints; rates are fractions, times milliseconds."""

    def of_fnir(rates: dict[float, Rate]) -> dict[str, dict[str, float | int]]:
        return {
            fraction(fpir): {"fnir": rate.share, "low": rate.low, "high": rate.high, "probes": rate.comparisons}
            for fpir, rate in rates.items()
        }

    decided = found.decided
    return {
        "images": found.images,
        "subjects": found.subjects,
        "failures": found.failures.total(),
        "failures_by_reason": dict(found.failures),
        **asdict(found.plan),
        "enrolled": found.enrolled,
        "references": found.references,
        "mated_probes": len(found.mated),
        "nonmated_probes": len(found.nonmated),
        "refused_probes": found.refused,
        "probes_of_both_eyes": found.probes_of_both_eyes,
        "probes_of_fewer_frames": found.probes_of_fewer_frames,
        "images_left_over": found.left_over,
        "rank1": found.rank1.share,
        "fnir_at_fpir": of_fnir(found.fnir_at_fpir),
        "fnir_with_failures_at_fpir": of_fnir(found.fnir_with_failures_at_fpir),
        "fnir_at_zero_fp": found.fnir_at_zero_fp,
        "decision": {
            "accepted": decided.accepted,
            "accepted_at_first_frame": decided.at_first_frame,
            "wrong_person": decided.wrong_person,
            "rejected": dict(decided.rejected),
            "strangers_accepted": decided.strangers_accepted,
        },
        "ms": {name: round(spent, 3) for name, spent in found.stages_ms.items()},
    }


def _table(folder: Path, found: Identified) -> str:
    """Return the same for a person to read; rates in percent."""
    why = ", ".join(f"{count} {reason}" for reason, count in found.failures.most_common()) or "none"
    plan, decided, probes = found.plan, found.decided, len(found.mated)
    lines = [
        f"{folder}: {found.images} images of {found.subjects} subjects, refused {found.failures.total()} ({why})",
        f"enrolled           {found.enrolled} people, {found.references} references, at most {plan.enrol} an eye",
        f"probes             {probes:,} mated, {len(found.nonmated):,} non-mated, {found.refused} refused; "
        f"{plan.repeats} repetitions, {plan.frames} frames each",
        f"                   {found.probes_of_both_eyes:,} of both eyes, {found.probes_of_fewer_frames:,} of fewer frames, "
        f"{found.left_over:,} images left over",
        f"rank 1             {found.rank1.share:.3%}",
        "",
        "   at FPIR  FNIR      95 % interval        refused counted as misses",
    ]
    for fpir, rate in found.fnir_at_fpir.items():
        interval = f"{rate.low:.3%} .. {rate.high:.3%}"
        strict = found.fnir_with_failures_at_fpir[fpir].share
        lines.append(f"   {fpir:<8g} {rate.share:<8.3%}  {interval:<20} {strict:.3%}")
    lines += [
        f"   none     {found.fnir_at_zero_fp:.3%}",
        "",
        f"own decision       {decided.accepted:,} of {probes:,} accepted ({decided.at_first_frame:,} at the first frame), "
        f"{decided.wrong_person} as another person",
        f"                   {decided.strangers_accepted} of {len(found.nonmated):,} strangers accepted",
        "median ms          " + ", ".join(f"{name} {spent:.2f}" for name, spent in found.stages_ms.items()),
    ]
    return "\n".join(lines)
