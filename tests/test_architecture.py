"""The house: who may import whom, and how large a module may grow."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED_BY_ALL = {"types", "errors", "config", "ports", "outcome", "opencv", "database", "serve", "clock", "notify"}
ROOMS = {"capture", "extract", "match", "sync", "store", "enrol", "kiosk"}
ALSO = {
    "enrol": {"sync.wire"},  # what may be a person id
    "kiosk": {"sync.wire", "attend"},  # directions and windows, as the screen shows them
}
WHOLE_HOUSE = {"build", "service", "cli", "demo", "evaluate", "scan", "__main__"}  # put rooms together or measure them
CENTRAL_MAY = {"sync.wire", "sync.link", "settings", "errors", "database", "serve", "notify"}
MOST_LINES = 310


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Return the modules a file imports, wherever in it, as dotted names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            folder = ROOT / node.module.replace(".", "/")
            inside = {f"{node.module}.{alias.name}" for alias in node.names} if folder.is_dir() else set()
            found |= {name for name in inside if (ROOT / f"{name.replace('.', '/')}.py").exists()} or {node.module}
    return found


def of_terminal(path: Path) -> set[str]:
    return {name.removeprefix("terminal.") for name in imports(path) if name.startswith("terminal.")}


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_imports_itself_and_what_all_share(room: str) -> None:
    for path in modules(f"terminal/{room}"):
        strangers = {
            name
            for name in of_terminal(path)
            if name.split(".")[0] not in SHARED_BY_ALL | {room} and name not in ALSO.get(room, set())
        }
        assert not strangers, f"{path.relative_to(ROOT)} imports {strangers}"


def test_only_what_puts_rooms_together_knows_them_all() -> None:
    for path in (ROOT / "terminal").glob("*.py"):
        if path.stem in WHOLE_HOUSE:
            continue
        rooms = {name for name in of_terminal(path) if name.split(".")[0] in ROOMS} - {"sync.wire"}
        assert not rooms, f"{path.name} imports {rooms}"


def test_the_centre_knows_of_the_kiosk_only_what_both_speak() -> None:
    for path in modules("central"):
        assert of_terminal(path) <= CENTRAL_MAY, path
    known = {name for path in modules("terminal") if "demo" not in path.parts for name in imports(path)}
    assert not {name for name in known if name.split(".")[0] == "central"}


def test_records_can_be_read_with_the_standard_library_alone() -> None:
    wire = imports(ROOT / "terminal/sync/wire.py")
    assert wire <= {
        "hashlib",
        "json",
        "math",
        "re",
        "collections.abc",
        "dataclasses",
        "enum",
        "typing",
        "terminal.errors",
    }


def test_sync_and_the_centre_need_no_numpy() -> None:
    for path in [*modules("terminal/sync"), *modules("central")]:
        assert not {"numpy", "cv2", "terminal.types"} & imports(path), path


def test_thresholds_are_compared_in_one_place() -> None:
    others = [path for path in modules("terminal") if path.name != "decide.py" and "evaluate" not in path.parts]
    assert [path.name for path in others if "threshold(" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("package", ["terminal", "central", "bench"])
def test_a_module_fits_one_sitting(package: str) -> None:
    long = {
        str(p.relative_to(ROOT)): n for p in modules(package) if (n := len(p.read_text().splitlines())) > MOST_LINES
    }
    assert not long
