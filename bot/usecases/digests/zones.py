"""The time zone that somebody's digests keep while nobody names another: their own, as Slack has it."""

from bot.usecases.room import Room
from bot.usecases.words.schedule_words import zones_like
from bot.usecases.workspace.people import known

__all__ = ["is_zone", "zone_of"]

_MOST = 100  # names that hold another one's


def is_zone(name: str) -> bool:
    """Whether the tables have a zone of exactly that name."""
    return name in zones_like(name, _MOST)


def zone_of(room: Room, team_id: str, user_id: str | None) -> str | None:
    """The zone of that person's profile; None while Slack does not say, or says one that the tables lack."""
    person = known(room.people, team_id, user_id) if user_id else None
    zone = person.timezone if person else None
    return zone if zone and is_zone(zone) else None
