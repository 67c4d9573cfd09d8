"""Requests that take minutes: which they are, and how whoever does one stays its holder."""

from datetime import timedelta

from bot.store import inbox
from bot.usecases.asking.reading import Subcommand, parse
from bot.usecases.digests.surveying import Beat
from bot.usecases.room import Room

__all__ = ["beat_of", "is_long"]

_HELD_FOR = timedelta(seconds=120)
_SURVEYING_WORDS = {"now", "send", "preview"}
_SURVEYING_BUTTONS = {"digest.again", "digest.send", "digest.preview"}


def is_long(work: inbox.Request) -> bool:
    """Whether a whole workspace is surveyed for it: such work must not keep short questions waiting."""
    if work.kind == "click":
        return work.body.get("action_id") in _SURVEYING_BUTTONS
    text = work.body.get("text")
    if work.kind != "command" or not isinstance(text, str) or not text.lstrip().casefold().startswith("digest"):
        return False
    asked = parse(text)
    return isinstance(asked, Subcommand) and bool({word.casefold() for word in asked.words[:1]} & _SURVEYING_WORDS)


def beat_of(room: Room, request_id: str | None) -> Beat:
    """What to call every few seconds, so that no other process takes the request for abandoned."""

    def beat(_done: int, _of: int) -> None:
        if request_id is not None:
            with room.store.across() as across:
                inbox.hold(across, request_id, room.clock() + _HELD_FOR)

    return beat
