"""Other filters, resolutions and code lengths than the kiosk's, side by side on the same irises of a folder of images.

For choosing: run it on images that nothing is reported on. Every image is segmented once and encoded in each way.
"""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from terminal.arguments import part
from terminal.capture.image import read_image
from terminal.evaluate.rates import rates
from terminal.evaluate.subjects import images
from terminal.extract import iris_encode, iris_segment, runtime
from terminal.extract.iris_encode import Encoding
from terminal.match import hamming
from terminal.types import Eye, Frame, Instant, IrisMap, Reason, Template

FMRS = (0.001, 0.0001)
ENCODINGS = (
    Encoding(),
    Encoding(wavelengths=(8.0, 18.0, 36.0)),
    Encoding(wavelengths=(8.0, 16.0, 32.0)),
    Encoding(wavelengths=(10.0, 16.0, 26.0)),
    Encoding(wavelengths=(12.0, 24.0, 48.0)),
    Encoding(wavelengths=(10.0, 20.0)),
    Encoding(wavelengths=(20.0, 40.0)),
    Encoding(wavelengths=(10.0, 20.0), spokes=64),
    Encoding(spokes=64),
    Encoding(spokes=256),
    Encoding(bands=4),
    Encoding(bands=12),
    Encoding(bands=16),
    Encoding(bandwidth=0.25),
    Encoding(bandwidth=0.35),
    Encoding(bandwidth=0.5),
    Encoding(fragile=0.0),
    Encoding(fragile=0.2),
    Encoding(strong=2.0),
    Encoding(strong=6.0),
)


@dataclass(frozen=True, slots=True)
class Tried:
    """What one encoding made of the images; rates are fractions."""

    encoding: Encoding
    bits: int
    templates: int
    eer: float
    fnmr_at_fmr: dict[float, float]
    fnmr_at_zero_fm: float
    decidability: float


def measure(folder: Path, of: tuple[float, float], encodings: tuple[Encoding, ...] = ENCODINGS) -> list[Tried]:
    """Return what each encoding makes of the same irises."""
    network = runtime.load("iris-seg")
    found = []
    for path in images(folder, of):
        frame = Frame(read_image(path), "file", str(path), Instant(0, 0))
        irises = iris_segment.segment(network, frame)
        if not isinstance(irises, Reason):
            found.append((str(path.parent), frame, iris_segment.clearest(irises)))
    return [_tried(found, by) for by in encodings]


def _tried(found: list[tuple[str, Frame, IrisMap]], by: Encoding) -> Tried:
    made = [(identity, iris_encode.encode(frame, iris, by)) for identity, frame, iris in found]
    kept = [(identity, template) for identity, template in made if isinstance(template, Template)]
    references = [iris_encode.reference(template, "", Eye.LEFT) for _, template in kept]
    packed = hamming.pack(np.stack([one.code for one in references]), np.stack([one.mask for one in references]))
    scores = np.stack([hamming.distances(template.code, template.mask, packed) for _, template in kept])
    _, identity = np.unique([name for name, _ in kept], return_inverse=True)
    earlier = np.tri(len(kept), k=-1, dtype=bool)  # each pair once, the later image the probe
    same = identity[:, None] == identity[None, :]
    rated = rates(scores[earlier & same], scores[earlier & ~same], FMRS, 0)
    at = {fmr: rate.share for fmr, rate in rated.fnmr_at_fmr.items()}
    return Tried(by, by.bits, len(kept), rated.eer, at, rated.fnmr_at_zero_fm, rated.decidability)


def main() -> None:
    """Print a line an encoding, or a JSON list."""
    parser = argparse.ArgumentParser(prog="python -m bench.encoding", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--subjects", type=part, default=(0.0, 1.0), metavar="A:B")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = measure(options.folder, options.subjects)
    if options.json:
        print(json.dumps([asdict(row) for row in rows]))
        return
    print("wavelengths  window bands spokes fragile strong   bits   EER %  @1e-3  @1e-4   zero     d'")
    for row in rows:
        by = row.encoding
        waves = "+".join(f"{wave:g}" for wave in by.wavelengths)
        shares = (row.eer, *row.fnmr_at_fmr.values(), row.fnmr_at_zero_fm)
        print(
            f"{waves:12} {by.bandwidth:6} {by.bands:5} {by.spokes:6} {by.fragile:7} {by.strong:6} {row.bits:6} "
            + " ".join(f"{100 * share:6.3f}" for share in shares)
            + f" {row.decidability:6.2f}"
        )


if __name__ == "__main__":
    main()
