"""From where on an approval needs more than one member's word: as the workspace says, or as a workload's own people do.

Who sets one for a workload decides how far it reaches. An administrator's stands instead of the workspace's. The
owner's may make the workspace's stricter, never looser: else whoever is asked to keep to a budget could lift it. Of
slowing down the owner alone decides, since it is the owner whom that threshold protects.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, TypeAlias, get_args

from bot.store import Scope
from bot.store import thresholds as stored
from bot.usecases.workspace.preferences import Preferences

__all__ = [
    "FIELDS",
    "NAMES",
    "Name",
    "Own",
    "Standing",
    "Threshold",
    "applied",
    "change",
    "is_looser",
    "own",
    "standing",
]

Name = Literal["spending-above", "slowing-above", "two-approvers-above"]
NAMES: tuple[Name, ...] = get_args(Name)
FIELDS: Mapping[Name, str] = {
    "spending-above": "spending_needs_budget_owner_above_usd_per_day",
    "slowing-above": "slowing_needs_owner_above",
    "two-approvers-above": "two_approvers_above_usd_per_day",
}
"""The preference that holds the workspace's threshold of that name."""

Whose = Literal["workspace", "owner", "administrator"]


@dataclass(frozen=True, slots=True)
class Own:
    """What somebody set for one workload: above what (None: never), and as what they set it."""

    above: float | None
    by: str | None
    is_administrators: bool


@dataclass(frozen=True, slots=True)
class Threshold:
    """What holds, and whose word it is. `above` is USD a day, or a share of throughput; None never applies."""

    above: float | None
    whose: Whose = "workspace"


Standing: TypeAlias = Mapping[Name, Threshold]


def own(scope: Scope, workload: str, *, is_locked: bool = False) -> dict[Name, Own]:
    """What was set for that workload."""
    found = stored.of(scope, workload, is_locked=is_locked)
    return {name: Own(**found[name]) for name in NAMES if name in found}


def change(scope: Scope, workload: str, wanted: Mapping[Name, Own]) -> bool:
    """Make `wanted` what is set for that workload; False when nobody knows it."""
    return stored.change(scope, workload, {name: asdict(each) for name, each in wanted.items()})


def standing(prefers: Preferences, owned: Mapping[Name, Own]) -> dict[Name, Threshold]:
    """What holds for a workload with these of its own, in a workspace with these preferences."""
    return {name: _standing(name, getattr(prefers, FIELDS[name]), owned.get(name)) for name in NAMES}


def _standing(name: Name, workspaces: float | None, mine: Own | None) -> Threshold:
    if mine is None:
        return Threshold(workspaces)
    if mine.is_administrators:
        return Threshold(mine.above, "administrator")
    is_kept = name == "slowing-above" or not is_looser(mine.above, workspaces)
    return Threshold(mine.above, "owner") if is_kept else Threshold(workspaces)


def is_looser(above: float | None, than: float | None) -> bool:
    """Whether the first asks for another's word less often; never is the loosest of all."""
    return than is not None and (above is None or above > than)


def applied(prefers: Preferences, holding: Standing) -> Preferences:
    """`prefers` with what holds for one workload in place of the workspace's."""
    changed: dict[str, Any] = {FIELDS[name]: each.above for name, each in holding.items()}
    return replace(prefers, **changed)
