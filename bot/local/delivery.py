"""How a request of Slack's reaches the bot: signed HTTP, and how long the bot took to acknowledge it."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx

from bot.local.workspace import Clock

__all__ = ["ACK_SECONDS", "Ack", "Delivery", "SignedHttp", "signed_headers"]

ACK_SECONDS = 3.0
"""Slack gives up on a request after this long."""


@dataclass(frozen=True, slots=True)
class Ack:
    """The bot's answer to one request: `status` is None when there was none in time; `seconds` is how long it took."""

    status: int | None
    body: bytes
    seconds: float

    @property
    def is_ok(self) -> bool:
        """The bot acknowledged in time."""
        return self.status == httpx.codes.OK

    @property
    def problem(self) -> str:
        """What Slack tells the person when a request failed."""
        return "operation_timeout" if self.status is None else "dispatch_failed"

    def answer(self) -> Mapping[str, Any]:
        """Return what the bot said with its acknowledgement; plain text counts as `text`, nothing as nothing."""
        try:
            said = json.loads(self.body or b"{}")
        except ValueError:
            said = None
        return said if isinstance(said, dict) else {"text": self.body.decode(errors="replace")}


class Delivery(Protocol):
    """Carries one request to the bot. `kind`: "slash_commands", "interactive" or "events_api"."""

    async def deliver(self, kind: str, payload: Mapping[str, Any], *, retry: int = 0) -> Ack:
        """Send a payload and wait for the acknowledgement; `retry` counts from 1 for repeated events."""


class SignedHttp:
    """Posts to the bot's request URL as Slack does, with `client`'s timeout replaced by Slack's."""

    def __init__(self, client: httpx.AsyncClient, url: str, signing_secret: str, *, clock: Clock = time.time) -> None:
        self._client = client
        self._url = url
        self._signing_secret = signing_secret
        self._clock = clock

    async def deliver(self, kind: str, payload: Mapping[str, Any], *, retry: int = 0) -> Ack:
        """Sign and post a payload."""
        content_type, body = _encoded(kind, payload)
        headers = {"content-type": content_type, **signed_headers(self._signing_secret, body, self._clock())}
        if retry:
            headers |= {"x-slack-retry-num": str(retry), "x-slack-retry-reason": "http_timeout"}
        return await self._post(body, headers)

    async def _post(self, body: bytes, headers: Mapping[str, str]) -> Ack:
        started = time.perf_counter()
        try:
            response = await self._client.post(self._url, content=body, headers=headers, timeout=ACK_SECONDS)
        except httpx.TimeoutException:
            return Ack(None, b"", time.perf_counter() - started)
        except httpx.TransportError:
            return Ack(502, b"", time.perf_counter() - started)
        return Ack(response.status_code, response.content, time.perf_counter() - started)


def signed_headers(signing_secret: str, body: bytes, now: float) -> dict[str, str]:
    """Return the two headers by which Slack proves a request is its own.

    https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    timestamp = str(int(now))
    digest = hmac.new(signing_secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": f"v0={digest}"}


def _encoded(kind: str, payload: Mapping[str, Any]) -> tuple[str, bytes]:
    if kind == "events_api":
        return "application/json", json.dumps(payload).encode()
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return "application/x-www-form-urlencoded", urlencode(form).encode()
