"""Every enrolled eye of this kiosk, laid out for searching; who comes or goes moves only the shelves they stand on."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from terminal.errors import GalleryError
from terminal.match.hamming import NOTHING_TO_COMPARE, PackedBits, distances, pack
from terminal.types import Eye, Reference, Scores, Template

Indices = npt.NDArray[np.intp]

SHELF = 2048  # images on one shelf at most: 4.7 MB to copy for a change; larger ones search no faster (measured up to 20,480)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Some of the enrolled images of one eye."""

    eye: Eye
    owner: Indices  # (n,) places in the people of the gallery
    packed: PackedBits  # of n eyes


@dataclass(frozen=True, slots=True)
class Gallery:
    """N enrolled eye images of P people, shelf after shelf; image n shows an eye of `people[owner[n]]`.

    A value: a changed gallery is another one, which shares the shelves that did not change, so a search may go on in the old.
    """

    people: tuple[str, ...]  # P
    owner: Indices  # (N,)
    shelves: tuple[Shelf, ...]
    model: str | None  # what made all of them; None while nobody is enrolled


EMPTY = Gallery((), np.empty(0, dtype=np.intp), (), None)


def build(references: Iterable[Reference]) -> Gallery:
    """Lay out references for searching; raise GalleryError when they were not all made by the same model."""
    return changed(EMPTY, (), references)


def changed(gallery: Gallery, gone: Collection[str], references: Iterable[Reference]) -> Gallery:
    """Return the gallery without the people `gone` and with `references` added; who is in both is replaced.

    Raise GalleryError when not all that remain were made by the same model.
    """
    new = list(references)
    people, shelves = _without(gallery, set(gone)) if gone else (gallery.people, list(gallery.shelves))
    models = {one.model for one in new} | ({gallery.model} if shelves and gallery.model else set())
    if len(models) > 1:
        hint = "enrol again those whose references another version made"
        raise GalleryError(
            f"the gallery mixes references of {len(models)} models: {', '.join(sorted(models))}", hint=hint
        )
    coming = dict.fromkeys(one.person for one in new)
    place_of = {person: place for place, person in enumerate(people) if person in coming}
    newcomers = tuple(person for person in coming if person not in place_of)
    place_of |= {person: place for place, person in enumerate(newcomers, len(people))}
    for eye in Eye:
        shelves = _filled(shelves, eye, [one for one in new if one.eye is eye], place_of)
    owner = np.concatenate([EMPTY.owner, *(shelf.owner for shelf in shelves)])
    return Gallery(people + newcomers, owner, tuple(shelves), models.pop() if models else None)


def search(gallery: Gallery, template: Template, eye: Eye | None = None) -> Scores:
    """Return how unlike a captured iris is to every enrolled eye image, (N,) float32; an image of the other eye scores 1.0.

    Raise GalleryError when the template was made by another model than the gallery.
    """
    if gallery.model is not None and template.model != gallery.model:
        hint = "start the kiosk again after an update, and enrol again what an older version made"
        raise GalleryError(
            f"a template of {template.model} cannot be compared with references of {gallery.model}", hint=hint
        )
    scores = np.full(len(gallery.owner), NOTHING_TO_COMPARE, dtype=np.float32)
    asked = np.concatenate(
        [np.empty(0, np.bool_), *(np.full(len(shelf.owner), eye in (None, shelf.eye)) for shelf in gallery.shelves)]
    )
    compared = [shelf.packed for shelf in gallery.shelves if eye in (None, shelf.eye)]
    scores[asked] = distances(template.code, template.mask, *compared)
    return scores


def _without(gallery: Gallery, gone: set[str]) -> tuple[tuple[str, ...], list[Shelf]]:
    """Return who stays, and the shelves that are left with owners at their new places."""
    stays = np.array([person not in gone for person in gallery.people], dtype=np.bool_)
    places = np.where(stays, np.cumsum(stays) - 1, -1)
    shelves = [kept for shelf in gallery.shelves if len((kept := _moved(shelf, places)).owner)]
    return tuple(person for person in gallery.people if person not in gone), shelves


def _moved(shelf: Shelf, places: Indices) -> Shelf:
    """Return a shelf with its owners at their new places, (P,), and without the images of those whose place is -1."""
    owner = places[shelf.owner]
    stays = owner >= 0
    if stays.all():
        return Shelf(shelf.eye, owner, shelf.packed)
    return Shelf(shelf.eye, owner[stays], PackedBits(shelf.packed.values[stays], shelf.packed.masks[stays]))


def _filled(shelves: list[Shelf], eye: Eye, new: list[Reference], place_of: dict[str, int]) -> list[Shelf]:
    """Put new images where shelves of that eye have room, and the rest on new ones."""
    waiting = iter(new)
    filled = []
    for shelf in shelves:
        room = SHELF - len(shelf.owner) if shelf.eye is eye else 0
        filled.append(_extended(shelf, list(islice(waiting, room)), place_of))
    while some := list(islice(waiting, SHELF)):
        filled.append(_laid_out(eye, some, place_of))
    return filled


def _extended(shelf: Shelf, new: list[Reference], place_of: dict[str, int]) -> Shelf:
    if not new:
        return shelf
    more = _laid_out(shelf.eye, new, place_of)
    bits = PackedBits(
        np.concatenate([shelf.packed.values, more.packed.values]),
        np.concatenate([shelf.packed.masks, more.packed.masks]),
    )
    return Shelf(shelf.eye, np.concatenate([shelf.owner, more.owner]), bits)


def _laid_out(eye: Eye, new: list[Reference], place_of: dict[str, int]) -> Shelf:
    owner = np.array([place_of[one.person] for one in new], dtype=np.intp)
    code, mask = (
        np.concatenate(rows).reshape(len(new), -1) for rows in ([one.code for one in new], [one.mask for one in new])
    )
    return Shelf(eye, owner, pack(code, mask))
