"""Every enrolled eye of this kiosk, laid out once for searching."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from terminal.errors import GalleryError
from terminal.match.hamming import NOTHING_TO_COMPARE, PackedBits, distances, pack
from terminal.types import Eye, Reference, Scores, Template


@dataclass(frozen=True, slots=True)
class Shelf:
    """The enrolled images of one eye: which of the gallery they are, and their bits."""

    places: slice
    packed: PackedBits


@dataclass(frozen=True, slots=True)
class Gallery:
    """N enrolled eye images of P people; image n shows an eye of `people[owner[n]]`. Left eyes stand before right ones."""

    people: tuple[str, ...]  # P
    owner: npt.NDArray[np.intp]  # (N,)
    shelves: dict[Eye, Shelf]
    model: str | None  # what made all of them; None while nobody is enrolled


def build(references: Iterable[Reference]) -> Gallery:
    """Lay out references for searching; raise GalleryError when they were not all made by the same model."""
    ordered = sorted(references, key=lambda one: one.eye)
    models = {one.model for one in ordered}
    if len(models) > 1:
        hint = "enrol again those whose references another version made"
        raise GalleryError(
            f"the gallery mixes references of {len(models)} models: {', '.join(sorted(models))}", hint=hint
        )
    shelves = {}
    for eye in Eye:
        places = [place for place, one in enumerate(ordered) if one.eye is eye]
        if places:
            code, mask = (np.stack([getattr(ordered[place], part) for place in places]) for part in ("code", "mask"))
            shelves[eye] = Shelf(slice(places[0], places[-1] + 1), pack(code, mask))
    people = {person: place for place, person in enumerate(sorted({one.person for one in ordered}))}
    owner = np.array([people[one.person] for one in ordered], dtype=np.intp)
    return Gallery(tuple(people), owner, shelves, models.pop() if models else None)


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
    for which, shelf in gallery.shelves.items():
        if eye is None or which is eye:
            scores[shelf.places] = distances(template.code, template.mask, shelf.packed)
    return scores
