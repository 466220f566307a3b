"""What several rooms' tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.broker import Mosquitto, find_mosquitto

settings.register_profile("tatap", deadline=None)  # a busy machine is not a failure
settings.load_profile("tatap")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real images and weights for measuring, or skip: they are never part of the repository."""
    if not (SHARED / "data").is_dir():
        pytest.skip("needs the real images of ../shared, which may not be redistributed")
    return SHARED


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A running mosquitto of this test's own, or skip: it is a Debian package, not one of Python's."""
    program = find_mosquitto()
    if program is None:
        pytest.skip("needs a real broker: apt-get install mosquitto")
    broker = Mosquitto(program, tmp_path)
    broker.start()
    yield broker
    broker.stop()
