"""What the screen can say, and whether it can be read."""

import re
from datetime import time
from pathlib import Path

import pytest

import terminal.kiosk
from terminal.attend import Window
from terminal.kiosk import text
from terminal.sync.wire import Direction
from terminal.types import Reason
from tests.values import a_check_in

CSS = (Path(terminal.kiosk.__file__).parent / "static" / "kiosk.css").read_text()
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence_and_an_action_in_both_languages(reason: Reason) -> None:
    said = [text.REASONS[reason][language] for language in text.LANGUAGES]
    assert all(words.headline and words.detail and not words.stamp for words in said)
    assert said[0] != said[1]


@pytest.mark.parametrize(
    ("changes", "indonesian", "english"),
    [
        ({"late_minutes": 12}, "Terlambat 12 menit", "12 minutes late"),
        ({"late_minutes": 1}, "Terlambat 1 menit", "1 minute late"),
        ({"late_minutes": 0}, "Tepat waktu", "On time"),
        ({"late_minutes": 12, "repeat_of": 4}, "Sudah tercatat sebelumnya", "Already recorded before"),
    ],
)
def test_lateness_is_told_in_words(changes: dict[str, int], indonesian: str, english: str) -> None:
    check_in = a_check_in(**changes)
    assert text.checked_in(check_in, "Siti", "07:42:10", "id").detail == indonesian
    assert text.checked_in(check_in, "Siti", "07:42:10", "en").detail == english


def test_a_check_in_shows_name_direction_time_and_the_last_digits_alone() -> None:
    words = text.checked_in(a_check_in(person="p-00012345", score=0.2187), "Siti", "07:42:10", "id")
    assert (words.headline, words.stamp) == ("Siti", "MASUK 07:42:10")
    assert words.remark == "ID …2345"
    leaving = a_check_in(direction=Direction.OUT, late_minutes=0, early_minutes=20, clock_synchronised=False)
    words = text.checked_in(leaving, "", "15:40:00", "id")
    assert (words.headline, words.stamp) == ("Tercatat", "PULANG 15:40:00")
    assert "jam belum sinkron" in words.remark


def test_the_window_and_the_badge_are_told() -> None:
    open_now = Window(Direction.IN, time(6), time(9), is_open=True)
    assert text.window(open_now, "id") == "Jam absen 06:00-09:00"
    assert text.window(Window(Direction.IN, None, None, is_open=False), "en") == "No schedule today"
    assert text.offline(17, "id") == "OFFLINE - tersimpan (17)"


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("front", "ground"),
    [("text", ground) for ground in ("ground", "yes", "no", "guide", "fault", "in", "out")]
    + [("quiet", "ground"), ("late", "yes"), ("ground", "late")],
)
def test_every_text_stands_out_from_its_ground(front: str, ground: str) -> None:
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", CSS))
    dark, light = sorted((luminance(colours[front]), luminance(colours[ground])))
    assert (light + 0.05) / (dark + 0.05) >= LEAST_CONTRAST
