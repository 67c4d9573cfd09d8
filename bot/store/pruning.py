"""What was heard, done and said long ago is let go, a little at a time, so that no transaction is long."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.store.scope import Scope
from bot.store.tables import InboxRow, OutboxRow

__all__ = ["prune_inbox", "prune_outbox"]

_UNFINISHED = ("waiting", "sending")


def prune_inbox(across: Scope, finished_before: datetime, limit: int) -> int:
    """Delete up to `limit` requests that were done or given up before that time; how many there were."""
    old = (col(InboxRow.state) != "waiting", col(InboxRow.finished_at) < finished_before)
    return _deleted(across, col(InboxRow.id), select(col(InboxRow.id)).where(*old).limit(limit), InboxRow)


def prune_outbox(across: Scope, finished_before: datetime, limit: int) -> int:
    """Delete up to `limit` posts that were sent, skipped or given up before that time; how many there were.

    A post whose message is about to be replaced stays until that is done.
    """
    update = aliased(OutboxRow)
    is_wanted = (
        select(col(update.id))
        .where(col(update.updates_id) == OutboxRow.id, col(update.state).in_(_UNFINISHED))
        .exists()
    )
    old = (col(OutboxRow.state).not_in(_UNFINISHED), col(OutboxRow.finished_at) < finished_before, ~is_wanted)
    return _deleted(across, col(OutboxRow.id), select(col(OutboxRow.id)).where(*old).limit(limit), OutboxRow)


def _deleted(across: Scope, key: Any, chosen: Any, kind: Any) -> int:
    ids = across.scalars(chosen).all()
    if not ids:
        return 0
    gone = delete(kind).where(key.in_(ids)).returning(key).execution_options(synchronize_session=False)
    return len(across.scalars(gone).all())
