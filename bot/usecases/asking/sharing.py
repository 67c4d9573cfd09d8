"""A private card, shown to the channel: the same advice, decided once for all who see it."""

from datetime import datetime

from bot.posts import Destination, Post
from bot.store import Scope, advices, audit, outbox
from bot.store.advices import StoredAdvice
from bot.usecases.deciding.standing import deny, refuse, standing_card
from bot.usecases.requests import Click
from bot.usecases.room import Room
from bot.usecases.workspace.people import known
from bot.usecases.workspace.permissions import Denied, grounds, may

__all__ = ["share"]


def share(room: Room, click: Click, request_id: str | None = None) -> None:
    """Post the card of the advice that `click.value` names where everybody in the channel sees it, once a channel."""
    now, person = room.clock(), known(room.people, click.team_id, click.user_id)
    with room.store.write(click.team_id, settles=request_id) as scope:
        advice = advices.get(scope, click.value)
        channel, to = click.channel_id, click.in_private
        if advice is None or channel is None or person is None:
            refuse(scope, to, "who_is_that" if person is None else "unknown_advice", advice)
        elif isinstance(verdict := may("share", person, grounds(room, scope, advice.workload)), Denied):
            deny(scope, now, click.user_id, to, "share", verdict, advice.workload)
        elif channel in outbox.channels_shown(scope, advice.id):
            outbox.put(scope, Post(to, "shared", {"workload": advice.workload}))
        else:
            _share(scope, click, advice, channel, now)


def _share(scope: Scope, click: Click, advice: StoredAdvice, channel: str, now: datetime) -> None:
    to = Destination(channel, response_url=click.response_url)  # as an answer where the bot is no member
    outbox.put(scope, Post(to, "advice", standing_card(scope, advice, now)), advice_id=advice.id)
    audit.record(scope, now, click.user_id, "advice.share", advice.workload, advice_id=advice.id, channel=channel)
