"""The images of a folder laid out DIR/<subject>/<eye>/<index>.<png|jpg|bmp>, or those of some of its subjects."""

from pathlib import Path

from terminal.errors import TerminalError

ALL = (0.0, 1.0)


def part(text: str) -> tuple[float, float]:
    """Read `A:B`, the part of the sorted subjects from A to B, 0 to 1; raise ValueError for anything else."""
    first, _, last = text.partition(":")
    found = float(first or 0), float(last or 1)
    if not 0 <= found[0] < found[1] <= 1:
        raise ValueError(text)
    return found


def images(folder: Path, of: tuple[float, float] = ALL) -> list[Path]:
    """Return the images in sorted order, numbers in names by value; raise TerminalError when there are none."""
    from terminal.capture.image import SUFFIXES  # brings OpenCV, and `--help` is to stay quick

    subjects = sorted({path.parts[-3] for path in folder.glob("*/*/*") if path.suffix.lower() in SUFFIXES})
    chosen = set(subjects[round(of[0] * len(subjects)) : round(of[1] * len(subjects))])
    found = [path for path in folder.glob("*/*/*") if path.suffix.lower() in SUFFIXES and path.parts[-3] in chosen]
    if not found:
        hint = "lay images out as DIR/<subject>/<eye>/<index>.png (or .jpg, .bmp)"
        raise TerminalError(f"{folder} holds no images to evaluate", hint=hint)
    return sorted(found, key=lambda path: (path.parts[:-1], path.stem.zfill(12), path.suffix))
