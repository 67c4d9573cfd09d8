"""Who may change the digests of a channel, and the words for whoever may not."""

from bot.posts import Destination, Post
from bot.usecases.asking.reading import Malformed
from bot.usecases.room import Room
from bot.usecases.words.problems import Problem
from bot.usecases.workspace.people import WhoIsThat
from bot.usecases.workspace.permissions import Denied, grounds, may

__all__ = ["refusal"]


def refusal(room: Room, team_id: str, user_id: str | None, to: Destination) -> Post | None:
    """What to say to somebody who may not change digests; None to whoever may. Asks Slack: in no transaction."""
    if user_id is None:  # the machine itself, whose rights decide
        return None
    try:
        person = room.people(team_id, user_id)
    except WhoIsThat:
        problem = Problem("Slack does not say who you are just now", "nothing was changed; try again in a minute")
        return Post(to, "bad_request", Malformed("", (problem,)).as_document())
    with room.store.read(team_id) as scope:
        verdict = may("digest", person, grounds(room, scope))
    return Post(to, "not_allowed", verdict.as_document("digest")) if isinstance(verdict, Denied) else None
