"""The door to the networks: only the file the manifest names comes through, and nothing goes out."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from terminal.errors import ModelError
from terminal.extract import runtime


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return Path(shutil.copytree(runtime.models_dir(), tmp_path / "models"))


def test_a_changed_network_is_refused_before_it_is_loaded(models: Path) -> None:
    file = models / "iris-seg.onnx"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelError, match="is not the file the manifest names"):
        runtime.load("iris-seg", folder=models)


def test_what_is_missing_is_named_with_a_next_step(models: Path, tmp_path: Path) -> None:
    (models / "iris-seg.onnx").unlink()
    with pytest.raises(ModelError, match=r"iris-seg\.onnx cannot be read.*Next:"):
        runtime.load("iris-seg", folder=models)
    with pytest.raises(ModelError, match="no network 'face'"):
        runtime.load("face", folder=models)
    with pytest.raises(ModelError, match=r"manifest\.toml cannot be read"):
        runtime.load("iris-seg", folder=tmp_path)
    (models / "manifest.toml").write_text("[[network]]\nname = 3\n")
    with pytest.raises(ModelError, match="not a manifest"):
        runtime.load("iris-seg", folder=models)


def test_loading_a_network_leaves_no_trace_of_telemetry(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    script = "from terminal.extract import runtime; runtime.load('iris-seg')"
    subprocess.run([sys.executable, "-B", "-c", script], check=True, env=environment)
    assert list(tmp_path.rglob("*")) == []
