"""Values that tests start from: one honest check-in, a workday, a kiosk's settings."""

from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

from terminal import config
from terminal.clock import Trust
from terminal.sync.wire import CheckIn, ChosenBy, Direction
from terminal.types import Instant

WORKDAY = config.Schedule(
    name="perpres-21-2023",
    source="Perpres 21/2023",
    days=("mon", "tue", "wed", "thu", "fri"),
    valid_from=date(2023, 4, 12),
    start=time(7, 30),
    end=time(16, 0),
    in_opens=time(6, 0),
    in_closes=time(9, 0),
    out_opens=time(15, 30),
    out_closes=time(18, 0),
)

_CHECK_IN = CheckIn(
    person="p-17",
    office="36.74.03",
    zone="Asia/Jakarta",
    captured_utc_ns=1_795_393_930_000_000_000,
    captured_boottime_ns=5_000_000_000,
    boot_id="boot-a",
    clock_synchronised=True,
    clock_max_error_us=1000,
    direction=Direction.IN,
    direction_chosen_by=ChosenBy.WINDOW,
    inside_window=True,
    late_minutes=12,
    early_minutes=0,
    schedule="perpres-21-2023",
    repeat_of=None,
    modality="iris",
    score=0.21,
    margin=0.2,
    liveness="not_checked",
    model="iris-seg:86400b35/gabor3.1",
)


def a_check_in(**changes: Any) -> CheckIn:
    """Return a check-in that differs from an ordinary one in `changes`."""
    return replace(_CHECK_IN, **changes)


def settings(state_dir: Path, port: int = 1, **mqtt: Any) -> config.Config:
    """Return a kiosk's settings for tests: plain MQTT on loopback, quick to send again."""
    link = {"host": "127.0.0.1", "port": port, "tls": False, "resend_after_s": 1.0, "state_every_s": 1.0, **mqtt}
    return config.Config(
        terminal=config.Terminal(id="kiosk-1", office="36.74.03", state_dir=state_dir),
        attend=config.Attend(schedule=(WORKDAY,)),
        mqtt=config.Mqtt(**link),
    )


class SetClock:
    """A clock that stands where it is put."""

    def __init__(self, utc_ns: int = 1_795_393_930_000_000_000) -> None:
        self.at = Instant(utc_ns, 5_000_000_000)
        self.synchronised = True

    def now(self) -> Instant:
        return self.at

    def trust(self) -> Trust:
        return Trust(self.synchronised, 1000)

    def boot_id(self) -> str:
        return "boot-a"

    def pass_s(self, seconds: float) -> None:
        step_ns = int(seconds * 1e9)
        self.at = Instant(self.at.utc_ns + step_ns, self.at.boottime_ns + step_ns)
