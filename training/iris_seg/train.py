"""Trains the network: `python -m training.iris_seg.train PICTURES OUT.pt --samples 320000 --seed 1 [--start LAST.pt]`.

It runs on a GPU when there is one, else in bfloat16 on the processor. `--start` goes on from earlier weights, with a smaller
`--rate`. OUT.pt holds the running mean of the weights; OUT.onnx beside it is what `models/` ships.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from training.iris_seg import views
from training.iris_seg.network import IrisSegmenter, export

BATCH = 32
WIDE_EVERY = 3  # every third batch shows wide views
EDGE_WEIGHT = 3.0  # how much more an output pixel at a boundary counts: boundaries are what recognition lives on
REMEMBERED = 0.998  # of the running mean of the weights, a step
WARM_UP = 200  # steps
WEIGHT_DECAY = 1e-4
LONGEST_STEP = 1.0  # norm of a gradient

Batch = tuple[Tensor, Tensor]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked of a training run."""

    pictures: Path
    out: Path
    samples: int
    seed: int
    start: Path | None
    rate: float
    workers: int


class Views(IterableDataset[Batch]):
    """Endless batches of views; a worker has a stream of chance of its own."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder, self._seed = folder, seed

    def __iter__(self) -> Iterator[Batch]:
        """Yield pixels (B, H, W) and masks (B, 4, H/2, W/2), both uint8."""
        cv2.setNumThreads(1)
        worker = get_worker_info()
        rng = np.random.default_rng([self._seed, worker.id if worker else 0])
        names = ("pixels", "seen", "discs")
        pictures = views.Pictures(*(np.load(self._folder / f"{name}.npy", mmap_mode="r") for name in names))
        number = 0
        while True:
            show = views.wide if number % WIDE_EVERY == 0 else views.close
            seen, masks = zip(*(show(pictures, rng) for _ in range(BATCH)), strict=True)
            yield torch.from_numpy(np.stack(seen)), torch.from_numpy(np.stack(masks))
            number += 1


def normalised(pixels: Tensor) -> Tensor:
    """Return (B, H, W) grey levels as the network takes them: (B, 1, H, W), zero mean and unit deviation each."""
    x = pixels.float()
    x = x - x.mean((1, 2), keepdim=True)
    return (x / (x.std((1, 2), keepdim=True) + 1e-3))[:, None]


def loss_of(logits: Tensor, covered: Tensor) -> tuple[Tensor, Tensor]:
    """Return the loss, and the soft Dice loss of each output (4,); `covered` is (B, 4, H/2, W/2), 0..1."""
    near = functional.avg_pool2d(covered, 5, 1, 2)
    weight = 1 + EDGE_WEIGHT * ((near > 0.02) & (near < 0.98)).float()
    cross = functional.binary_cross_entropy_with_logits(logits, covered, weight=weight)
    drawn = logits.sigmoid()
    overlap, both = (drawn * covered).sum((2, 3)), (drawn + covered).sum((2, 3))
    dice = 1 - (2 * overlap + 1) / (both + 1)
    return cross + dice.mean(), dice.mean(0)


def train(wishes: Wishes) -> None:
    """Train, and write the weights and the ONNX file every two thousand steps and at the end."""
    torch.manual_seed(wishes.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network = IrisSegmenter()
    if wishes.start is not None:
        network.load_state_dict(torch.load(wishes.start, weights_only=True))
    network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack it
    mean = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(REMEMBERED), use_buffers=True
    )
    steps = wishes.samples // BATCH
    optimizer = torch.optim.AdamW(network.parameters(), wishes.rate, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min(1, n / WARM_UP) * 0.5 * (1 + np.cos(np.pi * min(n, steps) / steps)) + 1e-3
    )
    batches = iter(DataLoader(Views(wishes.pictures, wishes.seed), batch_size=None, num_workers=wishes.workers))
    started = time.monotonic()
    for step in range(1, steps + 1):
        pixels, masks = next(batches)
        x = normalised(pixels.to(device)).contiguous(memory_format=torch.channels_last)
        with torch.autocast(device, torch.bfloat16):
            logits = network(x)
        loss, dice = loss_of(logits.float(), masks.to(device).float() / 255)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), LONGEST_STEP)
        optimizer.step()
        schedule.step()
        mean.update_parameters(network)
        if step % 100 == 0:
            shares = " ".join(f"{value:.4f}" for value in dice.tolist())
            print(f"{step}/{steps} {time.monotonic() - started:.0f} s loss {loss.item():.4f} dice {shares}", flush=True)
        if step % 2000 == 0 or step == steps:
            _write(mean.module, wishes.out)


def _write(network: torch.nn.Module, out: Path) -> None:
    weights = {name: value.cpu().contiguous() for name, value in network.state_dict().items()}
    torch.save(weights, out)
    fresh = IrisSegmenter()
    fresh.load_state_dict(weights)
    export(fresh, str(out.with_suffix(".onnx")))


def main() -> None:
    """Train as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m training.iris_seg.train", description=__doc__)
    parser.add_argument("pictures", type=Path, metavar="PICTURES")
    parser.add_argument("out", type=Path, metavar="OUT.pt")
    parser.add_argument("--samples", type=int, default=320_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, metavar="LAST.pt")
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--workers", type=int, default=1)
    train(Wishes(**vars(parser.parse_args())))


if __name__ == "__main__":
    main()
