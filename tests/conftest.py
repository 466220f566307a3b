"""What several rooms' tests share."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real images and weights for measuring, or skip: they are never part of the repository."""
    if not (SHARED / "data").is_dir():
        pytest.skip("needs the real images of ../shared, which may not be redistributed")
    return SHARED
