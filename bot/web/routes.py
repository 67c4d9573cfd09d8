"""Every address that the bot answers, as one Starlette application."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.web.guard import Guard

__all__ = ["Lifespan", "routes"]

Lifespan: TypeAlias = Callable[[Any], AbstractAsyncContextManager[None]]


def routes(
    guard: Guard | None,
    trouble: Callable[[], str | None],
    registry: CollectorRegistry,
    lifespan: Lifespan | None = None,
    for_installers: Sequence[BaseRoute] = (),
) -> Starlette:
    """The application. `trouble` says, in words for an operator, why the bot cannot work now; None: it can.

    Without a `guard` (Socket Mode) no request of Slack is taken here; `for_installers` are the pages of OAuth.
    """

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_: Request) -> Response:
        reason = await asyncio.to_thread(trouble)
        return PlainTextResponse(reason or "ok", 503 if reason else 200)

    async def metrics(_: Request) -> Response:
        return Response(await asyncio.to_thread(generate_latest, registry), media_type=CONTENT_TYPE_LATEST)

    for_operators = [
        Route("/healthz", healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
        Route("/metrics", metrics, methods=["GET"]),
    ]
    for_slack = [Route("/slack/events", guard.answer, methods=["POST"])] if guard else []
    return Starlette(lifespan=lifespan, routes=[*for_slack, *for_installers, *for_operators])
