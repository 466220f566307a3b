"""Cross-validation over subjects: no threshold is set on the people it is measured on."""

from dataclasses import dataclass

import numpy as np

from terminal.errors import TerminalError
from terminal.evaluate.rates import Rate, threshold_at, wilson
from terminal.evaluate.samples import Compared


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What the subjects of all folds came to, each fold at the threshold of the others."""

    fmr: Rate
    fnmr: Rate
    fnmr_with_failures: Rate  # comparisons with a refused image count as non-matches
    thresholds: tuple[float, ...]  # one a fold


def held_out(compared: Compared, folds: int, fmrs: tuple[float, ...], refused_mated: int) -> dict[float, HeldOut]:
    """Return the rates for each wanted FMR.

    Subjects go to folds in turn, in sorted order. For each fold the threshold is set on the non-mated comparisons among the
    subjects of all other folds; misses and false matches are counted among its own. Raise TerminalError when a fold is too small.
    """
    subjects = {subject: place for place, subject in enumerate(sorted({one.subject for one in compared.samples}))}
    fold_of = np.array([subjects[one.subject] % folds for one in compared.samples])
    _, identity = np.unique([one.identity for one in compared.samples], return_inverse=True)
    pairs = np.tril(np.ones(compared.scores.shape, dtype=np.bool_), -1)
    same = identity[:, None] == identity[None, :]
    inside, outside, mated = [], [], []
    for fold in range(folds):
        here = (fold_of[:, None] == fold) & (fold_of[None, :] == fold) & pairs
        elsewhere = (fold_of[:, None] != fold) & (fold_of[None, :] != fold) & pairs
        mated.append(compared.scores[here & same])
        inside.append(compared.scores[here & ~same])
        outside.append(np.sort(compared.scores[elsewhere & ~same]))
    if min(len(scores) for scores in (*inside, *outside)) == 0:
        raise TerminalError(f"{len(subjects)} subjects are too few for {folds} folds", hint="ask for fewer folds")
    of_mated, of_nonmated = sum(map(len, mated)), sum(map(len, inside))
    found = {}
    for fmr in fmrs:
        at = [threshold_at(scores, fmr) for scores in outside]
        missed = sum(int((scores > limit).sum()) for scores, limit in zip(mated, at, strict=True))
        passed = sum(int((scores <= limit).sum()) for scores, limit in zip(inside, at, strict=True))
        strict = wilson(missed + refused_mated, of_mated + refused_mated)
        found[fmr] = HeldOut(wilson(passed, of_nonmated), wilson(missed, of_mated), strict, tuple(at))
    return found
