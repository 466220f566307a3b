"""The one door to onnxruntime: a network is loaded only when its file is the one the manifest names."""

import hashlib
import os
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from terminal.errors import ModelError

Floats: TypeAlias = npt.NDArray[np.float32]

MODELS_VARIABLE = "TATAP_MODELS"
MANIFEST = "manifest.toml"


@dataclass(frozen=True, slots=True)
class NetworkEntry:
    """One network as the manifest describes it; `input` and `output` are array shapes."""

    name: str
    file: str
    sha256: str
    licence: str
    input: tuple[int, ...]
    normalisation: str
    output: tuple[int, ...]
    source: str

    @classmethod
    def from_table(cls, table: dict[str, Any]) -> Self:
        """Take one [[network]] table of the manifest; raise TypeError or KeyError when it is not whole."""
        shapes = {key: tuple(int(length) for length in table[key]) for key in ("input", "output")}
        return cls(**(table | shapes))


@dataclass(frozen=True, slots=True)
class Network:
    """A network ready to run; `model` names its exact weights and travels with every template made through it."""

    entry: NetworkEntry
    session: Any  # onnxruntime.InferenceSession: the package carries no types

    @property
    def model(self) -> str:
        """Return the network's name and the start of its hash."""
        return f"{self.entry.name}:{self.entry.sha256[:8]}"

    def run(self, x: Floats) -> Floats:
        """Return the network's one output, float32 of the manifest's output shape, for one input of its input shape."""
        return np.asarray(self.session.run(None, {"x": x})[0], dtype=np.float32)


def models_dir() -> Path:
    """Return the folder of networks: $TATAP_MODELS, else beside the package in a checkout, else where a wheel puts it."""
    named = os.environ.get(MODELS_VARIABLE)
    if named:
        return Path(named)
    checkout = Path(__file__).resolve().parents[2] / "models"
    installed = Path(sys.prefix) / "share" / "tatap" / "models"
    return checkout if (checkout / MANIFEST).is_file() else installed


def manifest(folder: Path) -> dict[str, NetworkEntry]:
    """Return the networks a folder's manifest names; raise ModelError when it cannot be read."""
    path = folder / MANIFEST
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))["network"]
        entries = [NetworkEntry.from_table(table) for table in tables]
    except OSError as error:
        hint = f"install tatap again, or set {MODELS_VARIABLE} to the folder that holds {MANIFEST}"
        raise ModelError(f"{path} cannot be read ({error.strerror})", hint=hint) from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{path} is not a manifest of networks: {error}", hint="restore it from the release"
        ) from error
    return {entry.name: entry for entry in entries}


def load(name: str, *, folder: Path | None = None, threads: int = 1) -> Network:
    """Load one network by its manifest name; raise ModelError when the file is missing or is not the one named.

    One thread by default: a second one gains little on networks this small (measured) and takes a core from the rest.
    """
    folder = folder or models_dir()
    entry = manifest(folder).get(name)
    if entry is None:
        raise ModelError(f"{folder / MANIFEST} names no network '{name}'", hint="restore it from the release")
    path = folder / entry.file
    try:
        weights = path.read_bytes()
    except OSError as error:
        hint = "copy the file from the release into that folder"
        raise ModelError(f"{path} cannot be read ({error.strerror})", hint=hint) from error
    digest = hashlib.sha256(weights).hexdigest()
    if digest != entry.sha256:
        hint = "copy the file from the release again; if you changed the network on purpose, change the manifest too"
        raise ModelError(f"{path} is not the file the manifest names (SHA-256 {digest[:8]}…)", hint=hint)
    return Network(entry, _session(weights, threads))


def _session(weights: bytes, threads: int) -> Any:
    """Build the session. The verified bytes are what is loaded, so the file cannot change in between."""
    os.environ["ORT_DISABLE_TELEMETRY"] = (
        "1"  # read at import: onnxruntime 1.32 otherwise writes a device id and phones home
    )
    import onnxruntime  # type: ignore[import-untyped]  # the package carries no types; here, so that `--help` stays light

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
