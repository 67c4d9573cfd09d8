"""Deliveries to the workspace's webhook: written with the decision, claimed and sent afterwards, kept as a log."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlmodel import col

from bot.store.scope import Scope
from bot.store.tables import WebhookRow

__all__ = [
    "ClaimedDelivery",
    "Delivery",
    "claim",
    "counts",
    "mark_dead",
    "mark_delivered",
    "mark_retry",
    "put",
    "recent",
    "send_again",
]

_UNFINISHED = ("waiting", "sending")


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery that this owner alone may attempt until its lease ends."""

    id: str
    team_id: str
    event: str
    body: str
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One line of the log. `state`: waiting, sending, sent or dead; `status` is the last HTTP status, if one came."""

    id: str
    event: str
    url: str
    state: str
    attempts: int
    status: int | None
    error: str | None
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None


def put(scope: Scope, delivery_id: str, event: str, body: str, url: str, now: datetime) -> None:
    """Deliver `body` once this transaction commits."""
    scope.add(WebhookRow(id=delivery_id, event=event, body=body, url=url, due_at=now, created_at=now))


def claim(across: Scope, owner: str, now: datetime, lease_seconds: float, limit: int = 10) -> list[ClaimedDelivery]:
    """Up to `limit` deliveries that are due; each is `owner`'s for `lease_seconds`.

    Oldest first, and the first of every workspace before the second of any: a slow receiver keeps nobody else waiting.
    """
    oldest = (col(WebhookRow.due_at), col(WebhookRow.id))
    turn = func.row_number().over(partition_by=col(WebhookRow.team_id), order_by=oldest).label("turn")
    is_due = (col(WebhookRow.state).in_(_UNFINISHED), col(WebhookRow.due_at) <= now)
    turns = select(col(WebhookRow.id), turn).where(*is_due).subquery()
    due = (
        select(col(WebhookRow.id))
        .join(turns, turns.c.id == WebhookRow.id)
        .where(*is_due)  # once more, as another process may have taken it since
        .order_by(turns.c.turn, *oldest)
        .limit(limit)
        .with_for_update(skip_locked=True, of=WebhookRow)
    )
    ids = across.scalars(due).all()
    if not ids:
        return []
    leased = {"state": "sending", "owner": owner, "due_at": now + timedelta(seconds=lease_seconds)}
    claimed = (
        update(WebhookRow)
        .where(col(WebhookRow.id).in_(ids))
        .values(attempts=col(WebhookRow.attempts) + 1, **leased)
        .returning(WebhookRow)
        .execution_options(synchronize_session=False)
    )
    rows = sorted(across.scalars(claimed), key=lambda row: (row.created_at, row.id))
    return [ClaimedDelivery(**{name: getattr(row, name) for name in ClaimedDelivery.__slots__}) for row in rows]


def mark_delivered(across: Scope, delivery_id: str, owner: str, now: datetime, url: str, status: int) -> bool:
    """The receiver took it; False when the lease was lost."""
    done = {"state": "sent", "finished_at": now, "error": None}
    return _finish(across, delivery_id, owner, url=url, status=status, **done)


def mark_retry(across: Scope, delivery_id: str, owner: str, at: datetime, status: int | None, error: str) -> bool:
    """Try again at that time; False when the lease was lost."""
    return _finish(across, delivery_id, owner, state="waiting", due_at=at, status=status, error=error)


def mark_dead(across: Scope, delivery_id: str, owner: str, now: datetime, status: int | None, error: str) -> bool:
    """Give up: it stays in the log; False when the lease was lost."""
    return _finish(across, delivery_id, owner, state="dead", finished_at=now, status=status, error=error)


def send_again(scope: Scope, delivery_id: str, now: datetime) -> bool:
    """Let a dead letter be tried anew; False when there is no such one."""
    dead = (col(WebhookRow.id) == delivery_id, col(WebhookRow.state) == "dead")
    again = {"state": "waiting", "due_at": now, "created_at": now, "finished_at": None}
    change = update(WebhookRow).where(*dead).values(**again).returning(col(WebhookRow.id))
    return scope.scalars(change).one_or_none() is not None


def recent(scope: Scope, limit: int = 10) -> list[Delivery]:
    """The last deliveries of this workspace, newest first."""
    query = select(WebhookRow).order_by(col(WebhookRow.created_at).desc(), col(WebhookRow.id).desc()).limit(limit)
    return [Delivery(**{name: getattr(row, name) for name in Delivery.__slots__}) for row in scope.scalars(query)]


def counts(scope: Scope) -> dict[str, int]:
    """How many deliveries there are in each state: waiting, sending, sent, dead."""
    return dict.fromkeys(("waiting", "sending", "sent", "dead"), 0) | scope.count_by(col(WebhookRow.state))


def _finish(across: Scope, delivery_id: str, owner: str, **values: Any) -> bool:
    """Only the holder of the lease may say what became of it."""
    held: tuple[ColumnElement[bool], ...] = (
        col(WebhookRow.id) == delivery_id,
        col(WebhookRow.owner) == owner,
        col(WebhookRow.state) == "sending",
    )
    change = update(WebhookRow).where(*held).values(**values, owner=None).returning(col(WebhookRow.id))
    return across.scalars(change).one_or_none() is not None
