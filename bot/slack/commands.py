"""The slash command: written down, acknowledged, and answered later."""

import re

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from bot.slack.desk import Desk

__all__ = ["COMMAND", "register"]

COMMAND = "/gpu-advise"


def register(app: AsyncApp, desk: Desk) -> None:
    """Bind the command, and a polite answer to every other name that an administrator may have given it."""

    async def gpu_advise(ack: AsyncAck, context: AsyncBoltContext) -> None:
        context["afterwards"] += await desk.take(context["shape"].request(), context["delivery"])
        await ack()

    async def another(ack: AsyncAck) -> None:
        await ack({"response_type": "ephemeral", "text": f"I answer to {COMMAND}."})

    app.command(COMMAND)(gpu_advise)
    app.command(re.compile(r""))(another)
