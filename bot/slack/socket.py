"""Socket Mode: the same payloads over a connection that the bot itself opens, for closed networks and trying out."""

import asyncio
import logging
from typing import Any

import structlog
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.edge import Edge
from bot.slack_errors import TROUBLES, is_lasting, reason

__all__ = ["Socket", "address_of_socket"]

_TIMEOUT_SECONDS = 10.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 1.0, 60.0
_log = structlog.get_logger("bot.slack.socket")
_logger = logging.getLogger("slack_sdk.socket_mode")


class Socket:
    """Feeds `edge` from Slack's WebSocket."""

    def __init__(self, edge: Edge, app_token: SecretStr) -> None:
        self._edge, self._app_token = edge, app_token

    async def run(self, stop: asyncio.Event) -> None:
        """Stay connected until `stop`; the client reconnects by itself.

        Raises:
            SlackApiError: Slack refuses the token, which the client alone would try for ever.
        """
        client = _Handler(self._edge, self._app_token).client  # it wants a running event loop
        beginning = asyncio.create_task(_begin(client))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((beginning, stopping), return_when=asyncio.FIRST_COMPLETED)
            if beginning.done():
                beginning.result()
            await stopping
        finally:
            beginning.cancel()
            stopping.cancel()
            await client.close()  # type: ignore[no-untyped-call]


async def _begin(client: SocketModeClient) -> None:
    client.wss_uri = await address_of_socket(client.web_client, client.app_token)
    await client.connect()  # type: ignore[no-untyped-call]


async def address_of_socket(client: AsyncWebClient, app_token: str) -> str:
    """Where to connect to, asked until Slack says it.

    Raises:
        SlackApiError: Slack refuses for good.
    """
    client.retry_handlers = []
    pause = _FIRST_PAUSE_SECONDS
    while True:
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                answer = await client.apps_connections_open(app_token=app_token)
            return _address(answer)
        except TROUBLES as problem:
            if is_lasting(problem):
                raise
            _log.warning("no connection to Slack yet", reason=reason(problem), again_in_seconds=pause)
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


def _address(answer: AsyncSlackResponse) -> str:
    address = answer.get("url")
    if not isinstance(address, str):
        raise TypeError("an answer without an address")
    return address


class _Handler(AsyncSocketModeHandler):
    """Bolt's own, except that the envelope's id goes along and that work starts after the acknowledgement."""

    def __init__(self, edge: Edge, app_token: SecretStr) -> None:
        super().__init__(edge.app, app_token.get_secret_value(), _logger)
        self._edge = edge

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        payload: dict[str, Any] = req.payload if isinstance(req.payload, dict) else {}
        status, text, afterwards = await self._edge.dispatch(payload, req.envelope_id)
        response = BoltResponse(status=status, body=text, headers={"content-type": ["application/json"]})
        await send_async_response(client, req, response, 0.0)
        if afterwards is not None:
            afterwards()
