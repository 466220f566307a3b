"""Pictures of a set of scores, for a report: matplotlib is an extra that only this needs."""

from pathlib import Path
from typing import Any

import numpy as np

from terminal.errors import TerminalError
from terminal.evaluate.rates import ScoreList, curve
from terminal.evaluate.reject import Rejection

DPI = 120  # a page-wide figure stays under 100 kB
MATED, NONMATED = "#0072b2", "#d55e00"  # told apart by colour-blind readers too (Okabe and Ito)


def plot_scores(
    folder: Path, title: str, mated: ScoreList, nonmated: ScoreList, rejections: list[Rejection]
) -> list[Path]:
    """Write scores.png (histogram), det.png (detection error trade-off) and reject.png (error against rejection).

    Raise TerminalError when matplotlib is not installed.
    """
    pyplot = _pyplot()
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _histogram(pyplot, folder / "scores.png", title, mated, nonmated),
        _det(
            pyplot,
            folder / "det.png",
            title,
            np.sort(mated),
            np.sort(nonmated),
            ("false match rate", "false non-match rate"),
        ),
        _reject(pyplot, folder / "reject.png", title, rejections),
    ]


def plot_identification(folder: Path, title: str, mated: ScoreList, nonmated: ScoreList) -> Path:
    """Write identification.png (false-negative against false-positive identification rate), and return its path."""
    pyplot = _pyplot()
    folder.mkdir(parents=True, exist_ok=True)
    named = ("false-positive identification rate", "false-negative identification rate")
    return _det(pyplot, folder / "identification.png", title, np.sort(mated), np.sort(nonmated), named)


def _pyplot() -> Any:
    """Load matplotlib for files only, without a screen."""
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise TerminalError("plots need matplotlib", hint="pip install 'tatap[plot]'") from error
    mpl.use("Agg")
    from matplotlib import pyplot

    return pyplot


def _histogram(pyplot: Any, path: Path, title: str, mated: ScoreList, nonmated: ScoreList) -> Path:
    figure, axes = pyplot.subplots(figsize=(7, 4))
    bins = np.linspace(0.0, max(0.6, float(nonmated.max())), 121)
    for scores, name, colour in ((mated, "mated", MATED), (nonmated, "non-mated", NONMATED)):
        axes.hist(scores, bins, density=True, alpha=0.6, color=colour, label=f"{name} ({len(scores):,})")
    axes.set(title=title, xlabel="normalised Hamming distance", ylabel="density", yscale="log")
    axes.legend()
    return _saved(pyplot, figure, path)


def _det(pyplot: Any, path: Path, title: str, mated: ScoreList, nonmated: ScoreList, named: tuple[str, str]) -> Path:
    figure, axes = pyplot.subplots(figsize=(5, 5))
    _, fmr, fnmr = curve(mated, nonmated)
    least = 0.5 / np.array([len(nonmated), len(mated)])  # where no comparison is left, a logarithm still has a place
    axes.loglog(np.maximum(fmr, least[0]), np.maximum(fnmr, least[1]), color=MATED)
    axes.set(title=title, xlabel=named[0], ylabel=named[1], xlim=(least[0], 1), ylim=(least[1], 1))
    axes.grid(visible=True, which="major", alpha=0.4)
    return _saved(pyplot, figure, path)


def _reject(pyplot: Any, path: Path, title: str, rejections: list[Rejection]) -> Path:
    figure, axes = pyplot.subplots(figsize=(5, 4))
    parts = [100 * one.part for one in rejections]
    axes.plot(parts, [100 * one.fnmr.share for one in rejections], marker="o", color=MATED)
    axes.fill_between(
        parts,
        [100 * one.fnmr.low for one in rejections],
        [100 * one.fnmr.high for one in rejections],
        color=MATED,
        alpha=0.2,
    )
    axes.set(title=title, xlabel="images refused, worst first (%)", ylabel="false non-match rate (%)")
    axes.set_ylim(bottom=0)
    return _saved(pyplot, figure, path)


def _saved(pyplot: Any, figure: Any, path: Path) -> Path:
    figure.tight_layout()
    figure.savefig(path, dpi=DPI)
    pyplot.close(figure)
    return path
