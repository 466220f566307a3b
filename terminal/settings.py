"""Typed settings from TOML: whatever is unknown, mistyped or out of range is refused with its line."""

import re
import tomllib
from pathlib import Path
from typing import TypeVar, get_args, get_type_hints

import msgspec

from terminal.errors import ConfigError

S = TypeVar("S", bound=msgspec.Struct)


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file: frozen, every key known."""


def read(path: Path, cls: type[S]) -> S:
    """Return the settings of a TOML file as `cls`; raise ConfigError naming file, line and key."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read {path}: {error}", hint="give the path of a TOML file with --config") from error
    try:
        return msgspec.convert(tomllib.loads(text), cls, dec_hook=_path)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}", hint="mend that line") from error
    except msgspec.ValidationError as error:
        raise _explained(path, text, str(error), cls) from error


def _path(cls: type, value: object) -> Path:
    if cls is Path and isinstance(value, str) and value:
        return Path(value)
    raise ValueError("Expected the path of a file or folder")


def _explained(path: Path, text: str, message: str, cls: type[msgspec.Struct]) -> ConfigError:
    what, _, where = message.partition(" - at `")
    keys = re.findall(r"[A-Za-z_]\w*", where.removeprefix("$"))
    unknown = re.search(r"unknown field `(.+?)`", what)
    missing = re.search(r"missing required field `(.+?)`", what)
    line = _line_of(text, [*keys, unknown[1]] if unknown else keys)
    place = f"{path}:{line}" if line else str(path)
    dotted = ".".join(keys)
    if unknown:
        known = ", ".join(_keys_of(cls, keys))
        return ConfigError(f"{place}: unknown key {unknown[1]!r} in [{dotted}]", hint=f"the keys there are: {known}")
    if missing:
        return ConfigError(f"{place}: [{dotted}] lacks {missing[1]!r}", hint="add it; the shipped example explains it")
    return ConfigError(f"{place}: {dotted}: {what}", hint="see the shipped example for what it takes")


def _line_of(text: str, keys: list[str]) -> int | None:
    """Return the line (from 1) of the last of `keys`, or of the deepest table on the way to it that has a line."""
    lines = text.splitlines()
    found, start, table = None, 0, ""
    for key in keys:
        table = f"{table}.{key}" if table else key
        pattern = rf"\s*(\[+\s*{re.escape(table)}\s*\]+|(?:[\w.]+\.)?{re.escape(key)}\s*=)"
        for number in range(start, len(lines)):
            if re.match(pattern, lines[number]):
                found, start = number + 1, number
                break
    return found


def _keys_of(cls: type[msgspec.Struct], path: list[str]) -> list[str]:
    """Return the key names of the table at `path`, seen through lists and optional tables."""
    table: object = cls
    for key in path:
        table = _struct_in(get_type_hints(table)[key])
    return list(get_type_hints(table))


def _struct_in(hint: object) -> object:
    """Return the table class inside `Table`, `Table | None` or `tuple[Table, ...]`."""
    return next((arg for arg in get_args(hint) if isinstance(arg, type) and issubclass(arg, msgspec.Struct)), hint)
