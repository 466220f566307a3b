"""Watches one scene: keeps what its last frames said, and lets chance switch the lamps to see whether the eye follows."""

import logging

import numpy as np

from terminal.errors import LightError
from terminal.extract import liveness
from terminal.extract.liveness import Policy
from terminal.extract.runtime import Network
from terminal.ports import Clock, Lamps
from terminal.types import Bank, Eye, Frame, Glimpse, Instant, IrisMap, Live, Reason

KEPT_S = 3.0  # a scene's older frames say nothing about who stands there now
GAP_S = 1.0  # without an iris for this long, the next one is another scene
SETTLE_S = 0.04  # from the light's answer to a frame exposed in it alone: one exposure at 25 frames a second or more

log = logging.getLogger(__name__)


class Watch:
    """Takes every iris found, and says of each what the scene so far shows."""

    def __init__(
        self, network: Network, policy: Policy, lamps: Lamps | None, clock: Clock, chance: np.random.Generator
    ) -> None:
        """`lamps` None: the light cannot be switched, and the record will not say that it was."""
        self._network, self._policy, self._lamps, self._clock, self._chance = network, policy, lamps, clock, chance
        self._seen: dict[Eye | None, list[Glimpse]] = {}  # by eye: both of a face must live
        self._source = ""
        self._lit, self._lit_at = Bank.BOTH, Instant(0, 0)

    def check(self, frame: Frame, irises: tuple[IrisMap, ...]) -> Live | Reason:
        """Return what is known once this frame is taken in, and switch the lamps for the next one.

        Of two eyes the one that stands worse is what counts.
        """
        if self._policy.mode == "off":
            return liveness.check((), self._policy)
        self._forget(frame)
        lit = self._lit_in(frame)
        for iris in irises:
            self._seen.setdefault(iris.eye, []).append(liveness.glimpse(self._network, frame, iris, lit))
        last = frame.ends_scene
        found = [liveness.check(self._seen[iris.eye], self._policy, last=last) for iris in irises]
        worst = max(found, key=_weight)
        self._switch(self._next(self._seen[irises[0].eye]) if worst is Reason.HOLD_STILL else Bank.BOTH)
        return worst

    def _forget(self, frame: Frame) -> None:
        """Let go of what belongs to another scene, or is too old to say anything of this one."""
        if frame.source != self._source:
            self._seen.clear()
        self._source = frame.source
        for eye, seen in list(self._seen.items()):
            if _seconds(seen[-1].captured_at, frame.captured_at) > GAP_S:
                del self._seen[eye]
            else:
                self._seen[eye] = [one for one in seen if _seconds(one.captured_at, frame.captured_at) <= KEPT_S]

    def _lit_in(self, frame: Frame) -> Bank | None:
        """Return the lamps a frame was taken under; None while they were just being switched."""
        return self._lit if _seconds(self._lit_at, frame.captured_at) >= SETTLE_S else None

    def _next(self, seen: list[Glimpse]) -> Bank:
        """Return a bank by chance, each at least a quarter of the time: all questions alike ask nothing."""
        asked = [one.lit for one in seen if one.lit in (Bank.A, Bank.B)]
        if not asked or seen[-1].lit is None:
            return self._lit if self._lit is not Bank.BOTH else Bank(self._chance.choice([Bank.A, Bank.B]))
        left = liveness.ANSWERS - len(asked)
        for bank in (Bank.A, Bank.B):
            if liveness.ANSWERS // 4 - asked.count(bank) >= left:
                return bank
        return Bank(self._chance.choice([Bank.A, Bank.B]))

    def _switch(self, bank: Bank) -> None:
        if self._lamps is None or bank is self._lit:
            return
        try:
            self._lamps.select(bank)
        except LightError as error:
            log.error("the light is not asked any more until a restart: %s", error)
            self._lamps, self._policy = None, liveness.without_light(self._policy)
        self._lit, self._lit_at = bank, self._clock.now()


def _weight(found: Live | Reason) -> int:
    """Rank outcomes, the one that stands most against a check-in last."""
    if isinstance(found, Live):
        return int(found.record.endswith(liveness.SUSPECT))
    return 2 if found is Reason.HOLD_STILL else 3


def _seconds(earlier: Instant, later: Instant) -> float:
    return (later.boottime_ns - earlier.boottime_ns) / 1e9
