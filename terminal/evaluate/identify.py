"""People searched for among everybody enrolled, some of whom are not there: open-set identification after ISO/IEC 19795-1.

Each probe is searched for twice: among all (mated), and among all but its own subject, as a stranger (non-mated). Two things are
taken of each search: the chance that `match/decide.py` weighs of all frames together, which is swept for the error rates; and
the product's own decision, frame by frame as at the kiosk, with its patience and its guard against fusing two people.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from terminal import build
from terminal.errors import TerminalError
from terminal.evaluate.samples import Compared, Sample
from terminal.evaluate.split import Presented, Split, split, which_eye
from terminal.evidence import Evidence, Patience, gather, is_complete
from terminal.match.decide import Policy, decide, most_likely, weigh
from terminal.match.fuse import Indices
from terminal.match.hamming import NOTHING_TO_COMPARE
from terminal.types import Decision, Eye, Frame, Instant, Pixels, Probe, Reason, Rejected, Template

FRAME_NS = 100_000_000  # between the frames of a probe
BLANK: Pixels = np.zeros((1, 1), np.uint8)  # the templates of a frame are there already
NOT_SEEN = 1.0  # the score of a probe nothing was compared with


@dataclass(frozen=True, slots=True)
class Plan:
    """How people enrol and how they come back."""

    enrol: int  # images an eye
    frames: int  # a probe
    repeats: int  # the first takes images in sorted order, each other one in an order drawn from a seed
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Search:
    """What one search came to."""

    subject: str
    likeliest: str  # the first of the candidates
    log10_chance: float  # that somebody else is so like the probe as this one
    decision: Decision  # the product's own
    looks: int  # frames it was taken from


@dataclass(frozen=True, slots=True)
class Searches:
    """All repetitions together. A probe of which no image could be read is refused and not searched for."""

    mated: list[Search]
    nonmated: list[Search]
    refused: int
    splits: list[Split]


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Everybody enrolled in one repetition: N references of P people, by their place among the compared images."""

    people: tuple[str, ...]  # P
    owner: Indices  # (N,)
    place: Indices  # (N,)
    is_left: npt.NDArray[np.bool_]  # (N,)

    def without(self, subject: str) -> "Enrolled":
        """Return everybody else."""
        if subject not in self.people:
            return self
        gone = self.people.index(subject)
        kept = self.owner != gone
        owner = self.owner[kept]
        people = self.people[:gone] + self.people[gone + 1 :]
        return Enrolled(people, owner - (owner > gone), self.place[kept], self.is_left[kept])


@dataclass(frozen=True, slots=True)
class Kiosk:
    """What decides as a kiosk does, over images that were all compared before."""

    compared: Compared
    place: dict[int, int]  # of a sample (by id) among the compared ones
    policy: Policy
    patience: Patience

    def probe(self, sample: Sample, template: Template, everybody: Enrolled) -> Probe:
        """Search for one image."""
        eye = which_eye(sample)
        other = everybody.is_left != (eye is Eye.LEFT)
        scores = self.compared.scores[self.place[id(sample)], everybody.place].copy()
        scores[other] = NOTHING_TO_COMPARE
        return Probe(template, eye, scores, 0)


def identify(samples: list[Sample], compared: Compared, plan: Plan, policy: Policy, patience: Patience) -> Searches:
    """Search for every probe of every repetition; raise TerminalError when there is nobody to search for or among."""
    kiosk = Kiosk(compared, {id(one): at for at, one in enumerate(compared.samples)}, policy, patience)
    found = Searches([], [], 0, [])
    refused = 0
    for repetition in range(plan.repeats):
        rng = np.random.default_rng([plan.seed, repetition]) if repetition else None
        parts = split(samples, plan.enrol, plan.frames, rng)
        found.splits.append(parts)
        everybody = _enrolled(parts, kiosk)
        for presented in parts.probes:
            if not presented.can_be_read:
                refused += 1
                continue
            found.mated.append(_search(kiosk, presented, everybody))
            found.nonmated.append(_search(kiosk, presented, everybody.without(presented.subject)))
    if not found.mated or len(everybody.people) < 2:
        hint = "it takes two subjects with usable images, and two images of one eye"
        raise TerminalError("there is nobody to search for, or nobody to search among", hint=hint)
    return Searches(found.mated, found.nonmated, refused, found.splits)


def _enrolled(parts: Split, kiosk: Kiosk) -> Enrolled:
    people = tuple(dict.fromkeys(one.subject for one in parts.enrolled))
    number = {subject: at for at, subject in enumerate(people)}
    return Enrolled(
        people,
        np.array([number[one.subject] for one in parts.enrolled], dtype=np.intp),
        np.array([kiosk.place[id(one)] for one in parts.enrolled], dtype=np.intp),
        np.array([which_eye(one) is Eye.LEFT for one in parts.enrolled], dtype=np.bool_),
    )


def _search(kiosk: Kiosk, presented: Presented, everybody: Enrolled) -> Search:
    """Search for one probe, and let the kiosk decide frame by frame until it has."""
    frames = [
        tuple(kiosk.probe(one, one.template, everybody) for one in frame if one.template is not None)
        for frame in presented.frames
    ]
    read = [probes for probes in frames if probes]
    weighed = weigh(len(everybody.people), everybody.owner, [probe for probes in read for probe in probes])
    first = most_likely(weighed)
    held: Evidence | None = None
    decision: Decision = Rejected(Reason.UNKNOWN, NOT_SEEN)
    looks = 0
    for number, probes in enumerate(read):
        at = Instant(number * FRAME_NS, number * FRAME_NS)
        frame = Frame(BLANK, "images", presented.subject, at, ends_scene=number == len(read) - 1)
        held = gather(held, frame, probes, build.agree)
        looks += 1
        decision = decide(everybody.people, everybody.owner, held.probes, kiosk.policy)
        if not isinstance(decision, Rejected) or is_complete(held, frame, kiosk.patience):
            break
    return Search(presented.subject, everybody.people[first], float(weighed.log10_chance[first]), decision, looks)
