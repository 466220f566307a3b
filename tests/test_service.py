"""A kiosk that is running goes on when a technician, or an update, leaves the gallery in a state it cannot use."""

from pathlib import Path

import numpy as np
import pytest

from terminal import build, config
from terminal.capture.replay import ReplayCamera
from terminal.clock import SystemClock
from terminal.service import LOOK_AROUND_S, Kiosk
from terminal.types import Eye, Reference
from tests.values import settings


def reference(person: str, model: str) -> Reference:
    code = np.random.default_rng(1).integers(0, 2**64, 96, dtype=np.uint64)
    return Reference(person, Eye.LEFT, code, code, model)


def test_a_gallery_changed_while_the_kiosk_runs_is_taken_up_and_a_bad_one_is_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    base = settings(tmp_path)
    there = config.Config(terminal=base.terminal, attend=base.attend, mqtt=base.mqtt, kiosk=config.Kiosk(port=0))
    store = build.gallery_store(tmp_path)
    kiosk = Kiosk(there, ReplayCamera([], SystemClock()))
    try:
        store.put("p-1", "Budi", [reference("p-1", "new")], 1)
        kiosk._looked_at_s -= LOOK_AROUND_S
        kiosk._beat()
        assert kiosk._enrolled.name_of("p-1") == "Budi"
        store.put("p-2", "Siti", [reference("p-2", "old")], 2)
        kiosk._looked_at_s -= LOOK_AROUND_S
        kiosk._beat()
        assert "the gallery stays as it was" in caplog.text
        assert kiosk._enrolled.name_of("p-1") == "Budi"
    finally:
        kiosk.stop()
        store.close()
