"""Trains the liveness network on the features that `draw` made, and writes it as ONNX.

    python -m training.iris_pad.train FEATURES models/iris-pad.onnx --seed 1

Needs torch and onnx, which the kiosk does not. The last tenth of the eyes is held out; its error rates are printed.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

CLASSES = ("bona fide", "print", "cut_print", "screen", "lens", "control")  # as training/iris_pad/draw.py orders them
BONA_FIDE = (0, 5)
WEIGHTS = (3.0, 1.0, 0.7, 1.2, 1.5, 1.0)  # living eyes and attacks weigh about the same
HIDDEN = 96
FARTHEST = 4.0  # deviations: what no drawn eye shows says no more than the farthest that some do
DROPPED = 0.2  # of the features in each step: none must decide alone, for real pictures shift some of them
NOISE = 0.25  # deviations, added in each step, for the same reason
STEPS, BATCH = 8000, 512


class LivenessNet(nn.Module):
    """Two layers from standardised features to one number: the logit of a living eye."""

    def __init__(self, mean: Tensor, deviation: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)
        self.first, self.last = nn.Linear(len(mean), HIDDEN), nn.Linear(HIDDEN, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Take features (B, F) to logits (B, 1)."""
        return self.judged(((x - self.mean) / self.deviation).clamp(-FARTHEST, FARTHEST))

    def judged(self, standard: Tensor) -> Tensor:
        """Take standardised features (B, F) to logits (B, 1)."""
        return self.last(functional.relu(self.first(standard)))


def main() -> None:
    """Train, report on what was held out, export."""
    parser = argparse.ArgumentParser(prog="python -m training.iris_pad.train", description=__doc__)
    parser.add_argument("features", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    eyes = np.concatenate([np.load(file) for file in sorted(options.features.glob("*.npy"))])
    held = len(eyes) // 10
    known = torch.from_numpy(eyes[:-held])  # (eyes, classes, F)
    flat = known.reshape(-1, known.shape[2])
    network = LivenessNet(flat.mean(dim=0), flat.std(dim=0) + 1e-3)
    _train(network, known)
    network.eval()
    _report(network, torch.from_numpy(eyes[-held:]))
    _export(network, options.out, known.shape[2])


def _train(network: LivenessNet, known: Tensor) -> None:
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=2e-2)
    rate = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    weights = torch.tensor(WEIGHTS)
    truth = torch.tensor([float(n in BONA_FIDE) for n in range(len(CLASSES))])
    standard = ((known - network.mean) / network.deviation).clamp(-FARTHEST, FARTHEST)
    for step in range(STEPS):
        eye, kind = torch.randint(len(known), (BATCH,)), torch.randint(len(CLASSES), (BATCH,))
        x = standard[eye, kind]
        x = (x + NOISE * torch.randn_like(x)) * (torch.rand_like(x) >= DROPPED) / (1 - DROPPED)
        loss = functional.binary_cross_entropy_with_logits(network.judged(x)[:, 0], truth[kind], weight=weights[kind])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        rate.step()
        if (step + 1) % 1000 == 0:
            print(f"{step + 1} steps  loss {float(loss):.4f}", flush=True)


def _report(network: nn.Module, held: Tensor) -> None:
    """Print the share of each class taken for living eyes where 1 and 2 % of living ones are refused."""
    with torch.no_grad():
        logits = network(held.reshape(-1, held.shape[2])).reshape(held.shape[:2]).numpy()
    for share in (0.01, 0.02):
        accepted = (logits >= np.quantile(logits[:, 0], share)).mean(axis=0)
        print(f"BPCER {share:.0%}: " + ", ".join(f"{k} {a:.2%}" for k, a in zip(CLASSES, accepted, strict=True)))


def _export(network: nn.Module, out: Path, count: int) -> None:
    """Write the network for one row of features, x to y, and print the SHA-256 for models/manifest.toml."""
    row = torch.zeros(1, count)
    torch.onnx.export(network, (row,), str(out), input_names=["x"], output_names=["y"], dynamo=False)
    print(f"{out}: {out.stat().st_size} bytes, sha256 {hashlib.sha256(out.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
