"""Buttons and menus, on cards, in modals and in the Home tab."""

import re

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from bot.slack.desk import Desk
from bot.slack.opener import Opener
from bot.usecases.handle import is_known
from bot.usecases.opening import opens
from bot.usecases.requests import Click

__all__ = ["register"]


def register(app: AsyncApp, desk: Desk, opener: Opener) -> None:
    """Bind every element: what opens a modal does so, what acts is written down, the rest only opens a link."""

    async def act(ack: AsyncAck, context: AsyncBoltContext) -> None:
        click: Click = context["shape"].request()
        if opens(click) is not None:
            context["afterwards"].append(lambda: opener.begin(click))
        elif is_known(click):
            context["afterwards"] += await desk.take(click, context["delivery"])
        await ack()

    app.action(re.compile(r""))(act)
