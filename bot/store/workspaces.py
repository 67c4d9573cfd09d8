"""The workspaces that the bot serves, and what their administrators changed."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import col

from bot.store.columns import Document, utc_now
from bot.store.scope import Scope
from bot.store.tables import METADATA, Scoped, Shared, WorkspaceRow
from engine import Policy

__all__ = [
    "UNNAMED",
    "adopt",
    "change_settings",
    "ensure",
    "enterprise_of",
    "forget",
    "join_enterprise",
    "list_ids",
    "list_of_enterprise",
    "lock",
    "policy",
    "save_policy",
    "settings",
]

UNNAMED = "local"
"""The workspace of what was imported before anybody said for which: `adopt` gives it its name."""

_POLICY = "policy"  # the key of the settings under which the engine's policy stands


def ensure(scope: Scope, name: str | None = None) -> bool:
    """Know this workspace from now on; whether it was new."""
    row: dict[str, Any] = {"name": name, "settings": {}, "created_at": utc_now()}
    return bool(scope.insert_new(WorkspaceRow, [row], "team_id"))


def adopt(across: Scope, team_id: str) -> bool:
    """Make everything of UNNAMED that of `team_id`, unless that one is known already; whether anything was adopted."""
    known = list_ids(across)
    if UNNAMED not in known or team_id in known:
        return False
    kinds: list[type[Any]] = [WorkspaceRow, *Scoped.__subclasses__(), *Shared.__subclasses__()]
    for kind in kinds:
        owner = col(kind.team_id)
        across.execute(update(kind).where(owner == UNNAMED).values(team_id=team_id))
    return True


def list_ids(across: Scope) -> list[str]:
    """The id of every workspace, in the order in which they came."""
    return list(across.scalars(select(col(WorkspaceRow.team_id)).order_by(col(WorkspaceRow.created_at))))


def enterprise_of(scope: Scope) -> str | None:
    """The organisation that this workspace was said to belong to."""
    row = scope.get(WorkspaceRow)
    return None if row is None else row.enterprise_id


def join_enterprise(scope: Scope, enterprise_id: str | None) -> None:
    """Remember the organisation that this workspace belongs to, or with None that it belongs to none any more."""
    ensure(scope)
    scope.execute(update(WorkspaceRow).values(enterprise_id=enterprise_id))


def list_of_enterprise(across: Scope, enterprise_id: str) -> list[str]:
    """The known workspaces of an organisation."""
    mine = col(WorkspaceRow.enterprise_id) == enterprise_id
    return list(across.scalars(select(col(WorkspaceRow.team_id)).where(mine).order_by(col(WorkspaceRow.team_id))))


def forget(scope: Scope) -> int:
    """Delete everything of this workspace, its audit log and its access included; how many rows there were.

    A price list or anything else that all workspaces share stays.
    """
    kinds: list[type[Any]] = [*Scoped.__subclasses__(), *Shared.__subclasses__()]
    owned = {kind.__tablename__: kind for kind in kinds}
    names = [table.name for table in reversed(METADATA.sorted_tables)]  # what refers to others goes first
    in_order = [owned[name] for name in names if name in owned]
    return sum(_emptied(scope, kind) for kind in in_order)


def _emptied(scope: Scope, kind: type[Any]) -> int:
    mine = delete(kind).where(col(kind.team_id) == scope.team_id).returning(col(kind.team_id))
    return len(scope.scalars(mine.execution_options(synchronize_session=False)).all())


def lock(scope: Scope) -> None:
    """Wait until no other transaction holds this workspace, and hold it until this one ends."""
    ensure(scope)
    scope.get(WorkspaceRow, is_locked=True)


def settings(scope: Scope) -> Document:
    """What the administrators of this workspace changed; empty when nothing was."""
    row = scope.get(WorkspaceRow)
    return {} if row is None else row.settings


def change_settings(scope: Scope, changes: Mapping[str, Any]) -> Document:
    """Set each of `changes`, or with None return it to its default; the settings that result."""
    ensure(scope)
    row = scope.get(WorkspaceRow, is_locked=True)
    assert row is not None  # noqa: S101 - `ensure` wrote it
    row.settings = {key: value for key, value in {**row.settings, **changes}.items() if value is not None}
    scope.flush()
    return row.settings


def policy(scope: Scope) -> Policy:
    """The defaults of this workspace: the engine's own, except where an administrator changed them."""
    return replace(Policy(), **settings(scope).get(_POLICY, {}))


def save_policy(scope: Scope, changed: Policy) -> None:
    """Make `changed` the policy. Only what differs from the engine's own is kept, so that its defaults can improve."""
    shipped = asdict(Policy())
    change_settings(scope, {_POLICY: {key: value for key, value in asdict(changed).items() if value != shipped[key]}})
