"""Beside which message something belongs that is said long after it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.posts import Destination
from bot.store import Scope, outbox

__all__ = ["beside", "place_of", "thread_of"]


def beside(card: Destination) -> Destination:
    """Under the card that stands at `card`; of one that only one person sees, seen by that person alone."""
    if card.is_private or card.channel is None:
        return replace(card, update_ts=None)
    return Destination(card.channel, thread_ts=card.thread_ts or card.update_ts)


def place_of(card: Destination) -> dict[str, Any]:
    """What to remember of `card` so that its thread can be found again; of a private one there is nothing."""
    said = beside(card)
    return {} if said.is_private or said.channel is None else {"channel": said.channel, "thread_ts": said.thread_ts}


def thread_of(scope: Scope, advice_id: str, place: Mapping[str, Any] | None, person: str) -> Destination:
    """The thread that was remembered, else that of the first copy that everybody sees, else a word to `person`."""
    if place and place.get("channel"):
        return Destination(place["channel"], thread_ts=place.get("thread_ts"))
    for message in outbox.sent_messages(scope, advice_id):
        return Destination(message.channel, thread_ts=message.ts)
    return Destination(user=person)
