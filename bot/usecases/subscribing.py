"""`digest …`: which channels get a digest and when; each channel has at most one subscription."""

from datetime import datetime, time
from typing import Any

from bot.posts import Destination, Post
from bot.store import outbox, subscriptions
from bot.store.subscriptions import Subscription
from bot.usecases.advise import Asker
from bot.usecases.asking import Malformed, Subcommand
from bot.usecases.digest import digest_now, survey
from bot.usecases.periods import Schedule, next_period
from bot.usecases.problems import Problem, Unreadable
from bot.usecases.room import Room
from bot.usecases.schedule_words import DEFAULT, parse_schedule, spell_days, spell_time

__all__ = ["digest", "schedule_of"]

_HINT = "write “digest weekdays 09:00 Europe/Berlin”, “digest list”, “digest off” or “digest now”"


def digest(room: Room, asked: Subcommand, asker: Asker) -> None:
    """Carry out `digest [SCHEDULE | list | off | now]` for the channel that the command was typed in.

    Without a word it lists the subscriptions. A change of schedule keeps what the words leave unsaid.
    """
    word = " ".join(asked.words).casefold()
    if word in {"", "list"}:
        _list(room, asker)
    elif asker.destination.channel is None:
        _refuse(room, asked, asker, Problem("digests belong to a channel", "type the command in the channel"))
    elif word == "now":
        _send_now(room, asker)
    elif word in {"off", "stop", "none"}:
        _unsubscribe(room, asked, asker, asker.destination.channel)
    else:
        _subscribe(room, asked, asker, asker.destination.channel)


def schedule_of(subscription: Subscription) -> Schedule:
    """The schedule that a row holds."""
    return Schedule(frozenset(subscription.weekdays), time.fromisoformat(subscription.at), subscription.timezone)


def _list(room: Room, asker: Asker) -> None:
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        rows = [_row(subscription, room.clock()) for subscription in subscriptions.list_all(scope)]
        outbox.put(scope, Post(asker.destination, "subscription_list", {"rows": rows}))


def _send_now(room: Room, asker: Asker) -> None:
    """In the open, where the scheduled ones appear; as an answer where the bot is no member of the channel."""
    to = Destination(asker.destination.channel, response_url=asker.destination.response_url)
    digest_now(room, survey(room, asker.team_id), to, asker.request_id)


def _unsubscribe(room: Room, asked: Subcommand, asker: Asker, channel: str) -> None:
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        if subscriptions.unsubscribe(scope, channel):
            outbox.put(scope, Post(asker.destination, "unsubscribed", {"channel": channel}))
        else:
            problem = Problem("this channel has no digest that could be switched off", _HINT)
            outbox.put(scope, _bad(asked, asker, problem))


def _subscribe(room: Room, asked: Subcommand, asker: Asker, channel: str) -> None:
    now = room.clock()
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        existing = subscriptions.get(scope, channel)
        try:
            wanted = parse_schedule(asked.words, schedule_of(existing) if existing else DEFAULT)
        except Unreadable as unreadable:
            outbox.put(scope, _bad(asked, asker, unreadable.problem))
            return
        kept = subscriptions.subscribe(
            scope, channel, wanted.weekdays, spell_time(wanted.at), wanted.timezone, by=asker.user, created_at=now
        )
        outbox.put(scope, Post(asker.destination, "subscribed", _row(kept, now)))


def _refuse(room: Room, asked: Subcommand, asker: Asker, problem: Problem) -> None:
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        outbox.put(scope, _bad(asked, asker, problem))


def _bad(asked: Subcommand, asker: Asker, problem: Problem) -> Post:
    return Post(asker.destination, "bad_request", Malformed(asked.asked, (problem,)).as_document())


def _row(subscription: Subscription, now: datetime) -> dict[str, Any]:
    """The data of the view `subscribed`, and a row of `subscription_list`."""
    schedule = schedule_of(subscription)
    return {
        "channel": subscription.channel,
        "day": spell_days(schedule.weekdays),
        "time": subscription.at,
        "timezone": subscription.timezone,
        "next_at": next_period(schedule, now).at.isoformat(),
    }
