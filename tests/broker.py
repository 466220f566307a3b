"""A real mosquitto on loopback, which a test may kill and start again."""

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

START_S = 5.0
PATHS = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/sbin"


class Mosquitto:
    """One broker, always on the same port; it keeps nothing when it is killed."""

    def __init__(self, program: str, folder: Path, more: str = "") -> None:
        self.host, self.port = "127.0.0.1", free_port()
        self._config = folder / "mosquitto.conf"
        self._config.write_text(f"listener {self.port} {self.host}\nallow_anonymous true\npersistence false\n{more}")
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return once it listens."""
        command = [self._program, "-c", str(self._config)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline_s = time.monotonic() + START_S
        while time.monotonic() < deadline_s:
            try:
                socket.create_connection((self.host, self.port), timeout=1).close()
            except ConnectionRefusedError:
                time.sleep(0.01)
            else:
                return
        raise AssertionError(f"mosquitto does not listen on {self.port}")

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None


def find_mosquitto() -> str | None:
    """Where mosquitto is installed; Debian keeps it off an ordinary user's path."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path=PATHS)


def free_port() -> int:
    """A port of loopback nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
