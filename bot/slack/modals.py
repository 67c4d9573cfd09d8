"""Modals: what is typed into their menus, and what is submitted."""

import asyncio
import re

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from bot.slack.desk import Desk
from bot.usecases.handle import is_known
from bot.usecases.opening import CHECKS, SUGGESTIONS
from bot.usecases.requests import Submission, Typed
from bot.usecases.room import Room
from bot.views import options

__all__ = ["register"]


def register(app: AsyncApp, desk: Desk, room: Room) -> None:
    """Bind every form and every menu that asks for its options."""

    async def suggest(ack: AsyncAck, context: AsyncBoltContext) -> None:
        typed: Typed = context["shape"].typed()
        find = SUGGESTIONS.get(typed.action_id)
        found = await asyncio.to_thread(find, room, typed) if find else []
        await ack(options=options((each.label, each.value) for each in found))

    async def submit(ack: AsyncAck, context: AsyncBoltContext) -> None:
        form: Submission = context["shape"].request()
        check = CHECKS.get(form.callback_id)
        mistakes = await asyncio.to_thread(check, room, form) if check else {}
        if mistakes:
            await ack(response_action="errors", errors=dict(mistakes))
            return
        if is_known(form):
            context["afterwards"] += await desk.take(form, context["delivery"])
        await ack(response_action="clear")

    app.options(re.compile(r""))(suggest)
    app.view(re.compile(r""))(submit)
