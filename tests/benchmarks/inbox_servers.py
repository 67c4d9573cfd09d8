"""The servers that `bench_inbox.py` compares: a bare Bolt app, and the bot with all that precedes its answer."""

import socket
import sys
import time
from datetime import UTC, datetime
from typing import Any

import uvicorn
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.slack.authorize import OneWorkspace
from bot.slack.desk import Desk
from bot.slack.edge import Edge
from bot.slack.opener import Opener
from bot.store import Store
from bot.usecases.room import Room
from bot.web.guard import Guard
from bot.web.routes import routes

__all__ = ["serve"]

_SLACK = OneWorkspace(SecretStr("xoxb-benchmark"), "http://127.0.0.1:9/")


def serve(database_url: str, signing_secret: str) -> None:
    """Serve on a free port, which is printed first: the bot on a database, or a bare echo."""
    listening = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    is_echo = database_url.startswith("echo:")
    app = _echo(signing_secret, database_url) if is_echo else _bot(database_url, signing_secret)
    app.routes.append(Route("/cpu", _cpu_seconds))
    uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False)).run([listening])


def _echo(signing_secret: str, kind: str) -> Starlette:
    """Bolt as its documentation has it: verify, parse, acknowledge."""
    app = AsyncApp(
        signing_secret=signing_secret,
        authorize=_SLACK.authorize(),  # type: ignore[arg-type]  # None is what Bolt takes for "not installed"
        process_before_response=kind == "echo:quick",
    )

    @app.command("/gpu-advise")
    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    handler = AsyncSlackRequestHandler(app)

    async def endpoint(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route("/slack/events", endpoint, methods=["POST"])])


def _bot(database_url: str, signing_secret: str) -> Starlette:
    """Guard, Bolt and a durable row, as in production; the work that would follow is left out."""
    store = Store(database_url)
    store.migrate()
    registry = CollectorRegistry()
    room = Room(store)
    desk = Desk(store, _do_nothing, lambda: datetime.now(UTC))
    client = _SLACK.client_for("")
    edge = Edge(room, desk, Opener(room, _SLACK.client_for), client, _SLACK.authorize())
    return routes(Guard(edge.dispatch, SecretStr(signing_secret), registry), lambda: None, registry)


async def _cpu_seconds(_: Request) -> Response:
    """How much processor time this process has used."""
    return PlainTextResponse(repr(time.process_time()))


def _do_nothing(_: Any) -> None:
    """What comes after the acknowledgement is not measured here."""
