"""Work that Slack asked for: written before it is acknowledged, so that no crash can lose it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlmodel import col

from bot.store.columns import Document, new_id
from bot.store.scope import Scope
from bot.store.tables import InboxRow

__all__ = ["Delivery", "Request", "claim", "counts", "hold", "mark_dead", "mark_retry", "put", "put_all"]


@dataclass(frozen=True, slots=True)
class Request:
    """One piece of work: what kind, and the body that Slack sent with it."""

    id: str
    team_id: str
    kind: str
    body: Document
    attempts: int


class Delivery(NamedTuple):
    """What Slack delivered: a key that is equal for two deliveries of the same request, the kind and the body."""

    dedupe_key: str
    kind: str
    body: Mapping[str, Any]


def put(
    scope: Scope,
    dedupe_key: str,
    kind: str,
    body: Mapping[str, Any],
    *,
    owner: str,
    now: datetime,
    lease_seconds: float,
) -> str | None:
    """Keep work that `owner` is about to do; its id, or None when that key was kept before.

    Once `lease_seconds` have passed without a settlement, `claim` hands it to whoever asks.
    """
    [kept] = put_all(scope, [Delivery(dedupe_key, kind, body)], owner=owner, now=now, lease_seconds=lease_seconds)
    return kept


def put_all(
    scope: Scope, deliveries: Sequence[Delivery], *, owner: str, now: datetime, lease_seconds: float
) -> list[str | None]:
    """`put` for many at once, in one statement: for each its id, or None when its key was kept before."""
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "dedupe_key": delivery.dedupe_key,
            "kind": delivery.kind,
            "body": dict(delivery.body),
            "state": "waiting",
            "due_at": now + timedelta(seconds=lease_seconds),
            "owner": owner,
            "attempts": 1,
            "created_at": now,
        }
        for delivery in deliveries
    ]
    kept = set(scope.insert_new(InboxRow, rows, "id"))
    return [row["id"] if row["id"] in kept else None for row in rows]


def claim(across: Scope, owner: str, now: datetime, lease_seconds: float, limit: int = 10) -> list[Request]:
    """Up to `limit` pieces of work whose lease ran out, oldest first; each is `owner`'s for `lease_seconds`."""
    orphaned = (
        select(col(InboxRow.id))
        .where(col(InboxRow.state) == "waiting", col(InboxRow.due_at) <= now)
        .order_by(col(InboxRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = across.scalars(orphaned).all()
    if not ids:
        return []
    claimed = (
        update(InboxRow)
        .where(col(InboxRow.id).in_(ids))
        .values(owner=owner, due_at=now + timedelta(seconds=lease_seconds), attempts=col(InboxRow.attempts) + 1)
        .returning(InboxRow)
        .execution_options(synchronize_session=False)
    )
    rows = sorted(across.scalars(claimed).all(), key=lambda row: row.id)
    return [Request(row.id, row.team_id, row.kind, row.body, row.attempts) for row in rows]


def hold(across: Scope, request_id: str, until: datetime) -> bool:
    """Whoever does the work is alive and needs longer: `claim` passes it by until then. False when it was settled."""
    return _leave(across, request_id, due_at=until)


def mark_retry(across: Scope, request_id: str, at: datetime, error: str) -> bool:
    """The attempt failed: `claim` may hand it out from that time on. False when it was settled meanwhile."""
    return _leave(across, request_id, due_at=at, owner=None, error=error)


def mark_dead(across: Scope, request_id: str, now: datetime, error: str) -> bool:
    """Give up; `counts` shows it. False when it was settled meanwhile."""
    return _leave(across, request_id, state="dead", finished_at=now, error=error)


def counts(scope: Scope) -> dict[str, int]:
    """How many requests there are in each state: waiting, done, dead."""
    return dict.fromkeys(("waiting", "done", "dead"), 0) | scope.count_by(col(InboxRow.state))


def _leave(across: Scope, request_id: str, **values: Any) -> bool:
    waiting = (col(InboxRow.id) == request_id, col(InboxRow.state) == "waiting")
    change = update(InboxRow).where(*waiting).values(**values).returning(col(InboxRow.id))
    return across.scalars(change).one_or_none() is not None
