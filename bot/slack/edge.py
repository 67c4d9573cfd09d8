"""Bolt, set up once: typed payloads in, an acknowledgement out, and the work that may start after it."""

import logging
from collections.abc import Mapping
from typing import Any, TypeAlias

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import actions, commands, events, failures, modals
from bot.slack.authorize import Authorize
from bot.slack.desk import Afterwards, Desk
from bot.slack.opener import Opener
from bot.slack.shapes import EventCallback, Misshapen, Other, Shape, read
from bot.usecases.room import Room

__all__ = ["Answer", "Edge"]

Answer: TypeAlias = tuple[int, str, Afterwards | None]
_NOT_INSTALLED = "I have no access to this workspace. An administrator can give it again: install the app once more."


class Edge:
    """The Slack side of the bot: `dispatch` takes one payload, whichever way it came.

    `authorize` says with which token a workspace is spoken to; it must not call Slack, as it runs before the
    acknowledgement.
    """

    def __init__(self, room: Room, desk: Desk, opener: Opener, client: AsyncWebClient, authorize: Authorize) -> None:
        logger = logging.getLogger("slack_bolt.gpu_advise")
        logger.setLevel(logging.ERROR)  # below that, Bolt quotes the bodies of requests that nothing handles
        self.client = client
        self.app = AsyncApp(
            name="gpu-advise",  # without one, Bolt reads the source of the whole call stack to find one
            logger=logger,
            client=client,
            authorize=authorize,  # type: ignore[arg-type]  # None is what Bolt takes for "not installed"
            process_before_response=True,  # listeners only write a row; Bolt would poll for the ack every 10 ms
            request_verification_enabled=False,  # the guard has done it, over the raw bytes
            ssl_check_enabled=False,
            attaching_function_token_enabled=False,
            user_facing_authorize_error_message=_NOT_INSTALLED,
        )
        commands.register(self.app, desk, opener)
        actions.register(self.app, desk, opener)
        modals.register(self.app, desk, opener, room)
        events.register(self.app, desk)
        self.app.error(failures.answer)

    async def dispatch(self, payload: Mapping[str, Any], delivery: str) -> Answer:
        """HTTP status and body for `payload`, and what to start once they are sent.

        `delivery` is equal for two deliveries of the same request and differs between any other two.
        """
        try:
            shape = read(payload)
        except Misshapen:
            return 400, "", None
        if isinstance(shape, Other):
            return 200, "", None
        afterwards: list[Afterwards] = []
        context = {"shape": shape, "delivery": _unique(shape, delivery), "afterwards": afterwards}
        # The mode decides only that Bolt takes a parsed body. Its own parser would answer a slash command whose text
        # contains the word "payload" as if it were empty.
        request = AsyncBoltRequest(mode="socket_mode", body=_body(shape), context=context)
        response = await self.app.async_dispatch(request)
        return response.status, _text(response), _together(afterwards)


def _unique(shape: Shape, delivery: str) -> str:
    """Slack repeats an event under its `event_id`, signed anew each time; commands and clicks it never repeats."""
    return shape.event_id if isinstance(shape, EventCallback) and shape.event_id else delivery


def _body(shape: Any) -> dict[str, Any]:
    body: dict[str, Any] = shape.model_dump(exclude_none=True)
    body.pop("response_url", None)  # Bolt would answer there by itself
    return body


def _text(response: BoltResponse) -> str:
    return response.body if isinstance(response.body, str) else ""


def _together(afterwards: list[Afterwards]) -> Afterwards | None:
    def start() -> None:
        for begin in afterwards:
            begin()

    return start if afterwards else None
