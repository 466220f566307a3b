"""How drawn living eyes and photographs move: prints MOTION_WEIGHTS and MOTION_LOGIT_AT of extract/liveness.py.

python -m training.iris_pad.motion --scenes 150
"""

import argparse
from collections.abc import Callable

import numpy as np

from terminal.evaluate.species.motion import FRAMES_PER_S, Living, Photograph, Scene
from terminal.extract import iris_segment, liveness, runtime
from terminal.types import Reason

FRAMES = round(liveness.LEAST_S * FRAMES_PER_S) + 1  # as many as the kiosk judges by
SHARES = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
STEPS, RATE, DECAY = 4000, 0.1, 1e-3  # of plain gradient descent on two features


def main() -> None:
    """Fit a logistic regression, print its weights and the quantiles of living scenes. Seeds from 0; reports use others."""
    parser = argparse.ArgumentParser(prog="python -m training.iris_pad.motion", description=__doc__)
    parser.add_argument("--scenes", type=int, default=150, help="of each kind")
    count = parser.parse_args().scenes
    living, still = _moves(Living, count), _moves(Photograph, count)
    weights = _fitted(np.concatenate([living, still]), np.repeat([1.0, 0.0], [len(living), len(still)]))
    logits = np.column_stack([living, np.ones(len(living))]) @ weights
    passed = np.column_stack([still, np.ones(len(still))]) @ weights >= np.quantile(logits, 0.02)
    print(
        f"{len(living)} living, {len(still)} still scenes; at BPCER 2 % of them {passed.mean():.1%} of the still pass"
    )
    print("MOTION_WEIGHTS = (" + ", ".join(f"{one:.2f}" for one in weights) + ")")
    print("MOTION_LOGIT_AT = (" + ", ".join(f"({s}, {np.quantile(logits, s):.2f})" for s in SHARES) + ")")


def _moves(kind: Callable[[int], Scene], count: int) -> "np.typing.NDArray[np.float64]":
    """Return (K, 2) movements of the scenes that can be judged."""
    network, checker = runtime.load("iris-seg"), runtime.load("iris-pad")
    found = []
    for seed in range(count):
        scene, seen = kind(seed), []
        for _ in range(FRAMES):
            frame = scene.frame()
            irises = iris_segment.segment(network, frame)
            if not isinstance(irises, Reason):
                seen.append(liveness.glimpse(checker, frame, iris_segment.clearest(irises), None))
        moved = liveness.movement(seen)
        if moved is not None:
            found.append(moved)
    return np.array(found)


def _fitted(
    x: "np.typing.NDArray[np.float64]", truth: "np.typing.NDArray[np.float64]"
) -> "np.typing.NDArray[np.float64]":
    """Return the weights of the two features and of 1."""
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    standard = np.column_stack([(x - mean) / deviation, np.ones(len(x))])
    weights = np.zeros(3)
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-standard @ weights))
        weights -= RATE * (standard.T @ (likely - truth) / len(x) + DECAY * weights)
    scaled = weights[:2] / deviation
    return np.array([*scaled, weights[2] - scaled @ mean])


if __name__ == "__main__":
    main()
