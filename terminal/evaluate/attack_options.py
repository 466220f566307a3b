"""The options of `tatap evaluate attacks`, apart from its work so that `--help` stays quick."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from terminal import arguments

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add(modalities: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    text = "simulated prints, screens, lenses and photographs (ISO/IEC 30107-3)"
    parser = modalities.add_parser("attacks", help=text)
    layout = "living eyes, DIR/<subject>/<eye>/<index>.<png|jpg|bmp>; without it they are drawn"
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR", help=layout)
    part = "only this part of the sorted subjects, as fractions: 0.6:1 is the last 40 %% (default: 0:1)"
    parser.add_argument("--subjects", type=arguments.part, default=(0.0, 1.0), metavar="A:B", help=part)
    parser.add_argument("--drawn", type=int, default=50, metavar="N", help="people to draw without DIR (default: 50)")
    parser.add_argument("--scenes", type=int, default=0, metavar="N", help="also N drawn scenes of many frames a kind")
    parser.add_argument("--json", action="store_true", help="end with one JSON object on standard output")
    parser.add_argument("--plot", type=Path, metavar="DIR", help="write a sheet of attacks there, to look at")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from terminal.evaluate.attacks import evaluate_attacks

    wanted = options.folder, options.subjects, options.drawn, options.scenes
    return evaluate_attacks(*wanted, options.json, options.plot)
