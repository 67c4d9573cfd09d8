"""Whether somebody may, asked of Slack at this moment and in no transaction; the words for whoever may not."""

from datetime import datetime

from bot.posts import Destination, Post
from bot.store import Scope, audit
from bot.usecases.room import Room
from bot.usecases.words.problems import Problem, bad_request
from bot.usecases.workspace.people import known
from bot.usecases.workspace.permissions import Action, Allowed, Denied, Grounds, grounds, may

__all__ = ["barred", "note", "refusal"]


def refusal(
    room: Room, team_id: str, user_id: str | None, action: Action, to: Destination, workload: str | None = None
) -> Post | None:
    """What to say, at `to`, to somebody who may not; None to whoever may. The attempt is in the audit log."""
    if user_id is None:  # the machine itself, whose rights decide
        return None
    person = known(room.people, team_id, user_id)
    if person is None:
        who_is_that = Problem("Slack does not say who you are just now", "nothing was changed; try again in a minute")
        return bad_request(to, "", who_is_that)
    with room.store.read(team_id) as scope:
        verdict = may(action, person, grounds(room, scope, workload))
    if isinstance(verdict, Allowed):
        return None
    with room.store.write(team_id) as scope:
        note(scope, room.clock(), user_id, action, verdict, workload)
    return Post(to, "not_allowed", verdict.as_document(action, workload))


def note(
    scope: Scope, now: datetime, user_id: str | None, action: Action, denied: Denied, workload: str | None = None
) -> None:
    """Write down that somebody tried what they may not: in the audit log, about the workload or else the right."""
    audit.record(scope, now, user_id, "right.refuse", workload or action, right=action, reason=denied.reason)


def barred(room: Room, team_id: str, user_id: str, to: Destination) -> Post | None:
    """What to say to somebody who may not even look: of another workspace that shares a channel, or deactivated.

    While Slack does not say who it is anybody may look, as in the channel itself; what changes something asks again.
    """
    person = known(room.people, team_id, user_id)
    if person is None or isinstance(may("ask", person, Grounds()), Allowed):
        return None
    return refusal(room, team_id, user_id, "ask", to)
