"""A workspace let the bot go: what was still to be said there will never be taken, so nobody tries."""

import structlog

from bot.store import outbox, subscriptions
from bot.usecases.requests import Departure
from bot.usecases.room import Room

__all__ = ["depart"]

_log = structlog.get_logger("bot.usecases.departing")


def depart(room: Room, departure: Departure, request_id: str | None = None) -> None:
    """End the workspace's subscriptions and make dead letters of the posts that wait; its history stays."""
    with room.store.write(departure.team_id, settles=request_id) as scope:
        ended = subscriptions.end_all(scope)  # first: a digest that is being written now must be seen below
        given_up = outbox.give_up(scope, room.clock(), f"the workspace let the bot go: {departure.event_type}")
    _log.warning(
        "slack access ended",
        team_id=departure.team_id,
        event_type=departure.event_type,
        subscriptions=ended,
        posts=given_up,
    )
