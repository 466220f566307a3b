"""From the sealed gallery on disk to the first search: what a kiosk waits for at its start, and for a change while it runs."""

import argparse
import json
import tempfile
import time
from pathlib import Path

from bench.crowd import crowd, stranger
from terminal import build
from terminal.match.decide import Policy
from terminal.store.db import GalleryStore

PEOPLE = 10_000
TOGETHER = 1_000
IMAGES_AN_EYE = (1, 3)
TIMES = 5


def measure(people: int, an_eye: int) -> dict[str, float]:
    """Return milliseconds to start with so many people, the least of several times, and to take over a change."""
    with tempfile.TemporaryDirectory() as folder:
        technician = build.gallery_store(Path(folder))
        for first in range(0, people, TOGETHER):
            _enrol(technician, first, min(TOGETHER, people - first), an_eye)
        started_ms, worked_ms = [], []
        for _ in range(TIMES):
            at, worked_at = time.perf_counter(), time.process_time()
            store = build.gallery_store(Path(folder))
            enrolled = build.Enrolled(store, Policy())
            started_ms.append(_since_ms(at))
            worked_ms.append((time.process_time() - worked_at) * 1e3)
            enrolled.search(stranger())
        _enrol(technician, people, 1, an_eye)
        at = time.perf_counter()
        enrolled.refresh()
        changed_ms = _since_ms(at)
        size = (Path(folder) / "gallery.db").stat().st_size
    return {
        "people": people,
        "images_an_eye": an_eye,
        "start_ms": round(min(started_ms), 1),
        "start_cpu_ms": round(min(worked_ms), 1),  # without what others on the machine took meanwhile
        "one_changed_ms": round(changed_ms, 2),
        "mb_on_disk": round(size / 1e6, 1),
    }


def _enrol(store: GalleryStore, first: int, count: int, an_eye: int) -> None:
    references = crowd(first, count, an_eye)
    each = len(references) // count
    of_one = [references[start : start + each] for start in range(0, len(references), each)]
    store.put_all([(some[0].person, "a name", some) for some in of_one], 0)


def _since_ms(started: float) -> float:
    return (time.perf_counter() - started) * 1e3


def main() -> None:
    """Print a line for one and for three images an eye, or a JSON list."""
    parser = argparse.ArgumentParser(prog="python -m bench.start", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--people", type=int, default=PEOPLE, help="two eyes each")
    options = parser.parse_args()
    rows = [measure(options.people, an_eye) for an_eye in IMAGES_AN_EYE]
    if options.json:
        print(json.dumps(rows))
        return
    print("  ".join(rows[0]))
    for row in rows:
        print("  ".join(f"{value:>{len(name)}}" for name, value in row.items()))


if __name__ == "__main__":
    main()
