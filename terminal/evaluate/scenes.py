"""Drawn scenes of many frames before the product's own watch: what stillness and a switched light give away."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from terminal.config import Liveness
from terminal.evaluate.rates import Rate, wilson
from terminal.evaluate.species.motion import Living, Photograph, Scene
from terminal.extract import iris_segment, liveness, runtime
from terminal.extract.challenge import Watch
from terminal.types import Live, Reason

STILL_FRAMES = 20  # 1.3 s before a light that cannot be switched
MOST_FRAMES = 45  # 3 s: whoever has not been asked enough by then is not let in
FIRST_SEED = 50_000  # `training/iris_pad/motion.py` learns from lower ones
ONLY_SCENE = Liveness(mode="refuse", target_bpcer=0.02)


@dataclass(frozen=True, slots=True)
class SceneRates:
    """Shares of drawn scenes: living ones refused, photographs let through; by movement alone and by the light."""

    motion_bpcer: Rate
    motion_apcer: Rate
    light_bpcer: Rate
    light_apcer: Rate

    def lines(self) -> list[str]:
        """Return what a person reads."""
        return [
            f"{name:16} BPCER {bpcer.share:.1%} [{bpcer.low:.1%} {bpcer.high:.1%}] of {bpcer.comparisons}, "
            f"photograph APCER {apcer.share:.1%} [{apcer.low:.1%} {apcer.high:.1%}] of {apcer.comparisons}"
            for name, bpcer, apcer in (
                ("movement alone", self.motion_bpcer, self.motion_apcer),
                ("switched light", self.light_bpcer, self.light_apcer),
            )
        ]


def scene_rates(networks: tuple[runtime.Network, runtime.Network], count: int) -> SceneRates:
    """Return the rates over `count` scenes of each kind."""
    seeds = range(FIRST_SEED, FIRST_SEED + count)

    def refused(kind: Callable[[int], Scene], *, light: bool) -> int:
        return sum(isinstance(verdict(networks, kind(seed), light=light), Reason) for seed in seeds)

    return SceneRates(
        motion_bpcer=wilson(refused(Living, light=False), count),
        motion_apcer=wilson(count - refused(Photograph, light=False), count),
        light_bpcer=wilson(refused(Living, light=True), count),
        light_apcer=wilson(count - refused(Photograph, light=True), count),
    )


def verdict(networks: tuple[runtime.Network, runtime.Network], scene: Scene, *, light: bool) -> Live | Reason:
    """Return what the watch says of a scene in the end. The frame's own texture has no say: prints and screens test that."""
    segmenter, checker = networks
    by = replace(liveness.policy(ONLY_SCENE, light=light), frame_logit=-inf)
    watch = Watch(checker, by, scene if light else None, scene, np.random.default_rng(0))
    said: Live | Reason = Reason.NO_EYE
    for _ in range(MOST_FRAMES if light else STILL_FRAMES):
        frame = scene.frame()
        irises = iris_segment.segment(segmenter, frame)
        if not isinstance(irises, Reason):
            said = watch.check(frame, irises)
        if light and said is not Reason.HOLD_STILL:
            break
    return said
