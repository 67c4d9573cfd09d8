"""Modals: opened while the trigger that a click or a command brought along is still good, which is three seconds."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.posts import Modal, Post
from bot.slack.turns import Turns
from bot.slack_errors import TROUBLES, reason
from bot.store import outbox
from bot.usecases.opening import BENEATH, opens
from bot.usecases.requests import Click, Command, Submission
from bot.usecases.room import Room
from bot.views import surface

__all__ = ["Opener"]

_PATIENCE_SECONDS = 1.0  # then a modal that says "one moment" is opened, and filled when the answer is there
_TIMEOUT_SECONDS = 10.0
_LOOKS, _LOOK_SECONDS = 15, 0.2  # at a list that somebody decides in: a decision takes tenths of a second
_log = structlog.get_logger("bot.slack.opener")


class _NotShown(Exception):
    """Slack did not show the modal, or did not say so; the message is the reason."""


class Opener:
    """Makes a modal in a thread and opens it; `client_for` raises LookupError for a workspace that has gone.

    A modal changes nothing, so that none is written down: who lost one is told to press again.
    """

    def __init__(self, room: Room, client_for: Callable[[str], AsyncWebClient]) -> None:
        self._room, self._client_for = room, client_for
        self._turns = Turns(2, "modals")  # not behind people's questions
        self._under_way: set[asyncio.Task[None]] = set()

    def begin(self, asked: Click | Command) -> None:
        """Start opening what was asked for; on the event loop, once the acknowledgement is sent."""
        task = asyncio.create_task(self._open_safely(asked))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def keep_up(self, form: Submission, before: Modal) -> None:
        """Draw the list under a form anew, once what the form asked for has been done; it was `before` that."""
        task = asyncio.create_task(self._keep_up(form, before))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def idle(self) -> None:
        """Wait until every modal that was asked for is open or lost."""
        while self._under_way:
            await asyncio.wait(tuple(self._under_way))

    async def stop(self, seconds: float) -> None:
        """Finish what is under way, for so many seconds."""
        if self._under_way:
            await asyncio.wait(tuple(self._under_way), timeout=seconds)
        self._turns.stop()

    async def _open_safely(self, asked: Click | Command) -> None:
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                await self._open(asked)
        except Exception as problem:  # noqa: BLE001 - whatever it was, the person is told
            is_ours = not isinstance(problem, _NotShown | TimeoutError | LookupError)
            _log.warning(
                "modal not opened",
                reason=str(problem) or type(problem).__name__,
                team_id=asked.team_id,
                exc_info=problem if is_ours else None,
            )
            await asyncio.to_thread(self._say, asked)

    async def _open(self, asked: Click | Command) -> None:
        making = asyncio.wrap_future(self._turns.submit(asked.team_id, partial(self._made, asked)))
        made, _ = await asyncio.wait((making,), timeout=_PATIENCE_SECONDS)
        if not made:
            shown = await self._show(asked, surface("modal_waiting", {}))
            await self._turn(asked, _view_id(shown), (await making)[1])
            return
        modal, view = making.result()
        if modal.is_turned and isinstance(asked, Click) and asked.view_id is not None:
            await self._turn(asked, asked.view_id, view)
        else:
            await self._show(asked, view)

    def _made(self, asked: Click | Command) -> tuple[Modal, dict[str, Any]]:
        make = opens(asked)
        modal = Modal("modal_waiting", {}) if make is None else make(self._room)
        return modal, surface(modal.view, modal.data)

    async def _keep_up(self, form: Submission, before: Modal) -> None:
        """A list that cannot be drawn anew stays as it is: its next page, or opening it again, shows what stands."""
        for _ in range(_LOOKS):
            await asyncio.sleep(_LOOK_SECONDS)
            now = await asyncio.to_thread(BENEATH, self._room, form)
            if now is not None and now.data != before.data and form.previous_view_id is not None:
                with suppress(_NotShown, TimeoutError, LookupError):
                    await self._turn(form, form.previous_view_id, surface(now.view, now.data))
                return

    async def _turn(self, asked: Click | Command | Submission, view_id: str, view: dict[str, Any]) -> None:
        """Put `view` in the place of an open modal."""
        client = await self._client(asked)
        client.retry_handlers = []
        await _called(client.views_update(view_id=view_id, view=view))

    async def _show(self, asked: Click | Command, view: dict[str, Any]) -> AsyncSlackResponse:
        client = await self._client(asked)
        client.retry_handlers = []  # the trigger is good for one call
        is_stacked = isinstance(asked, Click) and asked.view_id is not None and not asked.is_home
        call = client.views_push if is_stacked else client.views_open
        return await _called(call(trigger_id=asked.trigger_id or "", view=view))

    async def _client(self, asked: Click | Command | Submission) -> AsyncWebClient:
        """Not on the event loop, as it may read the database, and not behind modals that take their time."""
        return await asyncio.to_thread(self._client_for, asked.team_id)

    def _say(self, asked: Click | Command) -> None:
        with self._room.store.write(asked.team_id) as scope:
            outbox.put(scope, Post(asked.in_private, "lost", {}))


async def _called(call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    try:
        return await call
    except TROUBLES as problem:
        raise _NotShown(reason(problem)) from None


def _view_id(shown: AsyncSlackResponse) -> str:
    try:
        return str(shown["view"]["id"])
    except TROUBLES:
        raise _NotShown("an answer without a view") from None
