"""`digest …`: which channels get which digests and when."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from typing import Any, TypeAlias

from bot.posts import Destination, Post
from bot.store import Scope, audit, outbox, subscriptions
from bot.store.subscriptions import Subscription
from bot.usecases.asking.advise import Asker
from bot.usecases.asking.reading import Subcommand
from bot.usecases.digests.digest import digest_now, drafted, send, survey
from bot.usecases.digests.long_work import beat_of
from bot.usecases.digests.periods import Schedule, next_period
from bot.usecases.digests.topics import read_topic
from bot.usecases.room import Room
from bot.usecases.words.problems import Problem, Unreadable, bad_request
from bot.usecases.words.schedule_words import DEFAULT, parse_schedule, spell_days, spell_time
from bot.usecases.workspace.rights import refusal

__all__ = ["LONGEST_NAME", "digest", "listed", "row", "schedule_of"]

LONGEST_NAME = 60  # characters
_HINT = "write “digest weekdays 09:00 Europe/Berlin”, “digest list”, “digest off” or “digest now”"
_NAME_HINT = "start with a name: digest add “prod findings” weekdays 09:00 Europe/Berlin stage=production"
_Deed: TypeAlias = Callable[[Room, Subcommand, Asker, str, str], None]


def digest(room: Room, asked: Subcommand, asker: Asker) -> None:
    """Carry out `digest [SCHEDULE | add NAME SCHEDULE | list | now | preview | pause | resume | off]` for a channel.

    Without a word it lists the subscriptions. A change of schedule keeps what the words leave unsaid.
    """
    verb, name = _verb(asked.words)
    if verb == "list":
        _list(room, asker)
        return
    channel = asker.destination.channel
    if channel is None:
        _refuse(room, asked, asker, Problem("digests belong to a channel", "type the command in the channel"))
    elif verb != "preview" and (refused := refusal(room, asker.team_id, asker.user, "digest", asker.destination)):
        _say(room, asker, refused)
    else:
        _DEEDS[verb](room, asked, asker, channel, name)


def schedule_of(subscription: Subscription) -> Schedule:
    """The schedule that a row holds."""
    return Schedule(frozenset(subscription.weekdays), time.fromisoformat(subscription.at), subscription.timezone)


def row(subscription: Subscription, now: datetime) -> dict[str, Any]:
    """The data of the view `subscribed`, and a row of `subscription_list`. A paused one has no next digest."""
    schedule = schedule_of(subscription)
    return {
        "id": subscription.id,
        "name": subscription.name,
        "channel": subscription.channel,
        "day": spell_days(schedule.weekdays),
        "time": subscription.at,
        "timezone": subscription.timezone,
        "topic": dict(subscription.filters),
        "is_paused": subscription.is_paused,
        "next_at": None if subscription.is_paused else next_period(schedule, now).at.isoformat(),
    }


def listed(scope: Scope, channel: str | None, now: datetime) -> dict[str, Any]:
    """The data of the view `subscription_list`: this channel's first, which can be changed from here."""
    rows = [row(each, now) | {"is_here": each.channel == channel} for each in subscriptions.list_all(scope)]
    return {"rows": sorted(rows, key=lambda each: not each["is_here"])}


def _verb(words: Sequence[str]) -> tuple[str, str]:
    """What to do, and the name of the digest that is meant: the plain one has none."""
    first = words[0].casefold() if words else "list"
    if first in {"add", "new"}:
        return "add", words[1].strip() if words[1:] else ""
    verb = _VERBS.get(first)
    if verb is None or (verb == "list" and words[1:]):
        return "set", ""
    return verb, " ".join(words[1:]).strip()


def _list(room: Room, asker: Asker) -> None:
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        data = listed(scope, asker.destination.channel, room.clock())
        outbox.put(scope, Post(asker.destination, "subscription_list", data))


def _send_now(room: Room, asked: Subcommand, asker: Asker, channel: str, name: str) -> None:
    """In the open, where the scheduled ones appear; as an answer where the bot is no member of the channel.

    With a name only what that digest has not said yet; without one everything that stands out.
    """
    to = Destination(channel, response_url=asker.destination.response_url)
    if name and _missing(room, asked, asker, channel, name):
        return
    surveyed = survey(room, asker.team_id, beat_of(room, asker.request_id))
    if not name:
        digest_now(room, surveyed, to, asker.request_id)
        return
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        standing = subscriptions.get(scope, channel, name)
        if standing is not None:
            send(scope, standing, surveyed, to, room.clock())


