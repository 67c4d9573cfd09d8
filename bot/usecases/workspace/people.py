"""Who somebody is, as Slack says at this moment: what a person may do is asked live, never remembered for long."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["People", "Person", "WhoIsThat", "anybody", "known"]


class WhoIsThat(Exception):
    """Slack does not say who this is, so that nothing that needs a right is done."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Slack. `timezone` is an IANA name.

    A guest is restricted to some channels; a stranger belongs to another workspace and meets this one in a channel.
    """

    user_id: str
    is_administrator: bool = False
    is_guest: bool = False
    is_stranger: bool = False
    is_deactivated: bool = False
    is_bot: bool = False
    timezone: str | None = None


People: TypeAlias = Callable[[str, str], Person]
"""From (team_id, user_id) to the person. Raises WhoIsThat. Called in threads."""


def known(people: People, team_id: str, user_id: str) -> Person | None:
    """The person, asked of Slack at this moment; None when Slack does not say."""
    try:
        return people(team_id, user_id)
    except WhoIsThat:
        return None


def anybody(_team_id: str, user_id: str) -> Person:
    """Whoever asks is a member: for the command line, where the machine's own rights decide."""
    return Person(user_id)
