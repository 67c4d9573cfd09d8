"""Socket Mode: bots that open a connection themselves are sent their requests over it, as envelopes."""

import asyncio
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.local.delivery import ACK_SECONDS, Ack
from bot.local.workspace import APP_ID

__all__ = ["Sockets"]


@dataclass(slots=True)
class _Link:
    """One open connection and the event loop that it lives in."""

    socket: WebSocket
    loop: asyncio.AbstractEventLoop
    waiting: dict[str, "asyncio.Future[bytes]"] = field(default_factory=dict)


class Sockets:
    """Hands out connection addresses and delivers requests over whichever connection was opened last."""

    def __init__(self) -> None:
        self._tickets: set[str] = set()
        self._links: list[_Link] = []

    def new_ticket(self) -> str:
        """Return the secret part of an address that opens one connection."""
        ticket = secrets.token_urlsafe(18)
        self._tickets.add(ticket)
        return ticket

    @property
    def connections(self) -> int:
        """How many are open now."""
        return len(self._links)

    def routes(self) -> list[BaseRoute]:
        """Return the route that connections are opened at."""
        return [WebSocketRoute("/link/{ticket}", self._serve)]

    async def deliver(self, kind: str, payload: Mapping[str, Any], *, retry: int = 0) -> Ack:
        """Send an envelope and wait for its acknowledgement; callable from any event loop."""
        started = time.perf_counter()
        if not self._links:
            return Ack(502, b"", 0.0)
        link = self._links[-1]
        sent = asyncio.run_coroutine_threadsafe(self._exchange(link, _envelope(kind, payload, retry)), link.loop)
        try:
            body = await asyncio.wait_for(asyncio.wrap_future(sent), ACK_SECONDS)
        except TimeoutError:
            return Ack(None, b"", time.perf_counter() - started)
        except ConnectionError:
            return Ack(502, b"", time.perf_counter() - started)
        return Ack(200, body, time.perf_counter() - started)

    async def _exchange(self, link: _Link, envelope: Mapping[str, Any]) -> bytes:
        answered: asyncio.Future[bytes] = link.loop.create_future()
        link.waiting[envelope["envelope_id"]] = answered
        try:
            await link.socket.send_text(json.dumps(envelope))
            return await answered
        finally:
            del link.waiting[envelope["envelope_id"]]

    async def _serve(self, socket: WebSocket) -> None:
        ticket = socket.path_params["ticket"]
        if ticket not in self._tickets:
            await socket.close()
            return
        self._tickets.discard(ticket)  # an address opens one connection
        await socket.accept()
        link = _Link(socket, asyncio.get_running_loop())
        self._links.append(link)
        try:
            await socket.send_text(json.dumps(self._hello()))
            await _listen(link)
        except WebSocketDisconnect:
            pass
        finally:
            self._links.remove(link)
            _give_up(link)

    def _hello(self) -> dict[str, Any]:
        return {"type": "hello", "num_connections": self.connections, "connection_info": {"app_id": APP_ID}}


async def _listen(link: _Link) -> None:
    """Match acknowledgements with the envelopes that wait for them, until the connection ends."""
    while True:
        answer = json.loads(await link.socket.receive_text())
        answered = link.waiting.get(answer.get("envelope_id", ""))
        if answered is not None and not answered.done():
            answered.set_result(_body(answer.get("payload")))


def _give_up(link: _Link) -> None:
    for answered in link.waiting.values():
        if not answered.done():
            answered.set_exception(ConnectionError("the bot hung up"))


def _body(payload: Any) -> bytes:
    """Return an acknowledgement's payload as an HTTP answer would have carried it."""
    return b"" if not payload else json.dumps(payload).encode()


def _envelope(kind: str, payload: Mapping[str, Any], retry: int) -> dict[str, Any]:
    is_event = kind == "events_api"
    answerable = {"accepts_response_payload": not is_event}
    envelope = {"type": kind, "envelope_id": secrets.token_hex(16), "payload": payload, **answerable}
    return envelope | ({"retry_attempt": retry, "retry_reason": "timeout" if retry else ""} if is_event else {})
