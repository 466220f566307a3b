"""The infrared illuminator on a serial line.

Protocol, one line of ASCII each way, for a microcontroller with a few lines of code: `L060` sets 60 percent, and the
answer is `OK`. One with two banks of lamps, A and B on either side of the camera, also knows `SA`, `SB` and `SAB`: only these
lamps, at the level set, answered by `OK` once they shine. It starts with both, so a light or a kiosk that knows nothing of
banks goes on as before. Anything else, or silence, is a fault: an eye in the dark must not be mistaken for a stranger.
"""

import serial

from terminal.errors import LightError
from terminal.types import Bank

ANSWER_WITHIN_S = 0.5


class SerialLight:
    """An illuminator that answers every command."""

    def __init__(self, device: str, baud: int) -> None:
        self._device = device
        try:
            self._port = serial.Serial(device, baud, timeout=ANSWER_WITHIN_S, write_timeout=ANSWER_WITHIN_S)
        except (OSError, ValueError) as error:  # SerialException is an OSError
            raise LightError(f"the light at {device} does not open: {error}", hint="check its cable") from error

    def set(self, level_percent: int) -> None:
        """Set the level, 0 (off) to 100; raise LightError when it does not answer."""
        self._ask(b"L%03d" % level_percent)

    def select(self, bank: Bank) -> None:
        """Light only the lamps of a bank; raise LightError when it does not answer."""
        self._ask(b"S" + bank.encode())

    def _ask(self, command: bytes) -> None:
        try:
            self._port.reset_input_buffer()
            self._port.write(command + b"\n")
            answer = self._port.readline()
        except OSError as error:
            raise LightError(f"the light at {self._device} is gone: {error}", hint="check its cable") from error
        if answer.strip() != b"OK":
            said = answer.strip().decode("ascii", "replace") or "nothing"
            raise LightError(f"the light at {self._device} answers {said}", hint="check its power, then its cable")

    def close(self) -> None:
        """Let the line go; the light keeps its level."""
        self._port.close()
