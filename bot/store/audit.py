"""Who did what, and when: added to, never changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from bot.store.columns import Document
from bot.store.scope import Scope
from bot.store.tables import AuditRow

__all__ = ["Entry", "count", "entries", "get", "record"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. `actor` is a Slack user, None for the bot itself; `subject` a workload or a setting."""

    id: int
    at: datetime
    actor: str | None
    action: str
    subject: str
    detail: Document


def record(scope: Scope, at: datetime, actor: str | None, action: str, subject: str, **detail: Any) -> int:
    """Add a line, in the transaction that holds what it tells of; its id.

    `action` is `noun.verb`, such as `advice.approve`.
    """
    row = AuditRow(at=at, actor=actor, action=action, subject=subject, detail=detail)
    scope.add(row)
    return int(row.id or 0)


def get(scope: Scope, entry_id: int) -> Entry | None:
    """The line with that id, if it is this workspace's."""
    row = scope.scalars(select(AuditRow).where(col(AuditRow.id) == entry_id)).one_or_none()
    return None if row is None else _entry(row)


def count(scope: Scope) -> int:
    """How many lines there are."""
    return int(scope.scalars(select(func.count()).select_from(AuditRow)).one())


def entries(
    scope: Scope, since: datetime | None = None, limit: int | None = None, *, is_oldest_first: bool = False
) -> Iterator[Entry]:
    """The lines of this workspace, newest first unless told otherwise."""
    number = col(AuditRow.id)
    query = select(AuditRow).order_by(number if is_oldest_first else number.desc()).limit(limit)
    for row in scope.scalars(query if since is None else query.where(col(AuditRow.at) >= since)):
        yield _entry(row)


def _entry(row: AuditRow) -> Entry:
    return Entry(**{name: getattr(row, name) for name in Entry.__slots__})
