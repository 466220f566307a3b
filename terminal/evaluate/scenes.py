"""Drawn scenes of many frames before the product's own watch: texture, stillness, and the answer to a switched light."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from math import inf

import numpy as np

from terminal.config import Liveness
from terminal.evaluate.rates import Rate, wilson
from terminal.evaluate.species.motion import Disguised, Living, Photograph, Scene
from terminal.evaluate.species.presentation import Species
from terminal.extract import iris_segment, liveness, runtime
from terminal.extract.challenge import Watch
from terminal.types import Live, Reason

STILL_FRAMES = 26  # 1.7 s before a light that cannot be switched
MOST_FRAMES = 45  # 3 s: whoever has not been asked enough by then is not let in
FIRST_SEED = 50_000  # `training/iris_pad/motion.py` learns from lower ones
ONLY_SCENE = Liveness(mode="refuse", target_bpcer=0.02)


@dataclass(frozen=True, slots=True)
class SceneRates:
    """Shares of drawn scenes: living ones refused (BPCER), attacks let through (APCER)."""

    bpcer: Rate  # texture and movement together, as a kiosk in mode "refuse" without a light of two banks
    apcer: dict[str, Rate]  # the same, by species
    motion_bpcer: Rate  # movement alone
    motion_apcer: Rate  # of a photograph without raster or grain
    light_bpcer: Rate  # the light alone
    light_apcer: Rate

    def lines(self) -> list[str]:
        """Return what a person reads."""
        alone = (
            ("movement alone", self.motion_bpcer, self.motion_apcer),
            ("switched light", self.light_bpcer, self.light_apcer),
        )
        return [
            f"all of a scene    BPCER {_percent(self.bpcer)}",
            *(f"  {species:15} APCER {_percent(rate)}" for species, rate in self.apcer.items()),
            *(f"{name:17} BPCER {_percent(bpcer)}, photograph APCER {_percent(apcer)}" for name, bpcer, apcer in alone),
        ]


def scene_rates(networks: tuple[runtime.Network, runtime.Network], count: int) -> SceneRates:
    """Return the rates over `count` scenes of each kind."""
    seeds = range(FIRST_SEED, FIRST_SEED + count)

    def refused(kind: Callable[[int], Scene], *, light: bool = False, texture: bool = False) -> int:
        found = (verdict(networks, kind(seed), light=light, texture=texture) for seed in seeds)
        return sum(isinstance(one, Reason) for one in found)

    kinds: dict[str, Callable[[int], Scene]] = {
        Species.PRINT: partial(Photograph, species=Species.PRINT),
        Species.SCREEN: partial(Photograph, species=Species.SCREEN),
        Species.CUT_PRINT: partial(Disguised, species=Species.CUT_PRINT),
        Species.LENS: partial(Disguised, species=Species.LENS),
    }
    return SceneRates(
        bpcer=wilson(refused(Living, texture=True), count),
        apcer={str(name): wilson(count - refused(kind, texture=True), count) for name, kind in kinds.items()},
        motion_bpcer=wilson(refused(Living), count),
        motion_apcer=wilson(count - refused(Photograph), count),
        light_bpcer=wilson(refused(Living, light=True), count),
        light_apcer=wilson(count - refused(Photograph, light=True), count),
    )


def verdict(
    networks: tuple[runtime.Network, runtime.Network], scene: Scene, *, light: bool, texture: bool
) -> Live | Reason:
    """Return the first answer of the watch that is not to hold still, or that there was none in time."""
    segmenter, checker = networks
    by = liveness.policy(ONLY_SCENE, light=light)
    by = by if texture else replace(by, frame_logit=-inf)
    watch = Watch(checker, by, scene if light else None, scene, np.random.default_rng(0))
    said: Live | Reason = Reason.NO_EYE
    for _ in range(MOST_FRAMES if light else STILL_FRAMES):
        frame = scene.frame()
        irises = iris_segment.segment(segmenter, frame)
        if not isinstance(irises, Reason):
            said = watch.check(frame, irises)
        if said not in (Reason.HOLD_STILL, Reason.NO_EYE):
            break
    return said


def _percent(rate: Rate) -> str:
    return f"{rate.share:.1%} [{rate.low:.1%} {rate.high:.1%}] of {rate.comparisons}"
