"""Times open-iris' HammingDistanceMatcher; run as a script by a Python that has open-iris, which needs an older NumPy."""

import json
import sys
import time

import numpy as np
from iris.io.dataclasses import IrisTemplate  # type: ignore[import-not-found]
from iris.nodes.matcher.hamming_distance_matcher import HammingDistanceMatcher  # type: ignore[import-not-found]


def main() -> None:
    """Print microseconds a pair of random codes; arguments: pairs, scales, rings, directions, rotations."""
    pairs, scales, rings, directions, rotations = map(int, sys.argv[1:])
    rng = np.random.default_rng(0)

    def template() -> IrisTemplate:
        codes, masks = ([rng.random((rings, directions, 2)) < part for _ in range(scales)] for part in (0.5, 0.625))
        return IrisTemplate(iris_codes=codes, mask_codes=masks, iris_code_version="v0.1")

    matcher = HammingDistanceMatcher(rotation_shift=rotations // 2, separate_half_matching=False)
    probe, others = template(), [template() for _ in range(pairs)]
    started = time.process_time()
    for other in others:
        matcher.run(probe, other)
    print(json.dumps({"us_per_pair": (time.process_time() - started) / pairs * 1e6}))


if __name__ == "__main__":
    main()
