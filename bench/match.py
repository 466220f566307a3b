"""The fast matcher against the plain NumPy one that defines the answer: one probe against everybody, all rotations."""

import argparse
import json
import time
from collections.abc import Callable

import numpy as np

from terminal.extract.iris_encode import BANDS, SPOKES, TURNS, WAVELENGTHS
from terminal.match import hamming
from terminal.types import Scores, Words

PEOPLE = (1_000, 4_000, 16_000)  # one enrolled eye image each
WORDS = len(WAVELENGTHS) * 2 * BANDS * SPOKES // 64
SEEN = 0.7  # part of the bits that masks leave, as on real eyes


def measure(people: int) -> dict[str, float]:
    """Time both matchers on the same random codes; raise AssertionError when they differ in a single bit."""
    rng = np.random.default_rng(people)

    def bits(rows: int, part: float) -> Words:
        drawn = rng.random((rows, WORDS * 64), dtype=np.float32) < part
        return np.packbits(drawn, axis=1).view(np.uint64)

    code, mask = bits(len(TURNS), 0.5), bits(len(TURNS), SEEN)
    gallery_code, gallery_mask = bits(people, 0.5), bits(people, SEEN)
    packed = hamming.pack(gallery_code, gallery_mask)
    plain_ms, plain = _best_ms(lambda: hamming.distances_numpy(code, mask, gallery_code, gallery_mask), 3)
    fast_ms, fast = _best_ms(lambda: hamming.distances(code, mask, packed), 10)
    if not np.array_equal(plain, fast):
        raise AssertionError("the two matchers differ")
    return {
        "people": people,
        "bits": WORDS * 64,
        "rotations": len(TURNS),
        "numpy_ms": round(plain_ms, 2),
        "fast_ms": round(fast_ms, 2),
        "ratio": round(plain_ms / fast_ms, 1),
    }


def _best_ms(run: Callable[[], Scores], times: int) -> tuple[float, Scores]:
    """Return the least of several times, the one least disturbed by others, and the result."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        result = run()
        took.append((time.perf_counter() - started) * 1e3)
    return min(took), result


def main() -> None:
    """Print one line a size, or a JSON list."""
    parser = argparse.ArgumentParser(prog="python -m bench.match", description=__doc__)
    parser.add_argument("--json", action="store_true")
    rows = [measure(people) for people in PEOPLE]
    if parser.parse_args().json:
        print(json.dumps(rows))
        return
    print(f"{'people':>7} {'bits':>6} {'rotations':>9} {'numpy ms':>9} {'fast ms':>8} {'ratio':>6}")
    for row in rows:
        print("{people:7} {bits:6} {rotations:9} {numpy_ms:9} {fast_ms:8} {ratio:6}".format(**row))


if __name__ == "__main__":
    main()
