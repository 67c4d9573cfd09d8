"""Socket Mode: the same payloads over a connection that the bot itself opens, for closed networks and trying out."""

import asyncio
import logging
from contextlib import suppress
from typing import Any

import aiohttp
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack.edge import Edge

__all__ = ["Socket"]

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
        try:
            with suppress(aiohttp.ClientError, OSError):  # nobody there yet: connecting below tries until somebody is
                client.wss_uri = await client.issue_new_wss_url()
            connecting = asyncio.create_task(_connect(client))
            await stop.wait()
            connecting.cancel()
        finally:
            await client.close()  # type: ignore[no-untyped-call]


async def _connect(client: SocketModeClient) -> None:
    await client.connect()  # type: ignore[no-untyped-call]


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
