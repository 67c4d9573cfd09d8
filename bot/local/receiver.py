"""A system of somebody's own, for the demonstration: takes what the webhook sends and shows it in a channel."""

import html
import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.local.workspace import Channel, Person, PostedMessage, Workspace

__all__ = ["RECEIVER", "RECEIVER_CHANNEL", "Receiver"]

RECEIVER = Person("U0RECEIVE", "receiver", "Webhook receiver", is_bot=True)
RECEIVER_CHANNEL = "C0RECEIVE"
_HEADERS = ("X-Gpu-Advise-Id", "X-Gpu-Advise-Timestamp", "X-Gpu-Advise-Signature")
_LONGEST = 64 * 1024  # bytes of a delivery
_SHOWN = 2500  # characters of it: a section holds 3,000

IsGenuine = Callable[[str, bytes, str], bool]
"""Whether a signature (third) is right for a time stamp and a body."""


class Receiver:
    """Answers every delivery with 204. `is_genuine` checks its signature, as whoever was shown the secret would."""

    def __init__(self, workspace: Workspace, is_genuine: IsGenuine) -> None:
        self._workspace, self._is_genuine = workspace, is_genuine
        self.asgi: ASGIApp = Starlette(routes=[Route("/", self._take, methods=["POST"])])

    def open(self, address: str) -> None:
        """Make the channel, and say in it what it is for."""
        members = [person.id for person in self._workspace.people.values()]
        self._workspace.people[RECEIVER.id] = RECEIVER
        self._workspace.channels[RECEIVER_CHANNEL] = Channel(RECEIVER_CHANNEL, "webhook-receiver", members)
        self._say(
            "I stand for a system of your own. Type `/gpu-advise settings`, press *Webhook*, give it my address "
            f"`{address}/`, and approve something: what is sent to me appears here, with its signature checked."
        )

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        if len(body) > _LONGEST:
            return Response(status_code=413)
        sent = {name: request.headers.get(name, "") for name in _HEADERS}
        is_right = self._is_genuine(sent["X-Gpu-Advise-Timestamp"], body, sent["X-Gpu-Advise-Signature"])
        self._say(_delivery(sent, body, is_right=is_right))
        return Response(status_code=204)

    def _say(self, text: str) -> None:
        block = {"type": "section", "block_id": "b1", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
        ts = self._workspace.next_ts()
        self._workspace.post(PostedMessage(RECEIVER_CHANNEL, ts, RECEIVER.id, text, [block]))


def _delivery(sent: Mapping[str, str], body: bytes, *, is_right: bool) -> str:
    verdict = "✅ the signature is right" if is_right else "⚠️ the signature is wrong"
    headers = "\n".join(f"{name}: {_quoted(value[:200])}" for name, value in sent.items())
    return f"*A delivery:* {verdict}\n```\n{headers}\n\n{_quoted(_pretty(body))[:_SHOWN]}\n```"


def _pretty(body: bytes) -> str:
    try:
        read: Any = json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
    return json.dumps(read, indent=1, ensure_ascii=False)


def _quoted(text: str) -> str:
    """As it came: no markup begins in it."""
    return html.escape(text, quote=False).replace("`", "ˋ")
