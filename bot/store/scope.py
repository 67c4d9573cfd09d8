"""What a subject module is handed: one transaction, in the scope of one workspace."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Result, ScalarResult, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped
from sqlalchemy.sql.base import Executable, ReadOnlyColumnCollection
from sqlmodel import SQLModel

from bot.store.errors import UnscopedQuery, WrongWorkspace
from bot.store.guard import ACROSS, ScopedSession
from bot.store.tables import EVERY_TEAM, Shared

__all__ = ["Changes", "Columns", "Scope"]

R = TypeVar("R", bound=SQLModel)
Columns = ReadOnlyColumnCollection[str, Any]
Changes = Callable[[Columns, Columns], Mapping[str, Any]]
"""From the columns of the row that is kept, and of the row that was given, to what the kept one becomes."""


class Scope:
    """One transaction of one workspace: commits when its `with` block ends, rolls back when that raises."""

    def __init__(self, session: ScopedSession) -> None:
        self._session = session

    @property
    def team_id(self) -> str:
        """The workspace.

        Raises:
            UnscopedQuery: this transaction spans all workspaces.
        """
        team_id = self._session.team_id
        if team_id is None or team_id == ACROSS:
            raise UnscopedQuery("the name of the one workspace")
        return team_id

    def execute(self, statement: Executable) -> Result[*tuple[Any, ...]]:
        """Run a SELECT, UPDATE or DELETE of table classes; only rows of this workspace are seen."""
        result: Result[*tuple[Any, ...]] = self._session.execute(statement)
        return result

    def scalars(self, statement: Executable) -> ScalarResult[Any]:
        """The first column of each row."""
        return self._session.scalars(statement)

    def count_by(self, column: Mapped[str]) -> dict[str, int]:
        """How many rows of this workspace there are with each value of a column."""
        rows = self.execute(select(column, func.count()).group_by(column))
        return {str(value): int(count) for value, count in rows}

    def get(self, kind: type[R], *key: str, is_locked: bool = False) -> R | None:
        """The row with this primary key (without `team_id`), if it is this workspace's; `is_locked` until the end."""
        names = [column.name for column in kind.__table__.primary_key if column.name != "team_id"]  # type: ignore[attr-defined]
        query = select(kind).where(*(getattr(kind, name) == part for name, part in zip(names, key, strict=True)))
        row: R | None = self._session.scalars(query.with_for_update() if is_locked else query).one_or_none()
        return row

    def flush(self) -> None:
        """Write what changed in rows that were read."""
        self._session.flush()

    def add(self, row: SQLModel) -> None:
        """Write a new row now; an empty `team_id` becomes this workspace's."""
        self._session.add(row)
        self._session.flush()

    def insert_new(self, kind: type[SQLModel], rows: Sequence[Mapping[str, Any]], returning: str) -> list[Any]:
        """Insert those of `rows` that break no unique key; the column `returning` of each that went in.

        The count of returned values is the count of inserted rows on every database, unlike `rowcount`.
        """
        if not rows:
            return []
        statement = _insert_new(kind, self._dialect, returning)
        stamped = [self._stamped(kind, row) for row in rows]
        return list(self._session.connection().execute(statement, stamped).scalars())

    def upsert(self, kind: type[SQLModel], rows: Sequence[Mapping[str, Any]], changes: Changes | None = None) -> None:
        """Insert each of `rows`; where its primary key exists, set `changes` (default: every other column given)."""
        if not rows:
            return
        table = kind.__table__  # type: ignore[attr-defined]
        keys = [column.name for column in table.primary_key]
        statement = _insert(kind, self._dialect)
        given = {name: statement.excluded[name] for name in rows[0] if name not in keys}
        changed = given if changes is None else changes(table.c, statement.excluded)
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
        self._session.connection().execute(statement, [self._stamped(kind, row) for row in rows])

    @property
    def _dialect(self) -> str:
        return self._session.get_bind().dialect.name

    def _stamped(self, kind: type[SQLModel], row: Mapping[str, Any]) -> dict[str, Any]:
        """`row` with the workspace's id: these inserts bypass the session that would otherwise write it."""
        if self._session.team_id == ACROSS:
            team_id = row.get("team_id") or (EVERY_TEAM if issubclass(kind, Shared) else None)
            if team_id is None:
                raise UnscopedQuery(f"a write to {kind.__name__}")
            return {**row, "team_id": team_id}
        if row.get("team_id", self.team_id) != self.team_id:
            raise WrongWorkspace(self.team_id, row["team_id"])
        return {**row, "team_id": self.team_id}


def _insert(kind: type[SQLModel], dialect: str) -> Any:
    """Both dialects have ON CONFLICT, each in its own class."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(kind.__table__)  # type: ignore[attr-defined]


@cache
def _insert_new(kind: type[SQLModel], dialect: str, returning: str) -> Any:
    """Built once: requests are acknowledged only after such a statement."""
    return _insert(kind, dialect).on_conflict_do_nothing().returning(kind.__table__.c[returning])  # type: ignore[attr-defined]
