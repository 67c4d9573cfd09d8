"""Why no query can reach another workspace: every session filters by its workspace or refuses."""

from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Column, Table, TextClause, event
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql import visitors
from sqlalchemy.sql.visitors import ExternallyTraversible
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


_OWNED: dict[Any, type[Any]] = {
    kind.__table__: kind  # type: ignore[union-attr]
    for name in tables.__all__
    if isinstance(kind := getattr(tables, name), type)
    and issubclass(kind, Scoped | Shared)
    and kind not in {Scoped, Shared}
}


@event.listens_for(ScopedSession, "do_orm_execute")
def _filter_by_team(state: ORMExecuteState) -> None:
    """Runs before every statement of a session, whoever wrote it."""
    team_id = state.session.info.get("team_id")
    owned = _owned_tables(state)
    if team_id is None or owned is None:
        raise UnscopedQuery(str(state.statement))
    if team_id != ACROSS:
        state.statement = state.statement.options(*(_criterion(table, team_id) for table in owned))


def _owned_tables(state: ORMExecuteState) -> set[Any] | None:
    """The owned tables in a statement; None when a filter cannot reach one of them.

    Text and Core tables carry no entity that a filter could attach to. An INSERT has nothing to filter;
    `Scope.insert_new` and `Scope.upsert` stamp its rows instead.
    """
    if not state.is_orm_statement or state.is_insert:
        return None
    found: set[Any] = set()
    reached: set[Any] = set()
    for part in visitors.iterate(cast("ExternallyTraversible", state.statement)):
        entity = part._annotations.get("parententity")  # noqa: SLF001 - what SQLAlchemy's own criteria look for
        if entity is not None:
            reached.add(entity.mapper.local_table)
        elif isinstance(part, TextClause) or (isinstance(part, Column) and part.table in _OWNED):
            return None
        elif isinstance(part, Table) and part in _OWNED:
            found.add(part)
    return reached & _OWNED.keys() if found <= reached else None


@lru_cache(maxsize=256)
def _criterion(table: Any, team_id: str) -> LoaderCriteriaOption:
    kind = _OWNED[table]
    owner = col(kind.team_id)
    mine = owner == team_id if issubclass(kind, Scoped) else owner.in_((team_id, EVERY_TEAM))
    return with_loader_criteria(kind, mine, include_aliases=True)


@event.listens_for(ScopedSession, "before_flush")
def _stamp(session: ScopedSession, *_: Any) -> None:
    """Runs before rows are written: none may leave for another workspace."""
    for row in (*session.new, *session.dirty, *session.deleted):
        _check_owner(row, session.info.get("team_id"))


def _check_owner(row: Any, team_id: str | None) -> None:
    if team_id is None:
        raise UnscopedQuery(f"a write to {type(row).__name__}")
    if team_id == ACROSS:
        return
    row.team_id = row.team_id or team_id
    if row.team_id != team_id:
        raise WrongWorkspace(team_id, row.team_id)
