"""Ending a digest, and taking that back: for a quarter of an hour it begins again as if it had never ended."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from bot.posts import Destination, Post
from bot.store import Scope, audit, outbox, said, subscriptions
from bot.store.columns import new_id
from bot.store.subscriptions import Subscription
from bot.usecases.deciding.standing import UNDO_FOR
from bot.usecases.digests.described import row
from bot.usecases.digests.memory import packed, unpacked
from bot.usecases.requests import Click
from bot.usecases.room import Room
from bot.usecases.words.problems import Problem, bad_request
from bot.usecases.workspace.rights import refusal

__all__ = ["end", "undo"]

_TIMES = ("created_at", "served_until")
_LATE = Problem("it ended more than 15 minutes ago", "/gpu-advise digest list begins it anew: New digest")
_GONE = Problem("nothing is known of that digest any more", "/gpu-advise digest list shows those that there are")
_TAKEN = Problem("this channel has a digest of that name again", "/gpu-advise digest list shows it")


def end(scope: Scope, standing: Subscription, by: str | None, to: Destination, now: datetime) -> None:
    """End `standing`, recorded, and say so with a way back; all that the way back needs lies beside that message."""
    post_id, signatures = new_id(), said.said(scope, standing.id)
    subscriptions.end(scope, standing.id)
    audit.record(scope, now, by, "digest.remove", standing.channel, name=standing.name)
    kept = {"ended": _document(standing), "said": packed(signatures), "ended_at": now.isoformat(), "undo_id": post_id}
    outbox.put(scope, Post(to, "unsubscribed", row(standing, now) | kept), post_id=post_id)


def undo(room: Room, click: Click, request_id: str | None = None) -> None:
    """Begin the digest again whose end the message `click.value` told of, with all that it has said."""
    refused = refusal(room, click.team_id, click.user_id, "digest", click.in_private)
    with room.store.write(click.team_id, settles=request_id) as scope:
        outbox.put(scope, refused or _undone(scope, click, room.clock()))


def _undone(scope: Scope, click: Click, now: datetime) -> Post:
    told = outbox.get(scope, click.value)
    if told is None or told.view != "unsubscribed" or "ended" not in told.data:
        return bad_request(click.in_private, "", _GONE)
    if now >= datetime.fromisoformat(told.data["ended_at"]) + UNDO_FOR:
        return bad_request(click.in_private, "", _LATE)
    ended = _read(told.data["ended"])
    namesake = subscriptions.get(scope, ended.channel, ended.name)
    if namesake is not None and namesake.id != ended.id:
        return bad_request(click.in_private, "", _TAKEN)
    if namesake is None:
        subscriptions.save(scope, ended)
        said.remember(scope, ended.id, unpacked(told.data["said"]), now)
        audit.record(scope, now, click.user_id, "digest.undo", ended.channel, name=ended.name)
    in_place = replace(click.in_private, update_ts=click.message_ts, is_private=click.is_ephemeral)
    return Post(in_place, "subscribed", row(namesake or ended, now) | {"is_back": True})


def _document(standing: Subscription) -> dict[str, Any]:
    times = {name: getattr(standing, name).isoformat() for name in _TIMES}
    return asdict(standing) | {"weekdays": list(standing.weekdays), "filters": dict(standing.filters)} | times


def _read(document: Mapping[str, Any]) -> Subscription:
    times = {name: datetime.fromisoformat(document[name]) for name in _TIMES}
    return Subscription(**{**document, "weekdays": tuple(document["weekdays"]), **times})
