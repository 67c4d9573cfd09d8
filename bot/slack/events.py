"""What happens around the bot in a workspace: opened, uninstalled, cut off."""

import re

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from bot.slack.desk import Desk

__all__ = ["EVENTS", "register"]

EVENTS = ("app_home_opened", "app_uninstalled", "team_access_revoked", "tokens_revoked")


def register(app: AsyncApp, desk: Desk) -> None:
    """Bind the events of the manifest. Bolt acknowledges events by itself."""

    async def opened(context: AsyncBoltContext) -> None:
        home = context["shape"].home_opened()
        if home is not None:
            context["afterwards"] += await desk.take(home, context["delivery"])

    async def ignored() -> None:
        """Subscribed to on top by an administrator: no reason for Slack to repeat it."""

    async def parted(context: AsyncBoltContext) -> None:
        for departure in context["shape"].departures():
            context["afterwards"] += await desk.take(departure, context["delivery"])

    app.event("app_home_opened")(opened)
    for name in EVENTS[1:]:
        app.event(name)(parted)
    app.event(re.compile(r""))(ignored)
