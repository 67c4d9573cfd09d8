"""The delivery log of the webhook, for administrators: what was sent, what was refused, and trying once more."""

from bot.posts import Post
from bot.store import Scope, audit, outbox, webhooks
from bot.usecases.following.webhooks import recent
from bot.usecases.requests import Click
from bot.usecases.room import Room
from bot.usecases.workspace.rights import refusal

__all__ = ["again", "show"]


def show(room: Room, click: Click, request_id: str) -> None:
    """The last deliveries, to the clicker alone."""
    refused = refusal(room, click.team_id, click.user_id, "settings", click.in_private)
    with room.store.write(click.team_id, settles=request_id) as scope:
        outbox.put(scope, refused or _log(scope, click, None))


def again(room: Room, click: Click, request_id: str) -> None:
    """Try a dead letter once more, and show the log as it is then."""
    refused = refusal(room, click.team_id, click.user_id, "settings", click.in_private)
    with room.store.write(click.team_id, settles=request_id) as scope:
        if refused is not None:
            outbox.put(scope, refused)
            return
        is_again = webhooks.send_again(scope, click.value, room.clock())
        if is_again:
            audit.record(scope, room.clock(), click.user_id, "webhook.again", "webhook", delivery_id=click.value)
        outbox.put(scope, _log(scope, click, "again" if is_again else "not_dead"))


def _log(scope: Scope, click: Click, note: str | None) -> Post:
    return Post(click.in_private, "webhook_log", {"rows": recent(scope), "note": note})
