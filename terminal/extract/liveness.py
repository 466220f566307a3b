"""Does a bare living eye look into the camera? From the last frames of a scene to `Live` or a `Reason`.

Three checks, each as far as the frames and the light allow:

- frame: a small network (models/iris-pad.md) judges the texture of the frame, pixel for pixel, and of the unrolled iris, for
  rasters, grids, grain and patterns worn on the eye;
- motion: over a second or more a living pupil breathes and its spot of light wanders, on a photograph neither does;
- light: the spot must follow the lamps when chance switches them (`extract/challenge.py` asks).

What was checked goes into the record: `not_checked`, or tokens parted by spaces, `frame:0.93` and `motion:0.81` (0 to 1, the
higher the more alive), `light:10/10` (frames in which the spot followed, of those asked), and `suspect` at the end where one
of them failed. A check that could not be made has no token.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log

import numpy as np
import numpy.typing as npt

from terminal import opencv
from terminal.config import Liveness
from terminal.extract.runtime import Network
from terminal.extract.texture import features, look
from terminal.types import Bank, Frame, Glimpse, IrisMap, Live, Pixels, Reason

NOT_CHECKED, SUSPECT = "not_checked", "suspect"
MEAN_OF = 5  # latest frames whose logits are averaged: one lash or glint must not decide

# Logit that this part of living eyes falls below: `python -m training.iris_pad.calibrate`, 1360 images of mmu1 and 60 % of interval
FRAME_LOGIT_AT = (
    (0.001, -2.13),
    (0.003, -1.56),
    (0.005, -1.38),
    (0.01, -1.15),
    (0.02, -0.84),
    (0.05, -0.34),
    (0.1, 0.19),
    (0.2, 0.80),
)
# The same of the motion's logit: `python -m training.iris_pad.motion --scenes 150`, drawn: no more than our renderer knows
MOTION_LOGIT_AT = ((0.001, 0.40), (0.005, 0.47), (0.01, 0.95), (0.02, 1.66), (0.05, 2.49), (0.1, 3.54), (0.2, 4.51))
MOTION_WEIGHTS = (3.11, 2.98, 34.49)  # of log pupil movement, log spot movement, and 1; from the same command
LEAST_FRAMES, LEAST_S = 8, 1.2  # of a scene: hippus is slower than 2 Hz (Stark 1959), so less shows too little of it
MOST_WAIT_S = 1.6  # for movement that can be judged; without a spot of light to be seen there is none

SPOT_GRID = 48  # samples across the iris in which the spot is looked for
SPOT_ABOVE = 0.6  # of the way from the iris' median grey to the brightest sample
LEAST_SPOT_GREY = 40  # grey levels it must stand out: less is texture
ANSWERS = 10  # frames asked: a spot that moves by chance follows 9 of them once in 47 times (2 * 11 / 2^10)
MISSES = 1  # of them: a blink or a glint
LEAST_SHIFT = 0.03  # iris radii between the spots of bank A and B: lamps 3 cm apart at 40 cm shift it by 0.05


@dataclass(frozen=True, slots=True)
class Policy:
    """What is checked and how surely it must be passed; `light` where lamps can be switched."""

    mode: str  # "off", "flag" or "refuse"
    frame_logit: float
    motion_logit: float
    light: bool


def policy(wanted: Liveness, *, light: bool) -> Policy:
    """Return the policy for the part of living eyes that may fail: frame and movement each get half of it.

    The light's check asks the same of everybody: a spot that follows nine of ten.
    """
    share = wanted.target_bpcer / 2
    return Policy(wanted.mode, _logit_at(FRAME_LOGIT_AT, share), _logit_at(MOTION_LOGIT_AT, share), light)


def without_light(asked: Policy) -> Policy:
    """Return the same policy for a light that cannot be switched."""
    return replace(asked, light=False)


def check(glimpses: Sequence[Glimpse], by: Policy, *, last: bool = False) -> Live | Reason:
    """Return what the frames of one scene, oldest first, say so far.

    `HOLD_STILL` while the light still asks, or while movement cannot be judged yet and a suspect would be refused; never once
    the scene has had its `last` frame.
    """
    if by.mode == "off":
        return Live(NOT_CHECKED)
    asked = [one for one in glimpses if one.lit in (Bank.A, Bank.B)]
    if by.light and len(asked) < ANSWERS:
        return Reason.HOLD_STILL
    moved = motion(glimpses)
    waits = by.mode == "refuse" and not by.light and not last and _span_s(glimpses) < MOST_WAIT_S
    if moved is None and waits:
        return Reason.HOLD_STILL
    frame = float(np.mean([one.logit for one in glimpses[-MEAN_OF:]]))
    tokens, alive = [f"frame:{_share(frame):.2f}"], frame >= by.frame_logit
    if moved is not None:
        tokens.append(f"motion:{_share(moved):.2f}")
        alive = alive and moved >= by.motion_logit
    if by.light:
        followed = answers(asked)
        tokens.append(f"light:{followed}/{len(asked)}")
        alive = alive and followed >= len(asked) - MISSES
    if not alive and by.mode == "refuse":
        return Reason.NOT_CLEAR
    return Live(" ".join(tokens if alive else [*tokens, SUSPECT]))


def glimpse(network: Network, frame: Frame, iris: IrisMap, lit: Bank | None) -> Glimpse:
    """Return what one frame says; `lit` are the lamps that were on, None where that is not known."""
    logit = float(network.run(features(look(frame.pixels, iris.pupil, iris.limbus, iris.visible))[None])[0, 0])
    ratio = iris.pupil.radius / iris.limbus.radius
    return Glimpse(frame.captured_at, logit, ratio, _spot(frame.pixels, iris), lit)


def movement(glimpses: Sequence[Glimpse]) -> tuple[float, float] | None:
    """Return how much the pupil breathed and the spot wandered, natural logarithms; None where too little was seen.

    Both are deviations of means over neighbouring frames, so that what is uncertain in each single frame counts less. The
    spot's distance from the pupil is taken, not its place: a photograph turned by hand keeps the one and changes the other.
    """
    still = [one for one in glimpses if one.lit in (None, Bank.BOTH) and one.spot is not None]
    if len(still) < LEAST_FRAMES:
        return None
    if _span_s(still) < LEAST_S:
        return None
    ratios = np.array([one.pupil_ratio for one in still])
    reaches = np.array([np.hypot(*one.spot) for one in still if one.spot is not None])
    return log(_slow(ratios / ratios.mean()) + 1e-4), log(_slow(reaches) + 1e-4)


def _span_s(glimpses: Sequence[Glimpse]) -> float:
    return (glimpses[-1].captured_at.boottime_ns - glimpses[0].captured_at.boottime_ns) / 1e9


def motion(glimpses: Sequence[Glimpse]) -> float | None:
    """Return the logit of living movement; None where too little was seen to tell."""
    moved = movement(glimpses)
    return None if moved is None else float(np.dot(MOTION_WEIGHTS, (*moved, 1.0)))


def answers(asked: Sequence[Glimpse]) -> int:
    """Return in how many frames the spot lay on the side of the bank that was lit.

    Which side belongs to which bank is learned from the frames themselves, so a mirrored camera needs no setting.
    """
    places = {
        bank: [one.spot for one in asked if one.lit is bank and one.spot is not None] for bank in (Bank.A, Bank.B)
    }
    if not all(places.values()):
        return 0
    a, b = (np.median(np.array(places[bank]), axis=0) for bank in (Bank.A, Bank.B))
    across = b - a
    if np.hypot(*across) < LEAST_SHIFT:
        return 0
    sides = {bank: (np.array(places[bank]) - (a + b) / 2) @ across for bank in (Bank.A, Bank.B)}
    return int((sides[Bank.A] < 0).sum() + (sides[Bank.B] > 0).sum())


def _spot(pixels: Pixels, iris: IrisMap) -> tuple[float, float] | None:
    """Return where the brightest spot on the cornea is, in iris radii from the pupil's centre; None when none stands out."""
    reach, radius = np.linspace(-0.9, 0.9, SPOT_GRID, dtype=np.float32), iris.limbus.radius
    u, v = np.meshgrid(reach, reach)
    seen = opencv.sample(pixels, iris.pupil.x + radius * u, iris.pupil.y + radius * v)
    inside = np.hypot(u, v) < max(0.5, 1.2 * iris.pupil.radius / radius)  # the lids' wet rims mirror the lamps as well
    level, peak = float(np.median(seen[inside])), float(seen[inside].max())
    if peak - level < LEAST_SPOT_GREY:
        return None
    bright = np.where(inside, np.maximum(seen - (level + SPOT_ABOVE * (peak - level)), 0), 0)
    labels, _ = opencv.blobs(bright > 0)
    weights = np.bincount(labels.ravel(), bright.ravel())
    weights[0] = 0
    only = bright * (labels == int(np.argmax(weights)))
    total = float(only.sum())
    return float((only * u).sum() / total), float((only * v).sum() / total)


def _slow(values: npt.NDArray[np.floating]) -> float:
    """Return the deviation of means over three neighbours."""
    return float(np.convolve(values, np.full(3, 1 / 3), "valid").std())


def _share(logit: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, logit))))


def _logit_at(table: tuple[tuple[float, float], ...], share: float) -> float:
    """Return the logit for a share between those measured, on a logarithmic scale."""
    shares, logits = zip(*table, strict=True)
    return float(np.interp(log(share), np.log(shares), logits))
