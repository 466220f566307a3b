"""Which of the images offered become references: those that can be read, and that agree on whose eye it is."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from terminal.errors import EnrolError
from terminal.sync.wire import NAME
from terminal.types import Eye, Frame, Reason, Reference, Template

EYE_FOLDERS = {
    "l": Eye.LEFT,
    "left": Eye.LEFT,
    "kiri": Eye.LEFT,
    "r": Eye.RIGHT,
    "right": Eye.RIGHT,
    "kanan": Eye.RIGHT,
}
NIP = re.compile(r"\d{18}")  # a civil servant's number: it tells birth date and sex, so it may not leave the roster


@dataclass(frozen=True, slots=True)
class Offered:
    """An image offered for enrolment, and which eye it is said to show."""

    eye: Eye
    frame: Frame


@dataclass(frozen=True, slots=True)
class Refused:
    """An image that does not become a reference: its reason, or none when it disagrees with the others."""

    source: str
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of an enrolment."""

    references: tuple[Reference, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """What enrolment needs of the recognition rooms."""

    extract: Callable[[Frame, Eye], Template | Reason]  # of two eyes in a frame the one asked for
    refer: Callable[[Template, str, Eye], Reference]
    agrees: Callable[[Template, Sequence[Reference]], bool]  # whether it surely is the eye of any of these
    owner: Callable[[Template], str | None]  # who is enrolled with this eye already


def enrol(person: str, offered: Sequence[Offered], steps: Steps) -> Receipt:
    """Return the references of a person; raise EnrolError when an eye has none, or belongs to somebody else already."""
    check_person(person)
    references: list[Reference] = []
    refused: list[Refused] = []
    for eye in sorted({one.eye for one in offered}):
        kept, left_out = _one_eye(person, eye, [one.frame for one in offered if one.eye is eye], steps)
        references += kept
        refused += left_out
    return Receipt(tuple(references), tuple(refused))


def check_person(person: str) -> None:
    """Raise EnrolError for an id that cannot travel, or must not."""
    if NIP.fullmatch(person):
        hint = "use the opaque id of the roster: the NIP tells birth date and sex, and ids travel over the network"
        raise EnrolError("that person id is a NIP", hint=hint)
    if not NAME.fullmatch(person):
        hint = "use 1 to 64 letters, digits, dots, hyphens and underscores"
        raise EnrolError(f"{person!r} cannot be a person id", hint=hint)


def which_eyes(folder: Path, eye: Eye | None) -> list[tuple[Eye, Path]]:
    """Return the files of a folder with the eye each one shows: by sub-folders L and R, or all of `eye`.

    Raise EnrolError when the folder does not say and nobody else does: an eye is never guessed.
    """
    if not folder.is_dir():
        raise EnrolError(f"there is no folder {folder}", hint="give the folder with the images of one person")
    named = {sub: EYE_FOLDERS[sub.name.lower()] for sub in folder.iterdir() if sub.name.lower() in EYE_FOLDERS}
    if eye is not None and not named:
        return [(eye, path) for path in sorted(folder.iterdir()) if path.is_file()]
    if eye is not None or not named:
        hint = "put the images into sub-folders L and R, or say --eye left or --eye right for a folder without them"
        raise EnrolError(f"{folder} does not say which eye its images show", hint=hint)
    return [(side, path) for sub, side in sorted(named.items()) for path in sorted(sub.iterdir()) if path.is_file()]


def _one_eye(person: str, eye: Eye, frames: list[Frame], steps: Steps) -> tuple[list[Reference], list[Refused]]:
    templates: list[tuple[Frame, Template]] = []
    refused = []
    for frame in frames:
        template = steps.extract(frame, eye)
        if isinstance(template, Reason):
            refused.append(Refused(frame.source, template))
        else:
            templates.append((frame, template))
    references = [steps.refer(template, person, eye) for _, template in templates]
    agreeing = [_agrees(index, template, references, steps) for index, (_, template) in enumerate(templates)]
    refused += [
        Refused(frame.source, None) for (frame, _), agrees in zip(templates, agreeing, strict=True) if not agrees
    ]
    kept = [index for index, agrees in enumerate(agreeing) if agrees]
    if not kept:
        counted = Counter(one.reason or "differs from the others" for one in refused)
        why = ", ".join(f"{count} {reason}" for reason, count in counted.items())
        hint = "take new images: eye wide open, straight into the camera, no glasses"
        raise EnrolError(f"no image of the {eye} eye can be trusted ({why})", hint=hint)
    for index in kept:
        owner = steps.owner(templates[index][1])
        if owner is not None and owner != person:
            hint = f"if it is the same person, remove {owner!r} first; if not, ask who the images show"
            raise EnrolError(f"this {eye} eye is enrolled as {owner!r} already", hint=hint)
    return [references[index] for index in kept], refused


def _agrees(index: int, template: Template, references: list[Reference], steps: Steps) -> bool:
    """Whether an image shows the same eye as at least one other; a single image has nobody to disagree with."""
    others = references[:index] + references[index + 1 :]
    return not others or steps.agrees(template, others)
