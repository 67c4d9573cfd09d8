"""Socket Mode against a small server that speaks it: the same listeners, fed from a WebSocket."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from bot.local.server import serving
from bot.slack.desk import Desk
from bot.slack.edge import Edge
from bot.slack.opener import Opener
from bot.slack.socket import Socket
from bot.store import Store, inbox
from bot.usecases.room import Room, utc_now

COMMAND = {"command": "/gpu-advise", "team_id": "T1", "user_id": "U1", "channel_id": "C1", "text": "help"}


@dataclass
class SocketServer:
    """Hands out one WebSocket, sends what it is told to and keeps what comes back."""

    refusal: str | None = None
    asked: int = 0
    address: str = ""
    envelopes: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: list[dict[str, Any]] = field(default_factory=list)

    @property
    def asgi(self) -> Starlette:
        return Starlette(
            routes=[Route("/api/{method}", self._open, methods=["POST"]), WebSocketRoute("/link", self._link)]
        )

    async def _open(self, _: Request) -> Response:
        self.asked += 1
        if self.refusal is not None:
            return JSONResponse({"ok": False, "error": self.refusal})
        return JSONResponse({"ok": True, "url": self.address.replace("http", "ws") + "/link"})

    async def _link(self, websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_json({"type": "hello"})
        for envelope in self.envelopes:
            await websocket.send_json(envelope)
        async for message in websocket.iter_json():
            self.acknowledged.append(message)


@pytest.fixture
def server() -> Iterator[SocketServer]:
    served = SocketServer()
    with serving(served.asgi) as served.address:
        yield served


@pytest.fixture
async def desk(migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[tuple[Desk, list[inbox.Request]]]:
    store = Store(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'socket.db')}")
    done: list[inbox.Request] = []
    desk = Desk(store, done.append, utc_now)
    yield desk, done
    await desk.stop(5)
    store.close()


async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token="xoxb-1")


def socket_to(server: SocketServer, desk: Desk) -> Socket:
    client, room = AsyncWebClient(base_url=f"{server.address}/api/"), Room(desk._store)
    edge = Edge(room, desk, Opener(room, lambda _: client), client, authorize)
    return Socket(edge, SecretStr("xapp-1"))


async def run_until(socket: Socket, is_so: Any) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(socket.run(stop))
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110 - the server runs in another thread
            await asyncio.sleep(0.02)
    stop.set()
    await running


async def test_a_command_over_the_socket_is_written_down_acknowledged_and_worked_on(
    server: SocketServer, desk: tuple[Desk, list[inbox.Request]]
) -> None:
    server.envelopes.append({"type": "slash_commands", "envelope_id": "e1", "payload": COMMAND})
    await run_until(socket_to(server, desk[0]), lambda: server.acknowledged and desk[1])
    assert server.acknowledged == [{"envelope_id": "e1"}]
    assert [work.body["text"] for work in desk[1]] == ["help"]


async def test_an_envelope_that_comes_twice_is_worked_on_once(
    server: SocketServer, desk: tuple[Desk, list[inbox.Request]]
) -> None:
    server.envelopes += [{"type": "slash_commands", "envelope_id": "e1", "payload": COMMAND}] * 3
    await run_until(socket_to(server, desk[0]), lambda: len(server.acknowledged) == 3)
    await desk[0].idle()
    assert len(desk[1]) == 1


@pytest.mark.parametrize("payload", [{}, {"type": "block_actions"}, {"type": 5}])
async def test_nonsense_over_the_socket_harms_nothing(
    server: SocketServer, desk: tuple[Desk, list[inbox.Request]], payload: dict[str, Any]
) -> None:
    server.envelopes.append({"type": "interactive", "envelope_id": "e0", "payload": payload})
    server.envelopes.append({"type": "slash_commands", "envelope_id": "e1", "payload": COMMAND})
    await run_until(socket_to(server, desk[0]), lambda: server.acknowledged and desk[1])
    assert {"envelope_id": "e1"} in server.acknowledged


async def test_a_refused_token_ends_the_job_with_slack_s_reason(
    server: SocketServer, desk: tuple[Desk, list[inbox.Request]]
) -> None:
    server.refusal = "invalid_auth"
    with pytest.raises(SlackApiError, match="invalid_auth"):
        await socket_to(server, desk[0]).run(asyncio.Event())


async def test_a_slack_that_is_away_does_not_keep_the_job_from_ending(
    server: SocketServer, desk: tuple[Desk, list[inbox.Request]]
) -> None:
    server.refusal = "service_unavailable"
    await run_until(socket_to(server, desk[0]), lambda: server.asked)
    assert server.acknowledged == []
