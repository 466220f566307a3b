"""Where living eyes lie: prints FRAME_LOGIT_AT of extract/liveness.py from images that nothing else is reported on.

python -m training.iris_pad.calibrate mmu1 interval:0:0.6      # folders as DIR or DIR:A:B, parts of their subjects
"""

import argparse
from pathlib import Path

import numpy as np

from terminal.arguments import part
from terminal.capture.image import read_image
from terminal.evaluate.attacks import judged
from terminal.evaluate.subjects import images
from terminal.extract import runtime

SHARES = (0.001, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)


def main() -> None:
    """Print the table to paste, and how many images it rests on."""
    parser = argparse.ArgumentParser(prog="python -m training.iris_pad.calibrate", description=__doc__)
    parser.add_argument("folders", nargs="+", metavar="DIR[:A:B]")
    networks = runtime.load("iris-seg"), runtime.load("iris-pad")
    logits: list[float] = []
    for named in parser.parse_args().folders:
        folder, _, some = named.partition(":")
        paths = images(Path(folder), part(some or "0:1"))
        found = [judged(networks, read_image(path)) for path in paths]
        judged_logits = [logit for logit in found if logit is not None]
        print(f"{named}: {len(judged_logits)} of {len(paths)}, median {np.median(judged_logits):.2f}", flush=True)
        logits += judged_logits
    pairs = ", ".join(f"({share}, {np.quantile(logits, share):.2f})" for share in SHARES)
    print(f"FRAME_LOGIT_AT = ({pairs})  # {len(logits)} images")


if __name__ == "__main__":
    main()
