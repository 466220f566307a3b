"""The benches measure what they say, on sizes small enough for every run."""

import json
import subprocess
import sys

import pytest

from bench import match


def test_the_match_bench_compares_both_matchers_on_the_same_codes() -> None:
    row = match.measure(50)
    assert list(row) == ["people", "bits", "rotations", "numpy_ms", "fast_ms", "ratio"]
    assert row["ratio"] > 1


@pytest.mark.parametrize(("name", "kind"), [("match", list), ("path", dict)])
def test_a_bench_prints_json_when_asked(name: str, kind: type) -> None:
    ran = subprocess.run([sys.executable, "-m", f"bench.{name}", "--json"], capture_output=True, text=True, check=True)
    assert isinstance(json.loads(ran.stdout), kind)
