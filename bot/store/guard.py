"""Why no query can reach another workspace: every session filters by its workspace or refuses."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, event
from sqlalchemy.orm import ORMExecuteState, Session, UserDefinedOption, with_loader_criteria
from sqlalchemy.sql import visitors
from sqlmodel import col

from bot.store import tables
from bot.store.errors import UnscopedQuery, WrongWorkspace
from bot.store.tables import EVERY_TEAM, Scoped, Shared

__all__ = ["ACROSS", "ScopedSession"]

ACROSS = "across"
"""The team of a session that may see every workspace: for claiming work, never for answering anyone."""


class ScopedSession(Session):
    """A session of the workspace in `info["team_id"]`; without one it refuses every table of a workspace."""

    @property
    def team_id(self) -> str | None:
        """The workspace; ACROSS for all of them; None for a session that nobody scoped."""
        team_id: str | None = self.info.get("team_id")
        return team_id


_OWNED: tuple[type[Any], ...] = tuple(
    kind for name in tables.__all__ if isinstance(kind := getattr(tables, name), type) and hasattr(kind, "__table__")
    and issubclass(kind, Scoped | Shared)
)  # fmt: skip
_OWNED_TABLES = frozenset(kind.__table__ for kind in _OWNED)


@event.listens_for(ScopedSession, "do_orm_execute")
def _filter_by_team(state: ORMExecuteState) -> None:
    session = state.session
    assert isinstance(session, ScopedSession)  # noqa: S101 - the listener is bound to this class
    _refuse_what_cannot_be_filtered(state)
    if session.team_id is None:
        raise UnscopedQuery(str(state.statement))
    if session.team_id != ACROSS:
        state.statement = state.statement.options(*_criteria(session.team_id))  # type: ignore[attr-defined]


def _criteria(team_id: str) -> Iterable[UserDefinedOption]:
    """One filter a class; those whose table a statement leaves out cost nothing in it."""
    for kind in _OWNED:
        owner = col(kind.team_id)
        mine = owner == team_id if issubclass(kind, Scoped) else owner.in_((team_id, EVERY_TEAM))
        yield with_loader_criteria(kind, mine, include_aliases=True)  # type: ignore[misc]


def _refuse_what_cannot_be_filtered(state: ORMExecuteState) -> None:
    """Text and Core statements carry no entity to filter; inserts have no rows yet: `Scope.insert` stamps those."""
    if not state.is_orm_statement or state.is_insert or _core_columns(state.statement):
        raise UnscopedQuery(str(state.statement))


def _core_columns(statement: Any) -> bool:
    return any(
        isinstance(part, Column) and part.table in _OWNED_TABLES and "parententity" not in part._annotations
        for part in visitors.iterate(statement)
    )


@event.listens_for(ScopedSession, "before_flush")
def _stamp(session: ScopedSession, *_: Any) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Scoped | Shared):
            _check_owner(row, session.team_id)


def _check_owner(row: Scoped | Shared, team_id: str | None) -> None:
    if team_id is None:
        raise UnscopedQuery(f"a write to {type(row).__name__}")
    if team_id == ACROSS:
        return
    row.team_id = row.team_id or team_id
    if row.team_id != team_id:
        raise WrongWorkspace(team_id, row.team_id)
