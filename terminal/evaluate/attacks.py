"""`tatap evaluate attacks`: how many simulated attacks the liveness check lets through, and how many living eyes it refuses.

After ISO/IEC 30107-3: APCER is the share of attack presentations of one species taken for living eyes, BPCER the share of
bona fide ones refused. An attack that the path refuses before the check (no iris found, too blurred) counts as refused and
is told apart. Every attack here is simulated: nothing was ever held before a camera.
"""

import json
import sys
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from terminal import opencv
from terminal.capture.image import read_image
from terminal.capture.quality import assess
from terminal.capture.synthetic import capture, draw, people
from terminal.config import Liveness
from terminal.errors import ImageError, TerminalError
from terminal.evaluate.rates import Rate, wilson
from terminal.evaluate.scenes import SceneRates, scene_rates
from terminal.evaluate.species.presentation import Species, source
from terminal.evaluate.species.simulation import simulate
from terminal.evaluate.subjects import images
from terminal.extract import iris_segment, liveness, runtime
from terminal.types import Frame, Instant, IrisMap, Pixels, Reason

BPCERS = (0.01, 0.02)
FINENESS = (0.0, 1.5, 2.5, 4.0, float("inf"))  # frame pixels to one period of raster, grid or dot
FEWEST = 20  # presentations: the worst variant is looked for among those with so many
BONA_FIDE = "bona fide"
SHEET_IMAGES = 4  # of the set that --plot draws with one attack of each species beside them


@dataclass(frozen=True, slots=True)
class Presentation:
    """One frame that came to the check, or did not: `logit` is None when the path refused it before."""

    species: str
    variant: str
    period_px: float
    logit: float | None


@dataclass(frozen=True, slots=True)
class SpeciesRates:
    """What became of the presentations of one species, or of one variant or fineness of it."""

    presentations: int
    no_template: int  # refused before the check, and so refused
    shipped: Rate  # share taken for living eyes at the shipped threshold
    at_bpcer: dict[float, Rate]  # the same at thresholds set by this set's own living eyes


@dataclass(frozen=True, slots=True)
class Report:
    """What --json prints. Bona fide rates are of refusals, species' rates of attacks let through."""

    simulated: bool
    bona_fide: int
    bona_fide_no_template: int
    bpcer: Rate
    control_refused: Rate  # living eyes taken again by the second camera: what re-imaging alone does
    species: dict[str, SpeciesRates]
    worst_variant: dict[str, tuple[str, float]]
    by_fineness: dict[str, SpeciesRates]
    scenes: SceneRates | None


def evaluate_attacks(
    folder: Path | None, of: tuple[float, float], drawn: int, sequences: int, as_json: bool, plot: Path | None
) -> int:
    """Print APCER and BPCER over a folder's images, or over drawn eyes when there is none; return 0."""
    if folder is not None:
        return _evaluate(folder, images(folder, of), sequences, as_json, plot)
    with tempfile.TemporaryDirectory(prefix="tatap-attacks-") as made:
        _draw(Path(made), drawn)
        return _evaluate(Path(made), images(Path(made), of), sequences, as_json, plot)


def presentations_of(
    networks: tuple[runtime.Network, runtime.Network], name: str, pixels: Pixels
) -> list[Presentation]:
    """Return what becomes of one picture and of one attack of each species made from it; `name` seeds them."""
    segmenter, checker = networks
    found = _iris(segmenter, pixels)
    if found is None:
        return [Presentation(BONA_FIDE, "", 0.0, None)]
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    shown = [Presentation(BONA_FIDE, "", 0.0, _logit(checker, pixels, found))]
    for species in Species:
        attack = simulate(species, source(pixels, found), rng)
        logit = judged(networks, attack.seen.pixels)
        shown.append(Presentation(species, attack.variant, attack.period_px, logit))
    return shown


def judged(networks: tuple[runtime.Network, runtime.Network], pixels: Pixels) -> float | None:
    """Return the check's logit for a living eye's picture, None when the path refuses it before."""
    found = _iris(networks[0], pixels)
    return None if found is None else _logit(networks[1], pixels, found)


def _evaluate(folder: Path, paths: list[Path], sequences: int, as_json: bool, plot: Path | None) -> int:
    networks = runtime.load("iris-seg"), runtime.load("iris-pad")
    shown: list[Presentation] = []
    for done, path in enumerate(paths, start=1):
        try:
            shown += presentations_of(networks, str(path.relative_to(folder)), read_image(path))
        except ImageError as error:
            print(error, file=sys.stderr)
        if done % 50 == 0 or done == len(paths):
            print(f"{done} of {len(paths)} images", file=sys.stderr, flush=True)
    if plot is not None:
        print(f"wrote {_plot(networks[0], plot, paths)}", file=sys.stderr)
    report = report_of(shown, scene_rates(networks, sequences) if sequences else None)
    print(_table(report))
    if as_json:
        print(json.dumps(asdict(report)))
    return 0


