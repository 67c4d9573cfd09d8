"""How the sender takes posts out of the outbox: claimed with a lease, then marked sent, retried or dead."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.posts import Destination, Post
from bot.store.scope import Scope
from bot.store.tables import OutboxRow

__all__ = ["ClaimedPost", "claim", "mark_dead", "mark_retry", "mark_sent", "renew"]

_UNFINISHED = ("waiting", "sending")
_EARLIER, _LAST = aliased(OutboxRow), aliased(OutboxRow)  # made once: working out an alias's columns is dear


@dataclass(frozen=True, slots=True)
class ClaimedPost:
    """A post that this owner alone may send until `leased_until`.

    `doubts`: how many earlier attempts may have reached Slack; look for `id` in message metadata before sending.
    """

    id: str
    team_id: str
    post: Post
    advice_id: str | None
    attempts: int
    doubts: int
    created_at: datetime
    leased_until: datetime


def claim(
    across: Scope,
    owner: str,
    now: datetime,
    lease_seconds: float,
    limit: int = 10,
    spacing_seconds: float = 0.0,
    without: Collection[str] = (),
) -> list[ClaimedPost]:
    """Up to `limit` posts that are due, at most one a lane, oldest first; each is `owner`'s for `lease_seconds`.

    None of the workspaces `without` is served now.

    A lane rests `spacing_seconds` after a post, whichever process sent it. A post whose lease ran out is claimed
    again, with one doubt more.
    """
    positions = _due_positions(across, now, limit, spacing_seconds, without)
    if not positions:
        return []
    leased_until = now + timedelta(seconds=lease_seconds)
    claimed = (
        update(OutboxRow)
        .where(col(OutboxRow.position).in_(positions))
        .values(
            doubts=col(OutboxRow.doubts) + case((col(OutboxRow.state) == "sending", 1), else_=0),
            state="sending",
            owner=owner,
            due_at=leased_until,
            attempts=col(OutboxRow.attempts) + 1,
        )
        .returning(OutboxRow)
        .execution_options(synchronize_session=False)
    )
    rows = sorted(across.scalars(claimed).all(), key=lambda row: row.position)
    return [post for row in rows if (post := _claimed(across, row, now)) is not None]


def renew(across: Scope, post_id: str, owner: str, until: datetime) -> bool:
    """Hold the post for longer, as what came before its sending took its time. False when the lease was lost."""
    change = update(OutboxRow).where(*_held(post_id, owner)).values(due_at=until).returning(col(OutboxRow.id))
    return across.scalars(change).one_or_none() is not None


def mark_sent(across: Scope, post_id: str, owner: str, now: datetime, message: tuple[str, str] | None) -> bool:
    """The post is in Slack, as `message` (channel, ts) where it can be updated later; False when the lease was lost."""
    channel, ts = message or (None, None)
    return _finish(across, post_id, owner, state="sent", sent_channel=channel, sent_ts=ts, finished_at=now, error=None)


def mark_retry(across: Scope, post_id: str, owner: str, at: datetime, error: str, *, is_doubtful: bool) -> bool:
    """Try again at that time. `is_doubtful`: Slack may have accepted it. False when the lease was lost."""
    doubts = col(OutboxRow.doubts) + int(is_doubtful)
    return _finish(across, post_id, owner, state="waiting", due_at=at, error=error, doubts=doubts)


def mark_dead(across: Scope, post_id: str, owner: str, now: datetime, error: str) -> bool:
    """Give up; the lane moves on, and `status` counts it. False when the lease was lost."""
    return _finish(across, post_id, owner, state="dead", finished_at=now, error=error)


def _due_positions(
    across: Scope, now: datetime, limit: int, spacing_seconds: float, without: Collection[str]
) -> Sequence[int]:
    """The posts that may be claimed; on PostgreSQL they stay locked, and claimers pass by each other's."""
    is_later = col(_EARLIER.position) < col(OutboxRow.position)
    waits = (col(_EARLIER.lane) == OutboxRow.lane, col(_EARLIER.state).in_(_UNFINISHED), is_later)
    rests = (col(_LAST.lane) == OutboxRow.lane, col(_LAST.finished_at) > now - timedelta(seconds=spacing_seconds))
    is_first = ~select(col(_EARLIER.position)).where(*waits).exists()
    is_rested = ~select(col(_LAST.position)).where(*rests).exists()
    served = (col(OutboxRow.team_id).not_in(without),) if without else ()
    due = (
        select(col(OutboxRow.position))
        .where(col(OutboxRow.state).in_(_UNFINISHED), col(OutboxRow.due_at) <= now, is_first, is_rested, *served)
        .order_by(col(OutboxRow.position))
        .limit(limit)
        .with_for_update(skip_locked=True, of=OutboxRow)
    )
    return across.scalars(due).all()


def _claimed(across: Scope, row: OutboxRow, now: datetime) -> ClaimedPost | None:
    """The row as a post; None when it would update a message that never was sent."""
    destination = Destination(**row.destination)
    if row.updates_id is not None:
        original = across.scalars(select(OutboxRow).where(col(OutboxRow.id) == row.updates_id)).one()
        if original.sent_ts is None:
            _finish(across, row.id, str(row.owner), state="skipped", finished_at=now)
            return None
        destination = replace(destination, channel=original.sent_channel, update_ts=original.sent_ts)
    return ClaimedPost(
        id=row.id,
        team_id=row.team_id,
        post=Post(destination, row.view, row.data),
        advice_id=row.advice_id,
        attempts=row.attempts,
        doubts=row.doubts,
        created_at=row.created_at,
        leased_until=row.due_at,
    )


def _finish(across: Scope, post_id: str, owner: str, **values: Any) -> bool:
    """Only the holder of the lease may say what became of a post."""
    change = update(OutboxRow).where(*_held(post_id, owner)).values(**values, owner=None).returning(col(OutboxRow.id))
    return across.scalars(change).one_or_none() is not None


def _held(post_id: str, owner: str) -> tuple[ColumnElement[bool], ...]:
    return col(OutboxRow.id) == post_id, col(OutboxRow.owner) == owner, col(OutboxRow.state) == "sending"
