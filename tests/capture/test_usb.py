"""The USB camera through OpenCV's own V4L2 code, on a device that a preloaded library plays."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from terminal.capture import usb
from terminal.clock import SystemClock
from terminal.config import Camera
from terminal.errors import CameraError

SCRIPT = """
import sys, time
from itertools import islice
from pathlib import Path
from terminal.capture.usb import UsbCamera
from terminal.clock import SystemClock
from terminal.config import Camera

device = Path(sys.argv[1])
clock = SystemClock()
camera = UsbCamera(Camera(device=str(device), width=160, height=120, frames_per_s=30), clock)
frames = camera.frames()

def next_frame():
    return next(frame for frame in islice(frames, 15) if frame is not None)

first = next_frame()
print("shape", *first.pixels.shape, first.pixels.dtype)
time.sleep(1.0)                       # nobody asks for frames: about 30 pass by
late = next_frame()
print("skipped", int(late.pixels[0, 0]) - int(first.pixels[0, 0]) > 15)
print("age", (clock.now().boottime_ns - late.captured_at.boottime_ns) < 200_000_000)
device.unlink()
print("gone", any(frame is None for frame in islice(frames, 200)))
device.touch()
print("back", next_frame().pixels.shape[0])
camera.close()
print("closed", next(frames, "end") in ("end", None))
"""


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("gcc")
    if compiler is None or not Path("/usr/include/linux/videodev2.h").exists():
        pytest.skip("needs a C compiler and the kernel's headers: apt-get install gcc libc6-dev")
    library = tmp_path_factory.mktemp("shim") / "v4l2_shim.so"
    source = Path(__file__).with_name("v4l2_shim.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-Wall", "-o", library, source], check=True)
    return library


def test_a_camera_gives_its_newest_frame_and_comes_back_after_it_was_unplugged(tmp_path: Path, shim: Path) -> None:
    device = tmp_path / "video0"
    device.touch()
    environment = {**os.environ, "LD_PRELOAD": str(shim), "SHIM_DEVICE": str(device)}
    command = [sys.executable, "-c", SCRIPT, str(device)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ran.stdout.splitlines() == [
        "shape 120 160 uint8",
        "skipped True",
        "age True",
        "gone True",
        "back 120",
        "closed True",
    ], ran.stderr


MIRRORED = """
import sys
from terminal.capture.usb import UsbCamera
from terminal.clock import SystemClock
from terminal.config import Camera

camera = UsbCamera(Camera(device=sys.argv[1], width=160, height=120, mirrored=True), SystemClock())
frame = next(frame for frame in camera.frames() if frame is not None)
print("white at", "left" if frame.pixels[60, 0] == 255 and frame.pixels[60, -1] < 255 else "right")
camera.close()
"""


def test_a_camera_that_mirrors_is_turned_back(tmp_path: Path, shim: Path) -> None:
    device = tmp_path / "video0"
    device.touch()
    environment = {**os.environ, "LD_PRELOAD": str(shim), "SHIM_DEVICE": str(device)}
    command = [sys.executable, "-c", MIRRORED, str(device)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ran.stdout.splitlines() == ["white at left"], ran.stderr


def test_a_camera_that_stays_away_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usb, "RETRY_S", 0.01)
    monkeypatch.setattr(usb, "PATIENCE_S", 0.1)
    camera = usb.UsbCamera(Camera(device=str(tmp_path / "video9")), SystemClock())
    frames = camera.frames()
    assert next(frames) is None
    assert caplog.text.count("no camera at") == 1
    camera.close()


# The thread's own trace is what a technician finds in the journal.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_camera_whose_thread_died_is_a_fault_and_not_a_dark_screen_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(usb, "PATIENCE_S", 0.1)
    monkeypatch.setattr("terminal.opencv.open_v4l2", broken)
    device = tmp_path / "video0"
    device.touch()
    with pytest.raises(CameraError, match="has ended"):
        next(usb.UsbCamera(Camera(device=str(device)), SystemClock()).frames())
