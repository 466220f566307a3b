"""A wrong setting is refused at start with its line and a way out."""

from pathlib import Path

import pytest

from terminal import config
from terminal.errors import ConfigError

EXAMPLE = Path(__file__).resolve().parents[1] / "systemd" / "terminal.toml"


def test_the_shipped_example_is_a_valid_configuration() -> None:
    assert config.load(EXAMPLE).terminal.office == "36.74.03"


def test_the_example_shows_the_defaults() -> None:
    shown = config.load(EXAMPLE)
    assert (shown.camera, shown.liveness, shown.decide, shown.mqtt, shown.kiosk) == (
        config.Camera(),
        config.Liveness(),
        config.Decide(),
        config.Mqtt(),
        config.Kiosk(),
    )


@pytest.mark.parametrize(
    ("good", "bad", "says"),
    [
        ('kind = "usb"', 'kimd = "usb"', "unknown key 'kimd' in [camera]"),
        ("[camera]", "[kamera]", "unknown key 'kamera'"),
        ("width = 640", 'width = "640"', "camera.width: Expected `int`, got `str`"),
        ("width = 640", "width = 3", "camera.width: Expected `int` >= 160"),
        ("frames = 8 ", "frames = 0 ", "decide.frames: Expected `int` >= 1"),
        ("seconds = 1.5", "seconds = 60", "decide.seconds: Expected `float` <= 10"),
        ('office = "36.74.03" ', "# ", "lacks 'office'"),
        ('zone = "Asia/Jakarta"', 'zone = "Asia/Jakata"', "no time zone 'Asia/Jakata'"),
        ("start = 07:30:00", "start = 10:30:00", "out of order"),
        ('id = "kiosk-1"', 'id = "kiosk 1"', "terminal.id"),
        ("valid_from = 2023-04-12", "valid_from = 2023", "valid_from"),
        ("[mqtt]", "[mqtt", "not TOML"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(tmp_path: Path, good: str, bad: str, says: str) -> None:
    file = tmp_path / "terminal.toml"
    text = EXAMPLE.read_text(encoding="utf-8")
    assert good in text
    file.write_text(text.replace(good, bad, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        config.load(file)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "Next: " in str(caught.value)


def test_the_line_of_a_misspelt_key_is_named(tmp_path: Path) -> None:
    file = tmp_path / "terminal.toml"
    text = EXAMPLE.read_text(encoding="utf-8").replace("window = 50", "windows = 50")
    file.write_text(text, encoding="utf-8")
    line = next(number for number, row in enumerate(text.splitlines(), 1) if row.startswith("windows"))
    with pytest.raises(ConfigError, match=f"terminal.toml:{line}: unknown key 'windows'"):
        config.load(file)
