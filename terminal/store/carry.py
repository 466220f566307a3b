"""The gallery as one sealed file: for a kiosk without a network, and for the next card when this one dies."""

import base64
import json
import zlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from terminal.errors import GalleryError
from terminal.store.db import GalleryStore
from terminal.store.vault import SALT_BYTES, vault_of_passphrase
from terminal.types import Eye, Reference

HEADER = b"tatap gallery 1\n"  # also the label it is sealed under


@dataclass(frozen=True, slots=True)
class Carried:
    """One person as the file holds them."""

    person: str
    name: str
    references: tuple[Reference, ...]


def export_gallery(store: GalleryStore, path: Path, passphrase: str, salt: bytes) -> int:
    """Write everybody enrolled to `path`, sealed with a passphrase, and return how many; `salt` is 16 random bytes."""
    of: dict[str, list[dict[str, str]]] = defaultdict(list)
    for one in store.references():
        of[one.person].append(_out(one))
    people = [{"person": p.person, "name": p.name, "references": of[p.person]} for p in store.people()]
    packed = zlib.compress(json.dumps(people).encode())
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.write_bytes(HEADER + salt + vault_of_passphrase(passphrase, salt).seal(packed, HEADER))
        fresh.replace(path)
    except OSError as error:
        raise GalleryError(
            f"{path} cannot be written: {error.strerror}", hint="check the stick and its space"
        ) from error
    return len(people)


def import_gallery(store: GalleryStore, path: Path, passphrase: str, at_utc_ns: int) -> int:
    """Enrol everybody in a file of `export_gallery`, and return how many: all of them, or nobody when there is a fault."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise GalleryError(f"{path} cannot be read: {error.strerror}", hint="check the path and the stick") from error
    if not data.startswith(HEADER):
        raise GalleryError(f"{path} is not an exported gallery", hint="make one with `tatap gallery export`")
    salt, sealed = data[len(HEADER) :][:SALT_BYTES], data[len(HEADER) + SALT_BYTES :]
    people = [
        _in(one) for one in json.loads(zlib.decompress(vault_of_passphrase(passphrase, salt).open(sealed, HEADER)))
    ]
    store.put_all(((one.person, one.name, one.references) for one in people), at_utc_ns)
    return len(people)


def _out(one: Reference) -> dict[str, str]:
    bits = {part: base64.b64encode(getattr(one, part).tobytes()).decode() for part in ("code", "mask")}
    return {"eye": str(one.eye), "model": one.model, **bits}


def _in(table: dict[str, Any]) -> Carried:
    references = tuple(
        Reference(
            table["person"],
            Eye(one["eye"]),
            np.frombuffer(base64.b64decode(one["code"]), dtype=np.uint64),
            np.frombuffer(base64.b64decode(one["mask"]), dtype=np.uint64),
            one["model"],
        )
        for one in table["references"]
    )
    return Carried(table["person"], table["name"], references)
