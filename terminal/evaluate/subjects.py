"""The images of a folder laid out DIR/<subject>/<eye>/<index>.<png|jpg|bmp>, or those of some of its subjects."""

from pathlib import Path

from terminal.capture.image import SUFFIXES
from terminal.errors import TerminalError


def images(folder: Path, of: tuple[float, float] = (0.0, 1.0)) -> list[Path]:
    """Return the images of a part of the sorted subjects in sorted order, numbers in names by value.

    (0.6, 1.0) is the last 40 % of the subjects. Raise TerminalError when there are none.
    """
    found = [path for path in folder.glob("*/*/*") if path.suffix.lower() in SUFFIXES and path.is_file()]
    if not found:
        hint = "lay images out as DIR/<subject>/<eye>/<index>.png (or .jpg, .bmp)"
        raise TerminalError(f"{folder} holds no images to evaluate", hint=hint)
    subjects = sorted({path.parts[-3] for path in found})
    first, last = (round(part * len(subjects)) for part in of)
    chosen = set(subjects[first:last])
    if not chosen:
        raise TerminalError(f"that part of {len(subjects)} subjects is nobody", hint="ask for a larger part")
    kept = [path for path in found if path.parts[-3] in chosen]
    return sorted(kept, key=lambda path: (path.parts[:-1], path.stem.zfill(12), path.suffix))
