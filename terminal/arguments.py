"""What the words of a command line stand for, refused with one line when they stand for nothing."""

from argparse import ArgumentTypeError


def host_port(text: str) -> tuple[str, int]:
    """Read HOST:PORT."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host, int(port)


def count(text: str) -> int:
    """Read a number of things, 1 or more."""
    if not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of 1 or more")
    return int(text)


def folds(text: str) -> int:
    """Read a number of folds, 2 or more."""
    if not text.isdigit() or int(text) < 2:
        raise ArgumentTypeError(f"{text!r} is not a number of 2 or more")
    return int(text)


def part(text: str) -> tuple[float, float]:
    """Read A:B, a part of something in order: 0.6:1 is the last 40 %."""
    try:
        first, last = (float(side) for side in text.split(":"))
    except ValueError:
        first, last = 1.0, 0.0
    if not 0 <= first < last <= 1:
        raise ArgumentTypeError(f"{text!r} is not A:B with 0 <= A < B <= 1")
    return first, last
