"""The commands as a technician meets them: quick to answer, one line when something is wrong, never a traceback."""

import json
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from terminal.capture.synthetic import capture, draw, people

CONFIG = """
[terminal]
id = "kiosk-1"
office = "36.74.03"
state_dir = "{state}"
"""


def tatap(*arguments: str | Path, program: str = "terminal") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def refused(*arguments: str | Path) -> str:
    """Run a command that must fail with one line, and return that line."""
    ran = tatap(*arguments)
    assert ran.returncode != 0
    lines = [line for line in ran.stderr.splitlines() if line.strip()]
    assert "Traceback" not in ran.stderr
    assert len(lines) == 1, ran.stderr
    return lines[0]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "terminal.toml"
    file.write_text(CONFIG.format(state=tmp_path / "state"), encoding="utf-8")
    return file


def eye_image(path: Path, person: int, side: int, shot: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([person, side, shot])
    cv2.imwrite(str(path), draw(people(21, 3)[person][side], capture(rng, size=(240, 320)), rng).pixels)
    return path


@pytest.mark.parametrize("program", ["terminal", "central"])
def test_help_answers_before_a_technician_looks_up(program: str) -> None:
    took_s = []
    for _ in range(3):
        started_s = time.monotonic()
        assert tatap("--help", program=program).returncode == 0
        took_s.append(time.monotonic() - started_s)
    assert min(took_s) < 0.3


def test_importing_the_package_loads_nothing_heavy() -> None:
    script = (
        "import sys, terminal, terminal.cli; print(*sorted({'cv2','onnxruntime','aiohttp','numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "\n"


def test_a_scan_says_what_it_found_and_draws_it(tmp_path: Path) -> None:
    image = eye_image(tmp_path / "eye.png", 0, 0, 0)
    ran = tatap("scan", image, "--json", "--plot", tmp_path / "plot.png")
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["reason"] is None
    assert cv2.imread(str(tmp_path / "plot.png")) is not None


def test_images_that_are_none_are_refused_in_one_line(tmp_path: Path) -> None:
    whole = eye_image(tmp_path / "whole.png", 0, 0, 0).read_bytes()
    (tmp_path / "text.png").write_text("not an image")
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    cv2.imwrite(str(tmp_path / "dot.png"), np.zeros((1, 1), np.uint8))
    assert "is not an image" in refused("scan", tmp_path / "text.png")
    assert "cut short" in refused("scan", tmp_path / "cut.png")
    assert "1x1" in refused("scan", tmp_path / "dot.png")
    assert "nothing.png" in refused("scan", tmp_path / "nothing.png")


def test_a_black_frame_is_refused_with_its_reason(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "black.png"), np.zeros((240, 320), np.uint8))
    ran = tatap("scan", tmp_path / "black.png")
    assert ran.returncode != 0
    assert "too_dark" in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_wrong_configuration_is_refused_in_one_line(tmp_path: Path, config: Path) -> None:
    config.write_text(config.read_text() + 'colour = "red"\n')
    assert "unknown key 'colour' in [terminal]" in refused("run", "--config", config)
    config.write_text('[terminal]\nid = 3\noffice = "o"\n')
    assert "terminal.id: Expected `str`, got `int`" in refused("run", "--config", config)
    assert "nowhere.toml" in refused("run", "--config", tmp_path / "nowhere.toml")


def test_a_technician_enrols_lists_carries_and_removes(tmp_path: Path, config: Path) -> None:
    for side, folder in enumerate("LR"):
        for shot in range(3):
            eye_image(tmp_path / "budi" / folder / f"{shot}.png", 0, side, shot)
    secret = tmp_path / "passphrase"
    secret.write_text("sandi rahasia\n")
    ran = tatap("enrol", "--person", "p-17", "--name", "Budi S.", "--images", tmp_path / "budi", "--config", config)
    assert ran.returncode == 0, ran.stderr
    listed = json.loads(tatap("gallery", "list", "--json", "--config", config).stdout)
    assert [(one["person"], one["name"]) for one in listed] == [("p-17", "Budi S.")]
    assert min(listed[0]["left"], listed[0]["right"]) >= 2
    file = tmp_path / "stick.tatap"
    assert tatap("gallery", "export", file, "--passphrase-file", secret, "--config", config).returncode == 0
    assert tatap("gallery", "remove", "p-17", "--config", config).returncode == 0
    assert json.loads(tatap("gallery", "list", "--json", "--config", config).stdout) == []
    assert tatap("gallery", "import", file, "--passphrase-file", secret, "--config", config).returncode == 0
    assert "p-17" in tatap("gallery", "list", "--config", config).stdout


def test_a_technician_is_told_what_to_mend(tmp_path: Path, config: Path) -> None:
    assert "no book" in refused("outbox", "status", "--config", config)
    assert "nobody is enrolled as 'x'" in refused("gallery", "remove", "x", "--config", config)
    assert "NIP" in refused("enrol", "--person", "198503122010011002", "--images", tmp_path, "--config", config)
    eye_image(tmp_path / "flat" / "1.png", 0, 0, 0)
    assert "--eye left" in refused("enrol", "--person", "p-1", "--images", tmp_path / "flat", "--config", config)


def test_evaluate_and_demo_refuse_an_empty_folder(tmp_path: Path) -> None:
    assert "Next:" in refused("evaluate", "iris", tmp_path)
    assert "Next:" in refused("demo", "--check", "--people", tmp_path)
