"""A private card, shown to the channel: the same advice, decided once for all who see it."""

from bot.posts import Destination, Post
from bot.store import advices, audit, outbox
from bot.usecases.requests import Click
from bot.usecases.room import Room
from bot.usecases.standing import standing_card

__all__ = ["share"]


def share(room: Room, click: Click, request_id: str | None = None) -> None:
    """Post the card of the advice that `click.value` names where everybody in the channel sees it, once a channel."""
    now = room.clock()
    with room.store.write(click.team_id, settles=request_id) as scope:
        advice = advices.get(scope, click.value)
        channel = click.channel_id
        if advice is None or channel is None:
            refused = {"reason": "unknown_advice", "decision": None, "workload": None}
            outbox.put(scope, Post(click.in_private, "decision_refused", refused))
        elif channel in outbox.channels_shown(scope, advice.id):
            outbox.put(scope, Post(click.in_private, "shared", {"workload": advice.workload}))
        else:
            data = standing_card(scope, advice, now)
            to = Destination(channel, response_url=click.response_url)  # as an answer where the bot is no member
            outbox.put(scope, Post(to, "advice", data), advice_id=advice.id)
            audit.record(
                scope, now, click.user_id, "advice.share", advice.workload, advice_id=advice.id, channel=channel
            )
