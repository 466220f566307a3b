"""The mean of the weights of several rounds: `python -m training.iris_seg.average OUT.pt FIRST.pt SECOND.pt ...`.

Rounds that started from one another lie in one valley of the loss, and their mean generalises better than either ("model
soups", Wortsman et al., ICML 2022). OUT.onnx is written beside OUT.pt.
"""

import argparse
from pathlib import Path

import torch

from training.iris_seg.network import IrisSegmenter, export


def average(rounds: list[Path], out: Path) -> None:
    """Write the mean of the weights, running statistics included."""
    weights = [torch.load(path, weights_only=True) for path in rounds]
    mean = {
        name: torch.stack([one[name].float() for one in weights]).mean(0).to(first.dtype)
        for name, first in weights[0].items()
    }
    network = IrisSegmenter()
    network.load_state_dict(mean)
    torch.save(mean, out)
    export(network, str(out.with_suffix(".onnx")))


def main() -> None:
    """Average as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m training.iris_seg.average", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT.pt")
    parser.add_argument("rounds", type=Path, nargs="+", metavar="ROUND.pt")
    options = parser.parse_args()
    average(options.rounds, options.out)


if __name__ == "__main__":
    main()
