"""The benches measure what they say, on sizes small enough for every run."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from terminal.capture.synthetic import capture, draw, people
from terminal.opencv import write_image


def bench(name: str, *options: str) -> Any:
    ran = subprocess.run([sys.executable, "-m", f"bench.{name}", *options], capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


def test_the_match_bench_sets_our_search_beside_the_others_on_the_same_codes() -> None:
    found = bench("match", "--json", "--sizes", "100", "50")
    assert [(row["people"], row["eyes"]) for row in found["sizes"]] == [(50, 100), (100, 200)]
    assert all(row["numpy_ratio"] > 1 for row in found["sizes"])
    assert found["pair_us"]["python_loop_stand_in"] > found["pair_us"]["ours"]
    assert found["mb_per_100k_people"]["computed"] > 100_000 * 2 * found["bits"] / 8 / 1e6


def test_the_match_bench_says_plainly_what_is_not_installed() -> None:
    found = bench("match", "--json", "--sizes", "20", "--open-iris", sys.executable)
    assert "does not run" in found["pair_us"]["open_iris"]
    if find_spec("faiss") is None:
        assert "pip install" in found["faiss"]
        assert found["sizes"][0]["faiss_unmasked_ms"] is None
    else:
        assert found["sizes"][0]["faiss_unmasked_ms"] > 0


def test_the_start_bench_starts_with_one_and_with_three_images_an_eye() -> None:
    rows = bench("start", "--json", "--people", "20")
    assert [row["images_an_eye"] for row in rows] == [1, 3]
    assert all(row["start_ms"] > 0 for row in rows)


def test_the_path_bench_prints_its_stages() -> None:
    assert bench("path", "--json")["frame_to_template"] > 0


def test_the_encoding_bench_compares_ways_to_encode_the_same_irises(tmp_path: Path) -> None:
    for person, (eye, _) in enumerate(people(3, 3)):
        folder = tmp_path / str(person) / "L"
        folder.mkdir(parents=True)
        for shot in range(2):
            rng = np.random.default_rng([person, shot])
            write_image(folder / f"{shot}.png", draw(eye, capture(rng, size=(240, 320)), rng).pixels)
    rows = bench("encoding", str(tmp_path), "--json")
    assert [rows[0]["bits"], rows[7]["bits"]] == [6144, 2048]
    assert all(row["templates"] == 6 and row["fnmr_at_zero_fm"] == 0.0 for row in rows)
