"""The engine has one door, and behind it neither clock nor chance nor file."""

import ast
from pathlib import Path

import pytest

import engine

ROOMS = sorted(Path(engine.__file__).parent.glob("*.py"))
FORBIDDEN = {
    "os",
    "io",
    "sys",
    "pathlib",
    "random",
    "secrets",
    "time",
    "socket",
    "urllib",
    "subprocess",
    "bot",
    "threading",
    "importlib",
}
BACK_DOORS = {"__import__", "open", "eval", "exec", "input", "print"}


def imports_of(room: Path) -> set[str]:
    """The top-level packages that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(room.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


def test_everything_behind_the_door_is_named_and_there() -> None:
    public = {name for name in vars(engine) if not name.startswith("_") and not _is_room(name)}
    assert set(engine.__all__) == public
    assert len(engine.__all__) == len(set(engine.__all__))


def _is_room(name: str) -> bool:
    """Submodules become attributes by being imported; functions of the same name win."""
    return type(getattr(engine, name)).__name__ == "module"


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.stem)
def test_no_module_reaches_outside(room: Path) -> None:
    assert not imports_of(room) & FORBIDDEN


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.stem)
def test_no_module_takes_a_back_door(room: Path) -> None:
    names = {node.id for node in ast.walk(ast.parse(room.read_text(encoding="utf-8"))) if isinstance(node, ast.Name)}
    assert not names & BACK_DOORS


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.stem)
def test_every_module_says_what_it_offers(room: Path) -> None:
    tree = ast.parse(room.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    offered = [node for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"]
    assert len(offered) == 1


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.stem)
def test_no_module_asks_for_the_time(room: Path) -> None:
    calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(room.read_text())) if isinstance(node, ast.Call)}
    assert not {call for call in calls if call.split(".")[-1] in {"now", "utcnow", "today", "default_rng"}} - {"open"}