def _preview(room: Room, asked: Subcommand, asker: Asker, channel: str, name: str) -> None:
    if name and _missing(room, asked, asker, channel, name):
        return
    surveyed = survey(room, asker.team_id, beat_of(room, asker.request_id))
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        standing = subscriptions.get(scope, channel, name)
        data = drafted(scope, surveyed, channel, standing, room.clock())
        outbox.put(scope, Post(asker.destination, "digest", data))


def _missing(room: Room, asked: Subcommand, asker: Asker, channel: str, name: str) -> bool:
    """Whether there is no digest of that name; then the asker is told so."""
    with room.store.read(asker.team_id) as scope:
        is_known = subscriptions.get(scope, channel, name) is not None
    if not is_known:
        _refuse(room, asked, asker, _unknown(name))
    return not is_known


def _unsubscribe(room: Room, asked: Subcommand, asker: Asker, channel: str, name: str) -> None:
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        if subscriptions.unsubscribe(scope, channel, name):
            audit.record(scope, room.clock(), asker.user, "digest.remove", channel, name=name)
            outbox.put(scope, Post(asker.destination, "unsubscribed", {"channel": channel, "name": name}))
        else:
            problem = (
                _unknown(name) if name else Problem("this channel has no digest that could be switched off", _HINT)
            )
            outbox.put(scope, _bad(asked, asker, problem))


def _pause(room: Room, asked: Subcommand, asker: Asker, channel: str, name: str) -> None:
    is_paused, now = asked.words[0].casefold() == "pause", room.clock()
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        existing = subscriptions.get(scope, channel, name)
        if existing is None:
            outbox.put(scope, _bad(asked, asker, _unknown(name)))
            return
        kept = subscriptions.pause(scope, existing.id, now, is_paused=is_paused) or existing
        audit.record(scope, now, asker.user, "digest.pause" if is_paused else "digest.resume", channel, name=name)
        outbox.put(scope, Post(asker.destination, "subscribed", row(kept, now)))


def _add(room: Room, asked: Subcommand, asker: Asker, channel: str, name: str) -> None:
    problem = _bad_name(name)
    if problem:
        _refuse(room, asked, asker, problem)
    else:
        _subscribe(room, asked, asker, channel, name, asked.words[2:])


def _set(room: Room, asked: Subcommand, asker: Asker, channel: str, name: str) -> None:
    _subscribe(room, asked, asker, channel, name, asked.words)


def _subscribe(room: Room, asked: Subcommand, asker: Asker, channel: str, name: str, words: Sequence[str]) -> None:
    now = room.clock()
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        existing = subscriptions.get(scope, channel, name)
        try:
            topic, rest = read_topic(words, asker.user)
            wanted = parse_schedule(rest, schedule_of(existing) if existing else DEFAULT)
        except Unreadable as unreadable:
            outbox.put(scope, _bad(asked, asker, unreadable.problem))
            return
        kept = subscriptions.subscribe(
            scope, channel, wanted.weekdays, spell_time(wanted.at), wanted.timezone, by=asker.user, created_at=now,
            name=name, filters=topic.as_document() if topic else None,
        )  # fmt: skip
        audit.record(scope, now, asker.user, "digest.save", channel, name=name, schedule=" ".join(rest))
        outbox.put(scope, Post(asker.destination, "subscribed", row(kept, now)))


def _bad_name(name: str) -> Problem | None:
    if not name or "=" in name:
        return Problem("the new digest has no name", _NAME_HINT)
    if len(name) > LONGEST_NAME:
        return Problem(f"that name has {len(name)} characters", f"names have up to {LONGEST_NAME}")
    try:
        parse_schedule([name])
    except Unreadable:
        return None
    return Problem(f"“{name}” reads like a schedule, not like a name", _NAME_HINT)


def _unknown(name: str) -> Problem:
    words = f"this channel has no digest called “{name[:LONGEST_NAME]}”" if name else "this channel has no digest yet"
    return Problem(words, "“digest list” shows those that there are")


def _refuse(room: Room, asked: Subcommand, asker: Asker, problem: Problem) -> None:
    _say(room, asker, _bad(asked, asker, problem))


def _say(room: Room, asker: Asker, post: Post) -> None:
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        outbox.put(scope, post)


def _bad(asked: Subcommand, asker: Asker, problem: Problem) -> Post:
    return bad_request(asker.destination, asked.asked, problem)


_VERBS: Mapping[str, str] = {
    "list": "list",
    "now": "now",
    "send": "now",
    "preview": "preview",
    "pause": "pause",
    "resume": "pause",
    **dict.fromkeys(("off", "stop", "none", "remove"), "off"),
}
_DEEDS: Mapping[str, _Deed] = {
    "add": _add,
    "now": _send_now,
    "off": _unsubscribe,
    "pause": _pause,
    "preview": _preview,
    "set": _set,
}
