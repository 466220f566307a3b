"""How far each difficulty may go before drawn eyes are refused or missed: the known weak points, on eyes that nobody has.

`python -m bench.limits [--json] [--plot FILE.png]`. Every eye is enrolled from three everyday pictures and comes back in a harder
one. Drawn eyes are easier than real ones: read this for the order of what goes wrong, not for rates.
"""

import argparse
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from terminal import opencv
from terminal.capture.synthetic import Capture, EyeIdentity, capture, draw, people
from terminal.extract import runtime
from terminal.extract.iris_encode import reference
from terminal.match import gallery
from terminal.match.decide import Policy, decide
from terminal.scan import Scanned, scan_frame
from terminal.scan import draw as picture_of
from terminal.types import Accepted, Eye, Frame, Instant, Probe, Reference

EYES = 12
LEVELS: dict[str, tuple[dict[str, Any], ...]] = {
    "upper lid": ({"upper_lid": 0.4}, {"upper_lid": 0.15}, {"upper_lid": -0.1}),
    "curtain of lashes": tuple({"lash_growth": growth, "lash_droop": 0.8} for growth in (1.5, 2.5, 3.5)),
    "gaze aside": tuple({"gaze": angle, "gaze_towards": 0.0} for angle in (0.35, 0.6, 0.85)),
    "head tilted": ({"roll": 0.3}, {"roll": 0.6}, {"roll": 0.9}),
    "blur": ({"blur_px": 2.5}, {"blur_px": 4.0}, {"blur_px": 6.0}),
    "small iris": ({"radius_px": 45.0}, {"radius_px": 32.0}, {"radius_px": 25.0}),
    "dark": ({"exposure": 0.3}, {"exposure": 0.15}, {"exposure": 0.08}),
    "reflections of glasses": tuple({"glasses_glare": number, "glasses_frame": 0.15} for number in (2, 5, 9)),
}


@dataclass(frozen=True, slots=True)
class Reached:
    """What became of the eyes at one level of one difficulty."""

    difficulty: str
    level: str
    eyes: int
    accepted: int
    refused: int  # with advice to the person; the others were not recognised


def measure() -> tuple[list[Reached], dict[str, Scanned]]:
    """Return what became of every difficulty and level, and one example of each difficulty at its hardest."""
    network = runtime.load("iris-seg")
    everybody = [left for left, _ in people(404, EYES)]
    enrolled = gallery.build(_references(network, everybody))
    found, examples = [], {}
    for difficulty, levels in LEVELS.items():
        for changes in levels:
            scanned = [_scan(network, eye, number, changes) for number, eye in enumerate(everybody)]
            owners = [_owner(enrolled, one) for one in scanned]
            accepted = sum(owner == str(number) for number, owner in enumerate(owners))
            refused = sum(one.reason is not None for one in scanned)
            level = ", ".join(f"{name} {value:g}" for name, value in changes.items())
            found.append(Reached(difficulty, level, EYES, accepted, refused))
        examples[difficulty] = scanned[0]
    return found, examples


def _references(network: runtime.Network, everybody: list[EyeIdentity]) -> list[Reference]:
    made = []
    for number, eye in enumerate(everybody):
        for shot in range(3):
            scanned = _scan(network, eye, number, {}, shot)
            made += [reference(one.template, str(number), Eye.LEFT) for one in scanned.eyes if one.template]
    return made


def _scan(network: runtime.Network, eye: EyeIdentity, number: int, changes: dict[str, Any], shot: int = 9) -> Scanned:
    rng = np.random.default_rng([number, shot])
    setting: Capture = replace(capture(rng), **changes)
    return scan_frame(network, Frame(draw(eye, setting, rng).pixels, "bench", str(number), Instant(0, 0)))


def _owner(enrolled: gallery.Gallery, scanned: Scanned) -> str | None:
    templates = [eye.template for eye in scanned.eyes if eye.template]
    if not templates:
        return None
    probe = Probe(templates[0], None, gallery.search(enrolled, templates[0]), 0)
    decision = decide(enrolled.people, enrolled.owner, [probe], Policy())
    return decision.person if isinstance(decision, Accepted) else None


def main() -> None:
    """Print a line a level, or a JSON list; draw the hardest of each if asked."""
    parser = argparse.ArgumentParser(prog="python -m bench.limits", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--plot", type=Path, metavar="FILE.png")
    options = parser.parse_args()
    rows, examples = measure()
    if options.plot:
        tiles = [picture_of(one)[:480] for one in examples.values()]
        lines = [np.concatenate(tiles[first : first + 4], axis=1) for first in range(0, len(tiles), 4)]
        sheet = np.concatenate(lines)
        opencv.write_image(options.plot, opencv.stretch(sheet, sheet.shape[1] // 2, sheet.shape[0] // 2))
    if options.json:
        print(json.dumps([asdict(row) for row in rows]))
        return
    print(f"{'difficulty':24} {'level':36} eyes accepted refused with advice")
    for row in rows:
        print(f"{row.difficulty:24} {row.level:36} {row.eyes:4} {row.accepted:8} {row.refused:7}")


if __name__ == "__main__":
    main()
