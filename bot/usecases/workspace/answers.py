"""The answers that wait for a decision, each with the way to its card: what the Home tab counts."""

from bot.posts import Modal
from bot.store import advices
from bot.usecases.requests import Click
from bot.usecases.room import Room

__all__ = ["show_open"]

_SHOWN = 40  # a block each: a modal of Slack takes a hundred, and nobody reads so many


def show_open(room: Room, click: Click) -> Modal:
    """The newest of those that can still be decided."""
    with room.store.read(click.team_id) as scope:
        found = advices.waiting(scope, room.clock(), _SHOWN + 1)
    rows = [each._asdict() | {"asked_at": each.asked_at.isoformat()} for each in found[:_SHOWN]]
    return Modal("modal_answers", {"rows": rows, "has_more": len(found) > _SHOWN})
