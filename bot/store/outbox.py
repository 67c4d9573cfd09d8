"""What is still to be said in Slack: written with the change that it tells of, claimed and sent afterwards.

Posts of one channel form a lane and leave it in the order in which they were written.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlmodel import col

from bot.posts import Destination, Post
from bot.store.columns import new_id, utc_now
from bot.store.scope import Scope
from bot.store.tables import OutboxRow

__all__ = [
    "SentMessage",
    "SentPost",
    "channels_shown",
    "counts",
    "get",
    "give_up",
    "latest",
    "pass_copies",
    "post_at",
    "put",
    "sent_between",
    "sent_messages",
    "update_copies",
]


class SentMessage(NamedTuple):
    """Where a message stands in Slack; `chat.update` finds it by these two."""

    channel: str
    ts: str


class SentPost(NamedTuple):
    """A post that was said: its id, by which it can be replaced, and what it was."""

    id: str
    post: Post


def put(
    scope: Scope,
    post: Post,
    *,
    advice_id: str | None = None,
    not_before: datetime | None = None,
    updates_id: str | None = None,
    post_id: str | None = None,
) -> str:
    """Say `post` once this transaction commits, not `not_before` a time; the id that its message will carry.

    `advice_id` lets every copy be updated after a decision; `updates_id` names the post whose message this replaces.
    `post_id` is chosen beforehand where the post's own data must name it.
    """
    post_id = post_id or new_id()
    lane = _lane_of(scope, updates_id) if updates_id else _lane(scope.team_id, post.destination, post_id)
    scope.add(
        OutboxRow(
            id=post_id,
            lane=lane,
            destination=asdict(post.destination),
            view=post.view,
            data=dict(post.data),
            advice_id=advice_id,
            updates_id=updates_id,
            due_at=not_before or utc_now(),
        )
    )
    return post_id


def update_copies(scope: Scope, advice_id: str, view: str, data: Mapping[str, Any]) -> int:
    """Replace every copy of an advice's card, those included that are only about to be sent; how many there are.

    Ephemeral copies cannot be updated: only the click on one can replace it.
    """
    copies = select(OutboxRow).where(
        col(OutboxRow.advice_id) == advice_id,
        col(OutboxRow.updates_id).is_(None),
        col(OutboxRow.state).in_(("waiting", "sending", "sent")),
    )
    rows = [row for row in scope.scalars(copies).all() if _is_updatable(row)]
    for row in rows:
        put(scope, Post(Destination(**row.destination), view, data), advice_id=advice_id, updates_id=row.id)
    return len(rows)


def pass_copies(scope: Scope, advice_id: str, to_id: str) -> None:
    """Whatever shows the first advice shows the other one from now on: `update_copies` of that one finds it."""
    copies = update(OutboxRow).where(col(OutboxRow.advice_id) == advice_id, col(OutboxRow.updates_id).is_(None))
    scope.execute(copies.values(advice_id=to_id).execution_options(synchronize_session=False))


def sent_messages(scope: Scope, advice_id: str) -> list[SentMessage]:
    """Every message in Slack that shows this advice and can be updated, oldest first."""
    query = select(col(OutboxRow.sent_channel), col(OutboxRow.sent_ts)).order_by(col(OutboxRow.position))
    shown = query.where(col(OutboxRow.advice_id) == advice_id, col(OutboxRow.sent_ts).is_not(None))
    return list(dict.fromkeys(SentMessage(channel, ts) for channel, ts in scope.execute(shown)))


def channels_shown(scope: Scope, advice_id: str) -> set[str]:
    """The channels in which everybody sees, or is about to see, the card of this advice."""
    copies = select(OutboxRow).where(
        col(OutboxRow.advice_id) == advice_id, col(OutboxRow.state).in_(("waiting", "sending", "sent"))
    )
    to = [row.destination for row in scope.scalars(copies).all()]
    return {each["channel"] for each in to if each["channel"] and not each["is_private"]}


def post_at(scope: Scope, channel: str, ts: str) -> SentPost | None:
    """What was first said as the message that stands there; None when it is none of ours.

    Locked until this transaction ends: whoever redraws the same message waits, and then sees what this one changed.
    """
    there = (col(OutboxRow.sent_channel) == channel, col(OutboxRow.sent_ts) == ts, col(OutboxRow.updates_id).is_(None))
    row = scope.scalars(select(OutboxRow).where(*there).limit(1).with_for_update()).one_or_none()
    return None if row is None else SentPost(row.id, Post(Destination(**row.destination), row.view, row.data))


def sent_between(scope: Scope, view: str, since: datetime, until: datetime) -> list[SentPost]:
    """Every message in Slack of that view, as it was first said, written between two times; locked as by `post_at`."""
    written = (col(OutboxRow.created_at) >= since, col(OutboxRow.created_at) <= until)
    there = (col(OutboxRow.view) == view, col(OutboxRow.sent_ts).is_not(None), col(OutboxRow.updates_id).is_(None))
    rows = scope.scalars(select(OutboxRow).where(*there, *written).order_by(col(OutboxRow.position)).with_for_update())
    return [SentPost(row.id, Post(Destination(**row.destination), row.view, row.data)) for row in rows.all()]


def latest(scope: Scope, view: str, limit: int) -> list[Post]:
    """The last posts of that view as they were first said, or are about to be, the newest first."""
    there = (col(OutboxRow.view) == view, col(OutboxRow.updates_id).is_(None))
    alive = col(OutboxRow.state).in_(("waiting", "sending", "sent"))
    rows = scope.scalars(select(OutboxRow).where(*there, alive).order_by(col(OutboxRow.position).desc()).limit(limit))
    return [Post(Destination(**row.destination), row.view, row.data) for row in rows.all()]


def get(scope: Scope, post_id: str) -> Post | None:
    """What was, or is to be, said under that id."""
    row = scope.scalars(select(OutboxRow).where(col(OutboxRow.id) == post_id)).one_or_none()
    return None if row is None else Post(Destination(**row.destination), row.view, row.data)


def give_up(scope: Scope, now: datetime, reason: str) -> int:
    """Make every post that waits in this workspace a dead letter; how many. One that is being sent finds out itself."""
    waiting = update(OutboxRow).where(col(OutboxRow.state) == "waiting")
    dead = waiting.values(state="dead", finished_at=now, error=reason).returning(col(OutboxRow.id))
    return len(scope.scalars(dead.execution_options(synchronize_session=False)).all())


def counts(scope: Scope) -> dict[str, int]:
    """How many posts there are in each state: waiting, sending, sent, skipped, dead."""
    return dict.fromkeys(("waiting", "sending", "sent", "skipped", "dead"), 0) | scope.count_by(col(OutboxRow.state))


def _is_updatable(row: OutboxRow) -> bool:
    is_ephemeral = row.destination["is_private"] or row.destination["response_url"] is not None
    return row.sent_ts is not None or (row.state != "sent" and not is_ephemeral)


def _lane_of(scope: Scope, post_id: str) -> str:
    """The lane of a post, in which all that replaces its message follows it: an older drawing must not come last."""
    return str(scope.scalars(select(col(OutboxRow.lane)).where(col(OutboxRow.id) == post_id)).one())


def _lane(team_id: str, destination: Destination, post_id: str) -> str:
    """Whose order matters: the channel's, else the person's.

    An answer to a response_url waits for nobody; one that replaces a message waits for what replaced it before.
    """
    if destination.response_url is not None:
        return f"{team_id}/{destination.update_ts}" if destination.update_ts else post_id
    return f"{team_id}/{destination.channel or destination.user or post_id}"
