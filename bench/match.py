"""One probe in all rotations against everybody, two eyes a person and one reference an eye: our search beside others'.

The sizes build on each other: people are added to one gallery, as at a kiosk. Times are of the processor, on one core: on an idle
machine the same as by the clock, and on a busy one less disturbed. Each is the least of several, and what is compared takes turns.
"""

import argparse
import json
import os
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, fields
from functools import partial
from itertools import accumulate, pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from bench import peers
from bench.crowd import BITS, ROTATIONS, WORDS, crowd, stranger
from terminal.match import gallery, hamming
from terminal.match.gallery import Gallery
from terminal.types import Scores, Words

PEOPLE = (4_000, 10_000, 16_000, 64_000, 256_000)
TOGETHER = 2_000  # people drawn and added at a time
MOST_NUMPY_EYES = 32_000  # more would take minutes: a part is timed and scaled, and checked to the last bit
MEMORY_PEOPLE = 20_000
PRODUCTS = 3  # bit operations for one bit of code: two for its value, one for its mask; FAISS, without masks, does one

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured among so many people; None where FAISS is not installed."""

    people: int
    eyes: int
    ours_ms: float
    numpy_ms: float
    numpy_timed_eyes: int  # fewer than `eyes`: the time is scaled
    numpy_ratio: float
    faiss_unmasked_ms: float | None
    ours_bit_fs: float  # femtoseconds for one operation on one bit
    faiss_bit_fs: float | None
    bit_ratio: float | None  # ours over FAISS's
    add_one_ms: float
    remove_one_ms: float


class Bench:
    """A gallery that grows, and FAISS's index of the same eyes, if it is installed."""

    def __init__(self) -> None:
        self.gallery = gallery.EMPTY
        self.probe = stranger()
        try:
            self.faiss: peers.FaissFlat | None = peers.FaissFlat()
        except ImportError:
            self.faiss = None

    def grow(self, people: int) -> None:
        """Enrol more until there are so many."""
        while (held := len(self.gallery.people)) < people:
            more = crowd(held, min(TOGETHER, people - held))
            self.gallery = gallery.changed(self.gallery, (), more)
            if self.faiss:
                self.faiss.add(more)

    def measure(self, people: int) -> Row:
        """Time a search among so many; raise AssertionError when ours is not the plain one's to the last bit."""
        self.grow(people)
        eyes, found = len(self.gallery.owner), np.empty(0, dtype=np.float32)
        ours_ms, faiss_ms = [], []
        for _ in range(max(3, min(15, 600_000 // eyes))):
            spent_ms, found = _timed(lambda: gallery.search(self.gallery, self.probe))
            ours_ms.append(spent_ms)
            if self.faiss:
                faiss_ms.append(_timed(partial(self.faiss.search, self.probe))[0])
        ours, theirs = min(ours_ms), min(faiss_ms, default=None)
        bit_fs = 1e12 / (eyes * ROTATIONS * BITS)
        numpy_ms, part = self._numpy(found)
        newcomer = crowd(people, 1)
        larger = gallery.changed(self.gallery, (), newcomer)
        return Row(
            people=people,
            eyes=eyes,
            ours_ms=round(ours, 2),
            numpy_ms=round(numpy_ms * eyes / part, 1),
            numpy_timed_eyes=part,
            numpy_ratio=round(numpy_ms * eyes / part / ours, 1),
            faiss_unmasked_ms=theirs and round(theirs, 2),
            ours_bit_fs=round(ours / PRODUCTS * bit_fs, 1),
            faiss_bit_fs=theirs and round(theirs * bit_fs, 1),
            bit_ratio=theirs and round(ours / PRODUCTS / theirs, 2),
            add_one_ms=_least_ms(lambda: gallery.changed(self.gallery, (), newcomer)),
            remove_one_ms=_least_ms(lambda: gallery.changed(larger, [newcomer[0].person], ())),
        )

    def _numpy(self, found: Scores) -> tuple[float, int]:
        """Return the plain matcher's time, and for how many eyes; raise AssertionError when it finds other scores."""
        code, mask = _first_rows(self.gallery, MOST_NUMPY_EYES)
        probe = self.probe
        runs = [_timed(lambda: hamming.distances_numpy(probe.code, probe.mask, code, mask)) for _ in range(2)]
        if not np.array_equal(runs[0][1], found[: len(code)]):
            raise AssertionError("the two matchers differ")
        return min(spent_ms for spent_ms, _ in runs), len(code)


def measure(sizes: list[int], open_iris: Path | None = None) -> dict[str, object]:
    """Return every figure for galleries of so many people, smallest first."""
    bench = Bench()
    rows = [bench.measure(people) for people in sizes]
    return {
        "bits": BITS,
        "rotations": ROTATIONS,
        "faiss": "IndexBinaryFlat, one thread, no masks" if bench.faiss else peers.NO_FAISS,
        "sizes": [asdict(row) for row in rows],
        "pair_us": _pairs(rows[-1], open_iris),
        "extra_person_us": [round(_slope_us(*two), 3) for two in pairwise(rows)],
        "mb_per_100k_people": _memory(min(MEMORY_PEOPLE, sizes[-1])),
    }


def _pairs(row: Row, open_iris: Path | None) -> dict[str, float | str]:
    """Return what one comparison in all rotations takes us, a plain Python loop, and open-iris."""
    theirs: float | str = peers.NO_OPEN_IRIS
    if open_iris:
        try:
            theirs = round(peers.open_iris_us(open_iris), 1)
        except (OSError, subprocess.CalledProcessError) as error:
            theirs = f"does not run: {error}"
    loop_us = peers.one_by_one_us(crowd(0, peers.PAIRS))
    return {
        "ours": round(row.ours_ms * 1e3 / row.eyes, 3),
        "numpy": round(row.numpy_ms * 1e3 / row.eyes, 2),
        "python_loop_stand_in": round(loop_us, 1),
        "open_iris": theirs,
    }


def _slope_us(smaller: Row, larger: Row) -> float:
    """Return what one person more adds to a search between two sizes."""
    return (larger.ours_ms - smaller.ours_ms) * 1e3 / (larger.people - smaller.people)


def _memory(people: int) -> dict[str, float]:
    """Return megabytes for 100,000 people: as counted, and as a fresh process that laid out `people` grew."""
    a_row = (
        3 * WORDS * 8 + 2 * np.dtype(np.intp).itemsize
    )  # values and mask, and whose it is, on the shelf and in one row
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        grown = pool.submit(_resident_growth, people).result()
    scale = 100_000 / 1e6
    return {"computed": round(2 * a_row * scale, 1), "resident": round(grown / people * scale, 1), "people": people}


def _resident_growth(people: int) -> int:
    """Return by how many bytes this process grew when it laid out a gallery."""
    first = gallery.changed(gallery.EMPTY, (), crowd(0, 1))
    before = _resident()
    held = first
    for number in range(1, people, TOGETHER):
        held = gallery.changed(held, (), crowd(number, min(TOGETHER, people - number)))
    return _resident() - before if held.people else 0


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _first_rows(held: Gallery, most: int) -> tuple[Words, Words]:
    """Return codes and masks as they stand on the first shelves, in the order of scores."""
    ends = accumulate(len(shelf.owner) for shelf in held.shelves)
    first = [shelf.packed for shelf, end in zip(held.shelves, ends, strict=True) if end - gallery.SHELF < most]
    values, mask = (np.concatenate([getattr(bits, part) for bits in first])[:most] for part in ("values", "masks"))
    return values[:, WORDS:].copy(), mask


def _timed(run: Callable[[], T]) -> tuple[float, T]:
    started = time.process_time()
    result = run()
    return (time.process_time() - started) * 1e3, result


def _least_ms(run: Callable[[], object]) -> float:
    return round(min(_timed(run)[0] for _ in range(5)), 2)


def _print(found: dict[str, Any]) -> None:
    """Print the same for a person to read."""
    columns = [field.name for field in fields(Row)]
    print("  ".join(columns))
    for row in found["sizes"]:
        print("  ".join(f"{'-' if row[name] is None else row[name]:>{len(name)}}" for name in columns))
    print()
    for name in ("faiss", "pair_us", "extra_person_us", "mb_per_100k_people"):
        print(f"{name:20} {found[name]}")


def main() -> None:
    """Print a table, or a JSON object."""
    parser = argparse.ArgumentParser(prog="python -m bench.match", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--sizes", type=int, nargs="+", default=PEOPLE, metavar="PEOPLE", help="two eyes each")
    parser.add_argument("--open-iris", type=Path, metavar="PYTHON", help="a Python that has open-iris, to time it too")
    options = parser.parse_args()
    found = measure(sorted(options.sizes), options.open_iris)
    if options.json:
        print(json.dumps(found))
    else:
        _print(found)


if __name__ == "__main__":
    main()
