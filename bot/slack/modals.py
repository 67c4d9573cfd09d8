"""Modals: what is typed into their menus, and what is submitted."""

import asyncio
import re

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from bot.slack.desk import Desk
from bot.slack.opener import Opener
from bot.usecases.handle import is_known
from bot.usecases.opening import BENEATH, CHECKS, SUGGESTIONS
from bot.usecases.requests import Submission, Typed
from bot.usecases.room import Room
from bot.views import options

__all__ = ["register"]


def register(app: AsyncApp, desk: Desk, opener: Opener, room: Room) -> None:
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
        listed = await asyncio.to_thread(BENEATH, room, form)
        if is_known(form):
            context["afterwards"] += await desk.take(form, context["delivery"])
        if listed is None:
            await ack(response_action="clear")
            return
        context["afterwards"].append(lambda: opener.keep_up(form, listed))
        await ack()

    app.options(re.compile(r""))(suggest)
    app.view(re.compile(r""))(submit)
