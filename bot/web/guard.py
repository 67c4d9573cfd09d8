"""What stands between the internet and Bolt: size, signature, replay and shape are settled before anything is believed.

Bolt 1.30 parses a body before it checks the signature, answers a malformed timestamp with 500, takes bodies of any
size, lets replays through, and logs a badly signed body. So none of its own checks is relied on.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from prometheus_client import CollectorRegistry, Counter, Histogram
from pydantic import SecretStr
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from bot.web.payloads import Payload, Refused, parse
from bot.web.signatures import Replays, is_signed

__all__ = ["MOST_BYTES", "Answer", "Dispatch", "Guard"]

_SERVER_ERROR = 500
_PATIENCE_SECONDS = 10.0  # for a body to arrive; Slack itself waits three for the answer
_LONGEST_NUMBER = 18  # digits of a content-length that is worth reading
MOST_BYTES = 1_000_000  # Slack's largest payload carries a view of 250 kB
Afterwards: TypeAlias = Callable[[], None]  # work that starts once the acknowledgement is on the wire
Answer: TypeAlias = tuple[int, str, Afterwards | None]  # HTTP status, JSON or nothing, what to start
Dispatch: TypeAlias = Callable[[Payload, str], Awaitable[Answer]]  # (payload, what makes this delivery unique)


class Guard:
    """The endpoint of `POST /slack/events`; only what passes every check reaches `dispatch`."""

    def __init__(
        self,
        dispatch: Dispatch,
        signing_secret: SecretStr,
        registry: CollectorRegistry,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._dispatch, self._clock = dispatch, clock
        self._secret = signing_secret.get_secret_value().encode()
        self._replays = Replays()
        self._requests = Counter("gpu_advise_slack_requests", "Requests by answer", ["status"], registry=registry)
        self._seconds = Histogram("gpu_advise_ack_seconds", "From request to acknowledgement", registry=registry)

    async def answer(self, request: Request) -> Response:
        """Answer one request; whatever came in, the answer is no 5xx unless the bot's own house is on fire."""
        started = time.perf_counter()
        try:
            response = await self._checked(request)
        except Refused as refused:
            response = PlainTextResponse(refused.reason, refused.status)
        except ClientDisconnect:
            response = Response(status_code=400)  # nobody is there to read it
        self._requests.labels(str(response.status_code)).inc()
        self._seconds.observe(time.perf_counter() - started)
        return response

    async def _checked(self, request: Request) -> Response:
        body = await _read(request)
        signature = request.headers.get("x-slack-signature", "").encode("latin-1")
        timestamp = request.headers.get("x-slack-request-timestamp", "").encode("latin-1")
        now = self._clock()
        if not is_signed(self._secret, timestamp, signature, body, now):
            raise Refused(401, "not signed by Slack")
        payload = parse(request.headers.get("content-type", ""), body)
        if not self._replays.is_new(signature, now):
            return Response()  # taken already; whoever repeats it is told so and nothing happens twice
        return await self._pass_on(payload, signature)

    async def _pass_on(self, payload: Payload, signature: bytes) -> Response:
        status, text, afterwards = await self._dispatch(payload, signature.decode())
        if status >= _SERVER_ERROR:
            self._replays.forgive(signature)
        background = BackgroundTask(_start, afterwards) if afterwards else None
        return Response(text, status, media_type="application/json" if text else None, background=background)


async def _start(afterwards: Afterwards) -> None:
    """On the event loop: a synchronous background task would be run in a thread."""
    afterwards()


async def _read(request: Request) -> bytes:
    """The raw body.

    Raises:
        Refused: 413 as soon as it is known to be too large, 408 when it does not arrive; the rest is not read.
    """
    if int(_digits(request.headers.get("content-length", "0"))) > MOST_BYTES:
        raise Refused(413, "too large")
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await _streamed(request)
    except TimeoutError:
        raise Refused(408, "too slow") from None


async def _streamed(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise Refused(413, "too large")
    return bytes(body)


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else "0"
