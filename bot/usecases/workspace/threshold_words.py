"""A workload's thresholds as people write them: `two-approvers=$500`, `never`, or `workspace` for none of its own."""

from collections.abc import Mapping
from typing import Any

from bot.usecases.words.problems import Unreadable
from bot.usecases.workspace.preferences import Preferences
from bot.usecases.workspace.setting_words import named
from bot.usecases.workspace.thresholds import FIELDS, NAMES, Name, Own, is_looser, standing

__all__ = ["Wanted", "changed", "read", "rows", "spelled"]

Wanted = Mapping[Name, float | str | None]
"""Above what from now on, None for never; `_WORKSPACE` gives up the workload's own."""

_WORKSPACE = "workspace"


def read(pairs: Mapping[str, str]) -> tuple[dict[Name, float | str | None], dict[str, Unreadable]]:
    """What is wanted, by name, and what is wrong with each key that cannot be read; nothing is the workspace's."""
    wanted: dict[Name, float | str | None] = {}
    wrong: dict[str, Unreadable] = {}
    for key, text in pairs.items():
        try:
            wanted[_name(key)] = _value(key, text.strip())
        except Unreadable as unreadable:
            wrong[key] = unreadable
    return wanted, wrong


def _name(key: str) -> Name:
    setting = named(key)
    name = next((each for each in NAMES if each == setting.key), None)
    if name is None:
        hint = f"a workload may have {', '.join(NAMES)} of its own; settings {setting.key}=… is for all workloads"
        raise Unreadable(f"{setting.key} is the workspace's alone", hint)
    return name


def _value(key: str, text: str) -> float | str | None:
    if not text or text.casefold() == _WORKSPACE:
        return _WORKSPACE
    found: float | None = named(key).kind.read(text)
    return found


def changed(
    owned: Mapping[Name, Own], wanted: Wanted, prefers: Preferences, by: str | None, *, is_administrator: bool
) -> tuple[dict[Name, Own], dict[Name, Unreadable]]:
    """What is set from then on, and what its owner alone may not set; whatever stays as it was stays whose it was."""
    after, wrong = dict(owned), dict[Name, Unreadable]()
    for name, above in wanted.items():
        mine = None if isinstance(above, str) else Own(above, by, is_administrator)
        if _is_same(owned.get(name), mine):
            continue
        if not is_administrator and (refused := _lifts(name, mine, owned.get(name), prefers)):
            wrong[name] = refused
        elif mine is None:
            after.pop(name, None)
        else:
            after[name] = mine
    return after, wrong


def _is_same(before: Own | None, after: Own | None) -> bool:
    return before is after or (before is not None and after is not None and before.above == after.above)


def _lifts(name: Name, mine: Own | None, before: Own | None, prefers: Preferences) -> Unreadable | None:
    """Why an owner may not set this: it would lift what the workspace or an administrator asks for."""
    if name == "slowing-above":
        return None
    workspaces: float | None = getattr(prefers, FIELDS[name])
    then = workspaces if mine is None else mine.above
    administrators = [before.above] if before and before.is_administrators else []
    lifted = next((each for each in (*administrators, workspaces) if is_looser(then, each)), None)
    if lifted is None:
        return None
    whose = "an administrator" if administrators and lifted == administrators[0] else "this workspace"
    kind = named(name).kind
    what = f"{kind.spell(then)} would loosen {name}, which {whose} set to {kind.spell(lifted)}"
    return Unreadable(what, f"write {kind.spell(lifted)} or less, or ask an administrator")


def spelled(owned: Mapping[Name, Own]) -> dict[Name, str]:
    """What is set, as somebody would write it."""
    return {name: named(name).kind.spell(owned[name].above) if name in owned else _WORKSPACE for name in NAMES}


def rows(prefers: Preferences, owned: Mapping[Name, Own]) -> list[dict[str, Any]]:
    """What holds, as views show it: each with its own value, which is empty for none, and the workspace's."""
    holding = standing(prefers, owned)
    return [
        {
            "key": name,
            "label": named(name).label,
            "value": named(name).kind.spell(holding[name].above),
            "whose": holding[name].whose,
            "own": named(name).kind.spell(owned[name].above) if name in owned else "",
            "workspace": named(name).kind.spell(getattr(prefers, FIELDS[name])),
        }
        for name in NAMES
    ]
