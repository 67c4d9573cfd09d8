"""The slash command: written down, acknowledged, and answered later."""

import re

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from bot.slack.desk import Desk
from bot.slack.opener import Opener
from bot.usecases.opening import opens
from bot.usecases.requests import Command

__all__ = ["COMMAND", "register"]

COMMAND = "/gpu-advise"


def register(app: AsyncApp, desk: Desk, opener: Opener) -> None:
    """Bind the command, and a polite answer to every other name that an administrator may have given it."""

    async def gpu_advise(ack: AsyncAck, context: AsyncBoltContext) -> None:
        command: Command = context["shape"].request()
        if opens(command) is not None:
            context["afterwards"].append(lambda: opener.begin(command))
        else:
            context["afterwards"] += await desk.take(command, context["delivery"])
        await ack()

    async def another(ack: AsyncAck) -> None:
        await ack({"response_type": "ephemeral", "text": f"I answer to {COMMAND}."})

    app.command(COMMAND)(gpu_advise)
    app.command(re.compile(r""))(another)
