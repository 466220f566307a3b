"""What was seen of the person before the camera since the last decision: which frames belong together, and how long to wait."""

from collections.abc import Callable
from dataclasses import dataclass

from terminal.types import Frame, Instant, Probe

GAP_S = 0.7  # without a readable eye: who is seen then is somebody new. Three frames of a slow kiosk; nobody steps aside faster


@dataclass(frozen=True, slots=True)
class Patience:
    """When there is enough: after so many frames, or so long after the first of them."""

    frames: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Captures of one person in one scene, and since when somebody there has waited for an answer."""

    source: str
    since: Instant
    latest: Instant
    frames: int  # since then, those that agreed with none of the others included
    probes: tuple[Probe, ...]


def gather(
    before: Evidence | None, frame: Frame, probes: tuple[Probe, ...], agree: Callable[[Probe, Probe], bool]
) -> Evidence:
    """Return the evidence with one more frame, never that of two people as one.

    A frame joins those before it only when one of its captures shows surely the same eye as one of theirs; else it stands alone,
    and the wait goes on. Another scene or a gap begins anew.
    """
    at = frame.captured_at
    if before is None or before.source != frame.source or _seconds(before.latest, at) > GAP_S:
        return Evidence(frame.source, at, at, 1, probes)
    same = any(agree(new, held) for held in reversed(before.probes) for new in probes)
    joined = (*before.probes, *probes) if same else probes
    return Evidence(frame.source, before.since, at, before.frames + 1, joined)


def is_complete(evidence: Evidence, frame: Frame, patience: Patience) -> bool:
    """Whether nothing more is awaited, so that the person is told even when it is that nobody knows them."""
    waited_s = _seconds(evidence.since, evidence.latest)
    return frame.ends_scene or evidence.frames >= patience.frames or waited_s >= patience.seconds


def _seconds(earlier: Instant, later: Instant) -> float:
    return (later.boottime_ns - earlier.boottime_ns) / 1e9
