"""`digest …`: which channels get which digests and when."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from bot.posts import Post
from bot.store import audit, outbox, subscriptions
from bot.usecases.asking.advise import Asker
from bot.usecases.asking.reading import Subcommand
from bot.usecases.digests.described import listed, row, schedule_of
from bot.usecases.digests.digest import drafted, send_or_tell, survey
from bot.usecases.digests.ending import end
from bot.usecases.digests.long_work import beat_of
from bot.usecases.digests.topics import read_topic
from bot.usecases.digests.zones import zone_of
from bot.usecases.room import Room
from bot.usecases.words.problems import Problem, Unreadable, bad_request
from bot.usecases.words.schedule_words import DEFAULT, has_zone, parse_schedule, spell_time
from bot.usecases.workspace.rights import refusal

__all__ = ["LONGEST_NAME", "digest"]

LONGEST_NAME = 60  # characters
_HINT = "write “digest weekdays 09:00 Europe/Berlin”, “digest list”, “digest off” or “digest now”"
_NAME_HINT = "start with a name: digest add “prod findings” weekdays 09:00 Europe/Berlin stage=production"
_NONE_TO_END = Problem("this channel has no digest that could be switched off", _HINT)
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

    With a name what that digest has not said yet; without one whatever stands out and the channel has not seen yet.
    """
    if name and _missing(room, asked, asker, channel, name):
        return
    surveyed = survey(room, asker.team_id, beat_of(room, asker.request_id))
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        standing = subscriptions.get(scope, channel, name) if name else None
        if standing is not None or not name:
            send_or_tell(scope, standing, surveyed, asker.destination, room.clock())


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
    """End the digest of that name; without a name the only one that there is, and of several ask which."""
    now = room.clock()
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        here = [each for each in subscriptions.list_all(scope) if each.channel == channel]
        meant = [each for each in here if each.name == name] if name else here
        if not meant:
            outbox.put(scope, _bad(asked, asker, _unknown(name) if name else _NONE_TO_END))
        elif len(meant) > 1:
            outbox.put(
                scope, Post(asker.destination, "subscription_list", listed(scope, channel, now) | {"asks": "end"})
            )
        else:
            end(scope, meant[0], asker.user, asker.destination, now)


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
    """Keep what the words say. Where neither they nor an older digest name a time zone, it is the asker's own."""
    now, own = room.clock(), zone_of(room, asker.team_id, asker.user)
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        existing = subscriptions.get(scope, channel, name)
        default = schedule_of(existing) if existing else replace(DEFAULT, timezone=own or DEFAULT.timezone)
        try:
            topic, rest = read_topic(words, asker.user)
            wanted = parse_schedule(rest, default)
        except Unreadable as unreadable:
            outbox.put(scope, _bad(asked, asker, unreadable.problem))
            return
        kept = subscriptions.subscribe(
            scope, channel, wanted.weekdays, spell_time(wanted.at), wanted.timezone, by=asker.user, created_at=now,
            name=name, filters=topic.as_document() if topic else None,
        )  # fmt: skip
        audit.record(scope, now, asker.user, "digest.save", channel, name=name, schedule=" ".join(rest))
        assumed = None if existing or has_zone(rest) else "own" if own else "none"
        outbox.put(scope, Post(asker.destination, "subscribed", row(kept, now) | {"assumed_zone": assumed}))


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
