"""Pressed buttons: written down, acknowledged, and acted upon later."""

import re

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from bot.slack.desk import Desk

__all__ = ["ACTIONS", "register"]

ACTIONS = re.compile(r"advice\.(approve\.(cost|value|performance)|dismiss|snooze|why)")


def register(app: AsyncApp, desk: Desk) -> None:
    """Bind the buttons of a card, and an acknowledgement for those that only open a link."""

    async def decide(ack: AsyncAck, context: AsyncBoltContext) -> None:
        context["afterwards"] += await desk.take(context["shape"].request(), context["delivery"])
        await ack()

    async def nothing(ack: AsyncAck) -> None:
        await ack()

    app.action(re.compile(rf"^{ACTIONS.pattern}$"))(decide)
    app.action(re.compile(r""))(nothing)
