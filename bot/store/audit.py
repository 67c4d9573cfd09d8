"""Who did what, and when: added to, never changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.store.columns import Document
from bot.store.scope import Scope
from bot.store.tables import AuditRow

__all__ = ["Entry", "entries", "record"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. `actor` is a Slack user, None for the bot itself; `subject` a workload or a setting."""

    id: int
    at: datetime
    actor: str | None
    action: str
    subject: str
    detail: Document


def record(scope: Scope, at: datetime, actor: str | None, action: str, subject: str, **detail: Any) -> None:
    """Add a line, in the transaction that holds what it tells of. `action` is `noun.verb`, such as `advice.approve`."""
    scope.add(AuditRow(at=at, actor=actor, action=action, subject=subject, detail=detail))


def entries(scope: Scope, since: datetime | None = None, limit: int | None = None) -> Iterator[Entry]:
    """The lines of this workspace, newest first."""
    query = select(AuditRow).order_by(col(AuditRow.id).desc()).limit(limit)
    for row in scope.scalars(query if since is None else query.where(col(AuditRow.at) >= since)):
        yield Entry(**{name: getattr(row, name) for name in Entry.__slots__})
