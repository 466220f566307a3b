"""The infrared illuminator on a serial line.

Protocol, one line of ASCII each way, for a microcontroller with a few lines of code: `L060` sets 60 percent, and the
answer is `OK`. Anything else, or silence, is a fault: an eye in the dark must not be mistaken for a stranger.
"""

import serial

from terminal.errors import LightError

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
        try:
            self._port.reset_input_buffer()
            self._port.write(b"L%03d\n" % level_percent)
            answer = self._port.readline()
        except OSError as error:
            raise LightError(f"the light at {self._device} is gone: {error}", hint="check its cable") from error
        if answer.strip() != b"OK":
            said = answer.strip().decode("ascii", "replace") or "nothing"
            raise LightError(f"the light at {self._device} answers {said}", hint="check its power, then its cable")

    def close(self) -> None:
        """Let the line go; the light keeps its level."""
        self._port.close()
