"""From a 640x480 frame to a template, stage by stage, on drawn eyes: what a frame costs a kiosk before it is matched."""

import argparse
import json
import time

import numpy as np

from terminal.capture.quality import assess
from terminal.capture.synthetic import capture, draw, people
from terminal.extract import iris_encode, iris_quality, iris_segment, runtime
from terminal.types import Frame, Instant, Reason

FRAMES = 20


def measure() -> dict[str, float]:
    """Return the median milliseconds of each stage over frames that get through all of them."""
    network = runtime.load("iris-seg")
    took: dict[str, list[float]] = {"assess": [], "segment": [], "quality": [], "encode": []}
    for number, (eye, _) in enumerate(people(5, FRAMES)):
        rng = np.random.default_rng(number)
        frame = Frame(draw(eye, capture(rng), rng).pixels, "bench", str(number), Instant(0, 0))
        at = [time.perf_counter()]
        assess(frame)
        at.append(time.perf_counter())
        irises = iris_segment.segment(network, frame)
        at.append(time.perf_counter())
        if isinstance(irises, Reason):
            continue
        iris_quality.measure(frame, irises[0])
        at.append(time.perf_counter())
        iris_encode.encode(frame, irises[0])
        at.append(time.perf_counter())
        for stage, ms in zip(took, np.diff(at) * 1e3, strict=True):
            took[stage].append(float(ms))
    medians = {stage: round(float(np.median(values)), 2) for stage, values in took.items()}
    return medians | {"frame_to_template": round(sum(medians.values()), 2)}


def main() -> None:
    """Print milliseconds a stage, or a JSON object."""
    parser = argparse.ArgumentParser(prog="python -m bench.path", description=__doc__)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    found = measure()
    print(json.dumps(found) if as_json else "\n".join(f"{stage:20} {ms:8} ms" for stage, ms in found.items()))


if __name__ == "__main__":
    main()
