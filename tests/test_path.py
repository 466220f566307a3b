"""The whole path with every real part: frames of drawn eyes in, rows at the centre out, and each way it can end."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from central.config import Centre as CentreSettings
from central.config import Web
from central.service import Centre
from terminal import build, config
from terminal.capture.replay import ReplayCamera
from terminal.capture.synthetic import EyeIdentity, capture, draw, people
from terminal.clock import SystemClock
from terminal.enrol.enrol import Offered, enrol
from terminal.outcome import CheckedIn, NotCheckedIn, NotSaved, Outcome
from terminal.ports import Screen
from terminal.service import Kiosk
from terminal.sync.link import Endpoint
from terminal.sync.wire import CheckIn, Entry, unpack
from terminal.types import Eye, Frame, Pixels, Reason
from tests.broker import Mosquitto
from tests.values import settings

BUDI, STRANGER = (pair[0] for pair in people(41, 2))


def picture(eye: EyeIdentity, shot: int, **setting: float) -> Pixels:
    rng = np.random.default_rng([shot, 7])
    return draw(eye, replace(capture(rng, size=(240, 320)), **setting), rng).pixels  # type: ignore[arg-type]


class Seen:
    """Passes outcomes on to the real page, and remembers them."""

    def __init__(self, page: Screen) -> None:
        self.page = page
        self.outcomes: list[Outcome] = []

    def show(self, frame: Frame | None, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.page.show(frame, outcome)


class Office:
    """A kiosk with one person enrolled, a centre, and a real broker between them."""

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        self.settings = replaced(settings(folder / "kiosk", broker.port))
        endpoint = Endpoint(broker.host, broker.port, tls=False)
        self.centre = Centre(endpoint, CentreSettings(database=folder / "central.db"), Web(port=0), ())
        store = build.gallery_store(self.settings.terminal.state_dir)
        steps = build.enrol_steps(build.extractor(), [], build.policy(self.settings))
        now = SystemClock().now()
        offered = [Offered(Eye.LEFT, Frame(picture(BUDI, shot), "test", str(shot), now)) for shot in range(3)]
        store.put("budi", "Budi S.", enrol("budi", offered, steps).references, now.utc_ns)
        store.close()

    def show(self, *pictures: Pixels) -> tuple[list[Outcome], list[Entry]]:
        """Bring scenes before the kiosk; return what it said to each, and what the centre then holds."""
        recording = [(f"scene {number}", pixels) for number, pixels in enumerate(pictures)]
        seen: list[Seen] = []

        def watch(page: Screen) -> Screen:
            seen.append(Seen(page))
            return seen[-1]

        kiosk = Kiosk(self.settings, ReplayCamera(recording, SystemClock()), watch)
        kiosk.run()
        book = build.outbox(self.settings)
        deadline_s = time.monotonic() + 20
        while book.pending_count() and time.monotonic() < deadline_s:
            time.sleep(0.05)
        assert book.pending_count() == 0
        kiosk.stop()
        ours, theirs = book.payloads(), self.centre.payloads("kiosk-1")
        book.close()
        assert theirs == ours
        return seen[0].outcomes, [unpack(payload) for payload in theirs]


def replaced(base: config.Config) -> config.Config:
    """Return settings whose page takes any free port."""
    return config.Config(
        terminal=base.terminal, attend=base.attend, mqtt=base.mqtt, kiosk=config.Kiosk(port=0), camera=base.camera
    )


@pytest.fixture
def office(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Office]:
    there = Office(tmp_path, mosquitto)
    yield there
    there.centre.stop()


def test_a_person_becomes_a_row_at_the_centre_and_a_second_scan_a_repeat(office: Office) -> None:
    outcomes, rows = office.show(picture(BUDI, 10), picture(BUDI, 11))
    assert [type(outcome) for outcome in outcomes] == [CheckedIn, CheckedIn]
    assert [(row.seq, row.check_in.person, row.check_in.repeat_of) for row in rows] == [
        (1, "budi", None),
        (2, "budi", 1),
    ]
    first: CheckIn = rows[0].check_in
    assert abs(first.captured_utc_ns - time.time_ns()) < 60e9
    assert (first.office, first.modality) == ("36.74.03", "iris")
    assert first.liveness.startswith("frame:0.")
    assert rows[1].previous != rows[0].previous


BLACK, WHITE = np.zeros((240, 320), np.uint8), np.full((240, 320), 255, np.uint8)
FOG = cv2.GaussianBlur(picture(BUDI, 12), (0, 0), 25)


@pytest.mark.parametrize(
    ("pixels", "reasons"),
    [
        (picture(STRANGER, 10), {Reason.UNKNOWN}),
        (BLACK, {Reason.TOO_DARK}),
        (WHITE, {Reason.TOO_BRIGHT}),
        (FOG, {Reason.BLURRED}),
        (
            picture(BUDI, 13)[:, :110],
            {Reason.OFF_CENTRE, Reason.NO_EYE, Reason.EYE_CLOSED, Reason.UNKNOWN, Reason.TOO_NEAR},
        ),
        (
            np.tile(np.arange(0, 240, 0.75, dtype=np.float32).astype(np.uint8), (240, 1)),
            {Reason.NO_EYE, Reason.BLURRED},
        ),
    ],
    ids=["stranger", "black", "white", "fog", "half an eye", "no eye"],
)
def test_what_is_nobody_leaves_no_row_and_says_why(office: Office, pixels: Pixels, reasons: set[Reason]) -> None:
    outcomes, rows = office.show(pixels)
    assert rows == []
    [outcome] = outcomes
    assert isinstance(outcome, NotCheckedIn)
    assert outcome.rejected.reason in reasons


def test_a_record_that_cannot_be_written_is_red_and_reaches_nobody(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("terminal.sync.outbox.pack", _no_room)
    outcomes, rows = office.show(picture(BUDI, 10))
    assert [type(outcome) for outcome in outcomes] == [NotSaved]
    assert rows == []


def _no_room(entry: Entry) -> bytes:
    raise OSError(28, "No space left on device")
