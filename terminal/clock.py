"""The kiosk's clocks, and how far the kernel itself trusts the one on the wall."""

import ctypes
import time
from dataclasses import dataclass
from pathlib import Path

from terminal.types import Instant

STA_UNSYNC = 0x0040  # linux/timex.h: clock unsynchronised
TIME_ERROR = 5  # adjtimex(2): the same, as its return value


class _Timex(ctypes.Structure):
    """`struct timex` of adjtimex(2), 64-bit Linux; only the fields up to `status` are read."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 164),
    )


@dataclass(frozen=True, slots=True)
class Trust:
    """Whether the kernel holds the wall clock for synchronised, and the error it allows for."""

    synchronised: bool
    max_error_us: int


class SystemClock:
    """The clocks of the machine this runs on."""

    def now(self) -> Instant:
        """Read both clocks, one right after the other."""
        return Instant(time.time_ns(), time.clock_gettime_ns(time.CLOCK_BOOTTIME))

    def trust(self) -> Trust:
        """Ask the kernel for its state of synchronisation; reading it needs no privilege."""
        timex = _Timex(modes=0)
        state = ctypes.CDLL(None).adjtimex(ctypes.byref(timex))
        unsynchronised = state in (-1, TIME_ERROR) or bool(timex.status & STA_UNSYNC)
        return Trust(synchronised=not unsynchronised, max_error_us=timex.maxerror)

    def boot_id(self) -> str:
        """Return the kernel's name for this boot: `boottime_ns` compares only within one."""
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
