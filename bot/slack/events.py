"""What happens around the bot in a workspace: opened, uninstalled, cut off."""

import re

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltContext

__all__ = ["EVENTS", "register"]

EVENTS = ("app_home_opened", "app_uninstalled", "tokens_revoked")
_log = structlog.get_logger("bot.slack.events")


def register(app: AsyncApp) -> None:
    """Bind the events of the manifest. Bolt acknowledges events by itself."""

    async def opened() -> None:
        """The home tab needs no answer."""

    async def parted(context: AsyncBoltContext) -> None:
        shape = context["shape"]
        _log.warning("slack access ended", event_type=shape.event.type, team_id=shape.team_id)

    app.event("app_home_opened")(opened)
    for name in EVENTS[1:]:
        app.event(name)(parted)
    app.event(re.compile(r""))(opened)  # one that an administrator subscribed to on top: no reason to repeat it