def report_of(shown: Sequence[Presentation], scenes: SceneRates | None) -> Report:
    """Return the rates of presentations; raise TerminalError when no living eye came to the check."""
    alive = [one for one in shown if one.species == BONA_FIDE]
    logits = np.array([one.logit for one in alive if one.logit is not None])
    if logits.size == 0:
        raise TerminalError("no image came as far as the liveness check", hint="give near-infrared images of eyes")
    shipped = liveness.policy(Liveness(), light=False).frame_logit
    limits = {share: float(np.quantile(logits, share)) for share in BPCERS}

    def rates_of(some: list[Presentation]) -> SpeciesRates:
        return SpeciesRates(
            len(some),
            sum(one.logit is None for one in some),
            _accepted(some, shipped),
            {share: _accepted(some, limit) for share, limit in limits.items()},
        )

    by_species = {kind: [one for one in shown if one.species == kind] for kind in Species}
    control = [one for one in by_species.pop(Species.CONTROL) if one.logit is not None]
    ruled = [one for one in shown if one.species in (Species.PRINT, Species.CUT_PRINT, Species.SCREEN)]
    bands = pairwise(FINENESS)
    return Report(
        simulated=True,
        bona_fide=len(logits),
        bona_fide_no_template=len(alive) - len(logits),
        bpcer=wilson(int((logits < shipped).sum()), len(logits)),
        control_refused=wilson(sum((one.logit or 0.0) < shipped for one in control), max(1, len(control))),
        species={str(kind): rates_of(some) for kind, some in by_species.items() if some},
        worst_variant={str(kind): _worst(some, shipped) for kind, some in by_species.items() if some},
        by_fineness={
            f"{low:g}-{high:g} px": rates_of(some)
            for low, high in bands
            if (some := [one for one in ruled if low <= one.period_px < high])
        },
        scenes=scenes,
    )


def _accepted(some: list[Presentation], limit: float) -> Rate:
    return wilson(sum(one.logit is not None and one.logit >= limit for one in some), len(some))


def _worst(some: list[Presentation], limit: float) -> tuple[str, float]:
    """Return the variant let through most often and its rate, among those shown often enough."""
    names = {one.variant for one in some}
    kinds = {name: [one for one in some if one.variant == name] for name in names}
    rates = {name: _accepted(kind, limit).share for name, kind in kinds.items() if len(kind) >= FEWEST}
    return max(rates.items(), key=lambda item: (item[1], item[0]), default=("", 0.0))


def _iris(segmenter: runtime.Network, pixels: Pixels) -> IrisMap | None:
    """Take a frame as far as the check, as the kiosk does."""
    frame = _frame(pixels)
    found = Reason.BLURRED if isinstance(assess(frame), Reason) else iris_segment.segment(segmenter, frame)
    return None if isinstance(found, Reason) else iris_segment.clearest(found)


def _logit(checker: runtime.Network, pixels: Pixels, iris: IrisMap) -> float:
    return liveness.glimpse(checker, _frame(pixels), iris, None).logit


def _frame(pixels: Pixels) -> Frame:
    return Frame(pixels, "file", "file", Instant(0, 0))


def _draw(folder: Path, count: int) -> None:
    """Write one picture of each of `count` drawn people's eyes."""
    for number, pair in enumerate(people(30107, count)):
        for side, eye in zip("LR", pair, strict=True):
            rng = np.random.default_rng([number, ord(side)])
            path = folder / f"{number:04}" / side / "1.png"
            path.parent.mkdir(parents=True)
            opencv.write_image(path, draw(eye, capture(rng), rng).pixels)


def _plot(segmenter: runtime.Network, folder: Path, paths: list[Path]) -> Path:
    """Write a sheet of some images with one attack of each species beside them: to judge the simulation by eye."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for path in paths[:: max(1, len(paths) // SHEET_IMAGES)][:SHEET_IMAGES]:
        pixels = read_image(path)
        found = _iris(segmenter, pixels)
        if found is None:
            continue
        rng = np.random.default_rng(0)
        row = [pixels, *(simulate(species, source(pixels, found), rng).seen.pixels for species in Species)]
        rows.append(np.hstack([opencv.resize(one, 320, 240) for one in row]))
    out = folder / "attacks.png"
    opencv.write_image(out, np.repeat(np.vstack(rows)[:, :, None], 3, axis=2))
    return out


def _table(report: Report) -> str:
    """Return the same for a person to read; rates in percent, 95 % intervals in brackets."""
    lines = [
        "SIMULATED attacks: nothing here was held before a camera",
        f"living eyes      {report.bona_fide} checked, {report.bona_fide_no_template} refused before the check",
        f"BPCER            {_percent(report.bpcer)} at the shipped threshold",
        f"control          {_percent(report.control_refused)} refused when only taken again by the second camera",
        "",
        f"{'APCER':16} {'number':>7} {'no iris':>7}  {'shipped':22} {'at BPCER 1 %':22} {'at BPCER 2 %':22} worst variant",
    ]
    for name, found in report.species.items():
        variant, share = report.worst_variant[name]
        lines.append(f"{_row(name, found)} {variant} {share:.1%}")
    lines += ["", "prints and screens by their finest period in the frame"]
    lines += [_row(name, found) for name, found in report.by_fineness.items()]
    if report.scenes is not None:
        lines += ["", "drawn scenes of many frames", *report.scenes.lines()]
    return "\n".join(lines)


def _row(name: str, found: SpeciesRates) -> str:
    rates = [found.shipped, *found.at_bpcer.values()]
    return f"{name:16} {found.presentations:7} {found.no_template:7}  " + " ".join(
        f"{_percent(one):22}" for one in rates
    )


def _percent(rate: Rate) -> str:
    return f"{rate.share:.2%} [{rate.low:.2%} {rate.high:.2%}]"
