"""The Web API over HTTP: `/api/METHOD`, the response addresses, uploads and downloads."""

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from bot.local import accounts, chat, conversations, surfaces, uploads
from bot.local.calls import Call, read_call
from bot.local.errors import SlackError
from bot.local.faults import Fault
from bot.local.oauth import METHOD as OAUTH_METHOD
from bot.local.oauth import OAuthApp
from bot.local.sockets import Sockets
from bot.local.state import State

__all__ = ["SCOPES", "WebApi"]

Method = Callable[[State, Call], dict[str, Any]]

_METHODS: Mapping[str, Method] = {
    **accounts.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **surfaces.METHODS,
    **uploads.METHODS,
}

_OPEN_CONNECTION = "apps.connections.open"

SCOPES: Mapping[str, tuple[str, ...]] = {
    "chat.postMessage": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": ("channels:history", "groups:history", "im:history"),
    "conversations.replies": ("channels:history", "groups:history", "im:history"),
    "conversations.open": ("im:write",),
    "users.info": ("users:read",),
    "files.getUploadURLExternal": ("files:write",),
    "files.completeUploadExternal": ("files:write",),
}
"""Per method the scopes of which a token needs at least one; a method that is not here needs none."""


class _Dropped(Response):
    """An answer that promises more than it sends, so that the server drops the connection."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"ok": tr', "more_body": True})


class WebApi:
    """Answers calls out of the state; remembers each in `calls`; fails on demand.

    `granted`: the scopes of the bot's token; None grants every scope.
    """

    def __init__(
        self, state: State, sockets: Sockets, *, bot_token: str, app_token: str, granted: Collection[str] | None = None
    ) -> None:
        self._state = state
        self._sockets = sockets
        self.oauth = OAuthApp(state, bot_token)
        self._app_token = app_token
        self._granted = granted
        self._lock = threading.Lock()
        self._faults: dict[str, deque[Fault]] = {}
        self.calls: list[Call] = []
        self.choose_fault: Callable[[Call], Fault | None] = lambda _call: None
        self.pause: Callable[[float], Awaitable[None]] = asyncio.sleep  # how a fault's seconds pass

    def fail_next(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method meet these faults, one each."""
        with self._lock:
            self._faults.setdefault(method, deque()).extend(faults)

    def routes(self) -> list[BaseRoute]:
        """Return the routes that speak the Web API."""
        return [
            Route("/api/{method}", self._answer, methods=["GET", "POST"]),
            Route("/response/{key}", self._respond, methods=["POST"]),
            Route("/upload/{file_id}", self._upload, methods=["POST"]),
            Route("/files/{file_id}", self._download),
            *self.oauth.routes(),
        ]

    def perform(self, call: Call) -> dict[str, Any]:
        """Carry a call out and return its JSON answer, refusals included."""
        try:
            if call.method == OAUTH_METHOD:  # whoever has no token yet
                return {"ok": True, **self.oauth.access(call)}
            self._authorize(call)
            if call.method == _OPEN_CONNECTION:
                return {"ok": True, "url": self._connection_url()}
            return {"ok": True, **_METHODS.get(call.method, _unknown)(self._state, call)}
        except SlackError as error:
            return refusal(error)

    async def _answer(self, request: Request) -> Response:
        try:
            call = await _read(request, request.path_params["method"])
        except SlackError as error:
            return JSONResponse(refusal(error))
        return await self._carry_out(call, lambda: JSONResponse(self.perform(call), headers=self._told_scopes()))

    def _told_scopes(self) -> dict[str, str]:
        return {} if self._granted is None else {"x-oauth-scopes": ",".join(sorted(self._granted))}

    async def _respond(self, request: Request) -> Response:
        try:
            call = await _read(request, "response_url")
        except SlackError as error:
            return JSONResponse(refusal(error), 400)
        return await self._carry_out(call, lambda: self._redeem(request.path_params["key"], call))

    def _redeem(self, key: str, call: Call) -> Response:
        try:
            chat.respond(self._state, self._state.grants.redeem_response_url(key), call.arguments)
        except SlackError as error:
            return JSONResponse(refusal(error), 404 if error.name.endswith("_url") else 400)
        return PlainTextResponse("ok")

    async def _carry_out(self, call: Call, perform: Callable[[], Response]) -> Response:
        fault = self._noted(call)
        if fault is None:
            return perform()
        if fault.is_accepted:
            perform()
        if fault.seconds:
            await self.pause(fault.seconds)
        return _Dropped() if fault.is_reset else _troubled(fault)

    def _noted(self, call: Call) -> Fault | None:
        with self._lock:
            self.calls.append(call)
            planned = self._faults.get(call.method)
            return planned.popleft() if planned else self.choose_fault(call)

    def _authorize(self, call: Call) -> None:
        if call.token is None:
            raise SlackError("not_authed")
        is_connecting = call.method == _OPEN_CONNECTION
        if call.token not in {self.oauth.bot_token, self._app_token}:
            raise SlackError("invalid_auth")
        if (call.token == self._app_token) is not is_connecting:
            raise SlackError("not_allowed_token_type")
        needed = SCOPES.get(call.method, ())
        if needed and self._granted is not None and not set(needed) & set(self._granted):
            raise SlackError("missing_scope", needed=",".join(needed), provided=",".join(sorted(self._granted)))

    def _connection_url(self) -> str:
        return f"{self._state.address.replace('http', 'ws', 1)}/link/{self._sockets.new_ticket()}"

    async def _upload(self, request: Request) -> Response:
        file_id, content = request.path_params["file_id"], await request.body()
        return await self._carry_out(Call("upload", {"file_id": file_id}), lambda: self._kept(file_id, content))

    def _kept(self, file_id: str, content: bytes) -> Response:
        stored = self._state.workspace.files.get(file_id)
        if stored is None or stored.content:
            return PlainTextResponse("no such upload", 404)
        stored.content = content
        return PlainTextResponse(f"OK - {len(stored.content)}")

    async def _download(self, request: Request) -> Response:
        stored = self._state.workspace.files.get(request.path_params["file_id"])
        if stored is None or not stored.content:
            return PlainTextResponse("no such file", 404)
        is_png = stored.content.startswith(b"\x89PNG\r\n")
        return Response(stored.content, media_type="image/png" if is_png else "application/octet-stream")


def refusal(error: SlackError) -> dict[str, Any]:
    """Return the JSON in which Slack refuses a call."""
    answer: dict[str, Any] = {"ok": False, "error": error.name, **error.more}
    if error.messages:
        answer["errors"] = list(error.messages)
        answer["response_metadata"] = {"messages": list(error.messages)}
    return answer


def _unknown(_state: State, _call: Call) -> dict[str, Any]:
    raise SlackError("unknown_method")


def _troubled(fault: Fault) -> Response:
    retry_after = fault.retry_after_seconds
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    return Response(fault.body, fault.status, headers, fault.content_type)


async def _read(request: Request, method: str) -> Call:
    return read_call(
        method,
        dict(request.query_params),
        request.headers.get("content-type", ""),
        await request.body(),
        request.headers.get("authorization"),
    )
