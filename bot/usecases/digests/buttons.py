"""The buttons of the list of digests: preview, send now, pause, resume, remove."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from bot.posts import Destination, Post
from bot.store import Scope, audit, outbox, subscriptions
from bot.store.subscriptions import Subscription
from bot.usecases.digests.described import listed
from bot.usecases.digests.digest import drafted, send, send_or_tell, survey
from bot.usecases.digests.ending import end
from bot.usecases.digests.long_work import beat_of
from bot.usecases.requests import Click
from bot.usecases.room import Room
from bot.usecases.words.problems import Problem, bad_request
from bot.usecases.workspace.rights import refusal

__all__ = ["WHOLE_CHANNEL", "change", "preview", "send_again", "send_now"]

WHOLE_CHANNEL = "channel"
"""Stands for the id of a subscription where all that stands out in the workspace is meant."""

_GONE = Problem("this digest is no more", "/gpu-advise digest list shows those that there are")
_ELSEWHERE = Problem("this digest belongs to another channel", "change it there: /gpu-advise digest list")
_Change: TypeAlias = Callable[[Scope, Click, Subscription, datetime], None]


def preview(room: Room, click: Click, request_id: str | None = None) -> None:
    """Show the clicker alone what the digest would say now; nothing is kept, and nothing counts as said."""
    surveyed = survey(room, click.team_id, beat_of(room, request_id))
    with room.store.write(click.team_id, settles=request_id) as scope:
        standing = subscriptions.find(scope, click.value)
        if standing is None:
            outbox.put(scope, bad_request(click.in_private, "", _GONE))
        else:
            data = drafted(scope, surveyed, standing.channel, standing, room.clock())
            outbox.put(scope, Post(click.in_private, "digest", data))


def send_now(room: Room, click: Click, request_id: str | None = None) -> None:
    """Post what is new in its channel now, which counts as said; where nothing is, tell the clicker alone."""
    if _is_refused(room, click, request_id):
        return
    surveyed = survey(room, click.team_id, beat_of(room, request_id))
    with room.store.write(click.team_id, settles=request_id) as scope:
        standing = _standing(scope, click)
        if isinstance(standing, Problem):
            outbox.put(scope, bad_request(click.in_private, "", standing))
        elif send_or_tell(scope, standing, surveyed, click.in_private, room.clock()):
            audit.record(scope, room.clock(), click.user_id, "digest.send", standing.channel, name=standing.name)


def send_again(room: Room, click: Click, request_id: str | None = None) -> None:
    """Post all that stands out, said before or not: of the digest that `click.value` names, or of the channel."""
    if _is_refused(room, click, request_id):
        return
    surveyed = survey(room, click.team_id, beat_of(room, request_id))
    with room.store.write(click.team_id, settles=request_id) as scope:
        standing = None if click.value == WHOLE_CHANNEL else _standing(scope, click)
        if isinstance(standing, Problem) or click.channel_id is None:
            outbox.put(scope, bad_request(click.in_private, "", standing if isinstance(standing, Problem) else _GONE))
            return
        to = Destination(click.channel_id, response_url=click.response_url)
        send(scope, standing, surveyed, to, room.clock(), is_all=True)
        name = standing.name if standing else ""
        audit.record(scope, room.clock(), click.user_id, "digest.send", click.channel_id, name=name)


def change(room: Room, click: Click, request_id: str | None = None) -> None:
    """Pause, resume or remove a digest, and draw the list anew."""
    if _is_refused(room, click, request_id):
        return
    verb, now = click.action_id.split(".")[1], room.clock()
    with room.store.write(click.team_id, settles=request_id) as scope:
        standing = _standing(scope, click)
        if isinstance(standing, Problem):
            outbox.put(scope, bad_request(click.in_private, "", standing))
            return
        _CHANGES[verb](scope, click, standing, now)
        in_place = replace(click.in_private, update_ts=click.message_ts, is_private=click.is_ephemeral)
        outbox.put(scope, Post(in_place, "subscription_list", listed(scope, click.channel_id, now)))


def _is_refused(room: Room, click: Click, request_id: str | None) -> bool:
    refused = refusal(room, click.team_id, click.user_id, "digest", click.in_private)
    if refused is not None:
        with room.store.write(click.team_id, settles=request_id) as scope:
            outbox.put(scope, refused)
    return refused is not None


def _standing(scope: Scope, click: Click) -> Subscription | Problem:
    """The digest that was meant; only in its own channel, whose members alone see its buttons, is it changed."""
    found = subscriptions.find(scope, click.value)
    if found is None:
        return _GONE
    return found if found.channel == click.channel_id else _ELSEWHERE


def _pause(scope: Scope, click: Click, standing: Subscription, now: datetime) -> None:
    subscriptions.pause(scope, standing.id, now, is_paused=True)
    audit.record(scope, now, click.user_id, "digest.pause", standing.channel, name=standing.name)


def _resume(scope: Scope, click: Click, standing: Subscription, now: datetime) -> None:
    subscriptions.pause(scope, standing.id, now, is_paused=False)
    audit.record(scope, now, click.user_id, "digest.resume", standing.channel, name=standing.name)


def _remove(scope: Scope, click: Click, standing: Subscription, now: datetime) -> None:
    end(scope, standing, click.user_id, click.in_private, now)


_CHANGES: Mapping[str, _Change] = {"pause": _pause, "resume": _resume, "remove": _remove}
