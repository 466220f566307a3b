"""Other ways to compare irises, to be timed beside ours: another library's bound, and one pair at a time in Python."""

import importlib
import json
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.crowd import ROTATIONS, WORDS
from terminal.extract.iris_encode import KIOSK
from terminal.types import Reference, Template

PAIRS = 200
NO_FAISS = "not installed: pip install 'tatap[bench]'"
NO_OPEN_IRIS = "not asked for: --open-iris PYTHON, of an environment of its own that has it (it pins NumPy 1.24)"

Bits = npt.NDArray[np.bool_]


class FaissFlat:
    """FAISS's exhaustive binary index, without masks and on one thread: a bound, because it compares a third of the bits."""

    def __init__(self) -> None:
        """Raise ImportError when FAISS is not installed."""
        self._faiss: Any = importlib.import_module("faiss")
        self._faiss.omp_set_num_threads(1)
        self._index = self._faiss.IndexBinaryFlat(WORDS * 64)

    def add(self, references: list[Reference]) -> None:
        """Hold more eyes."""
        self._index.add(np.stack([one.code for one in references]).view(np.uint8))

    def search(self, probe: Template) -> None:
        """Find the nearest eye for every rotation of the probe."""
        self._index.search(probe.code.view(np.uint8), 1)


def one_by_one_us(references: list[Reference]) -> float:
    """Return microseconds a pair of a plain Python matcher over unpacked bits: a stand-in for the field's open packages."""
    shape = (len(KIOSK.wavelengths) * 2, KIOSK.bands, KIOSK.spokes)

    def unpacked(one: Reference) -> tuple[Bits, Bits]:
        code, mask = (np.unpackbits(part.view(np.uint8)).view(np.bool_).reshape(shape) for part in (one.code, one.mask))
        return code, mask

    probe, *others = [unpacked(one) for one in references[: PAIRS + 1]]
    started = time.process_time()
    for other in others:
        _one_pair(*probe, *other)
    return (time.process_time() - started) / len(others) * 1e6


def open_iris_us(python: Path) -> float:
    """Return microseconds a pair of open-iris' HammingDistanceMatcher, run by a Python that has it.

    Raise subprocess.CalledProcessError when that Python has it not.
    """
    script = Path(__file__).with_name("open_iris.py")
    sizes = [str(number) for number in (PAIRS, len(KIOSK.wavelengths), KIOSK.bands, KIOSK.spokes, ROTATIONS)]
    ran = subprocess.run([python, script, *sizes], capture_output=True, text=True, check=True)
    return float(json.loads(ran.stdout)["us_per_pair"])


def _one_pair(code: Bits, mask: Bits, other_code: Bits, other_mask: Bits) -> float:
    """Return the least part of disagreeing bits over all rotations, rolled as they come."""
    best = 1.0
    for turn in range(-(ROTATIONS // 2), ROTATIONS // 2 + 1):
        both = np.roll(mask, turn, axis=-1) & other_mask
        valid = np.count_nonzero(both)
        if valid:
            differ = np.roll(code, turn, axis=-1) != other_code
            best = min(best, np.count_nonzero(differ & both) / valid)
    return best
