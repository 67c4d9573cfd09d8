"""The delivery log of the webhook, for administrators: what was sent, what was refused, and trying once more."""

from bot.posts import Post
from bot.store import Scope, audit, outbox, webhooks
from bot.usecases.following.webhooks import recent
from bot.usecases.requests import Click
from bot.usecases.room import Room
from bot.usecases.workspace.people import known
from bot.usecases.workspace.permissions import Denied, grounds, may

__all__ = ["again", "show"]


def show(room: Room, click: Click, request_id: str) -> None:
    """The last deliveries, to the clicker alone."""
    refused = _refused(room, click)
    with room.store.write(click.team_id, settles=request_id) as scope:
        outbox.put(scope, refused or _log(scope, click, None))


def again(room: Room, click: Click, request_id: str) -> None:
    """Try a dead letter once more, and show the log as it is then."""
    refused = _refused(room, click)
    with room.store.write(click.team_id, settles=request_id) as scope:
        if refused is not None:
            outbox.put(scope, refused)
            return
        is_again = webhooks.send_again(scope, click.value, room.clock())
        if is_again:
            audit.record(scope, room.clock(), click.user_id, "webhook.again", "webhook", delivery_id=click.value)
        outbox.put(scope, _log(scope, click, "again" if is_again else "not_dead"))


def _refused(room: Room, click: Click) -> Post | None:
    person = known(room.people, click.team_id, click.user_id)
    with room.store.read(click.team_id) as scope:
        ground = grounds(room, scope)
    if person is None:
        return Post(click.in_private, "decision_refused", {"reason": "who_is_that", "decision": None, "workload": None})
    verdict = may("settings", person, ground)
    if isinstance(verdict, Denied):
        return Post(click.in_private, "not_allowed", verdict.as_document("settings"))
    return None


def _log(scope: Scope, click: Click, note: str | None) -> Post:
    return Post(click.in_private, "webhook_log", {"rows": recent(scope), "note": note})
