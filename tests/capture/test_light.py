"""The infrared light on a pseudo-terminal that answers as the real one does."""

import os
import pty
import threading
from collections.abc import Iterator

import pytest

from terminal.capture.light import SerialLight
from terminal.errors import LightError
from terminal.types import Bank


class Lamp:
    """The far end of the line."""

    def __init__(self, answer: bytes) -> None:
        self._end, slave = pty.openpty()
        self.device = os.ttyname(slave)
        self._slave, self._answer = slave, answer
        self.heard = b""
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                self.heard += os.read(self._end, 64)
            except OSError:
                return
            if self.heard.endswith(b"\n") and self._answer:
                os.write(self._end, self._answer)

    def unplug(self) -> None:
        os.close(self._slave)
        os.close(self._end)


@pytest.fixture
def lamp(request: pytest.FixtureRequest) -> Iterator[Lamp]:
    yield Lamp(getattr(request, "param", b"OK\n"))


def test_the_light_is_set_in_percent(lamp: Lamp) -> None:
    light = SerialLight(lamp.device, 115_200)
    light.set(60)
    light.set(0)
    light.close()
    assert lamp.heard == b"L060\nL000\n"


def test_the_banks_are_lit_apart_and_together(lamp: Lamp) -> None:
    light = SerialLight(lamp.device, 115_200)
    for bank in (Bank.A, Bank.B, Bank.BOTH):
        light.select(bank)
    light.close()
    assert lamp.heard == b"SA\nSB\nSAB\n"


@pytest.mark.parametrize("lamp", [b"?\n"], indirect=True)
def test_a_light_that_knows_no_banks_says_so(lamp: Lamp) -> None:
    light = SerialLight(lamp.device, 115_200)
    with pytest.raises(LightError, match=r"answers \?"):
        light.select(Bank.A)
    light.close()


@pytest.mark.parametrize(("lamp", "says"), [(b"ERR\n", "answers ERR"), (b"", "answers nothing")], indirect=["lamp"])
def test_a_light_that_does_not_obey_is_a_fault_with_a_next_step(lamp: Lamp, says: str) -> None:
    light = SerialLight(lamp.device, 115_200)
    with pytest.raises(LightError, match=says):
        light.set(60)
    light.close()


def test_a_light_that_is_not_there_is_named() -> None:
    with pytest.raises(LightError, match="/dev/nowhere"):
        SerialLight("/dev/nowhere", 115_200)
