"""The page that shows the workspace: its files, what it displays, and what people do on it."""

from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.local.delivery import Ack
from bot.local.errors import SlackError
from bot.local.interactions import Interactions
from bot.local.payloads import Source
from bot.local.shown import file_as_slack, message_as_slack
from bot.local.state import State
from bot.local.views import OpenView
from bot.local.workspace import SLACKBOT, Channel, PostedMessage

__all__ = ["Page", "Press", "with_safe_headers"]

Press = Callable[[], Awaitable[None]]

_ASSETS = Path(__file__).parent / "assets"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
# No script, style or connection but the page's own, and no string ever becomes markup.
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)


class Page:
    """Serves the page. `hands` are those of the person looking; `run_digest` and `pass_week` stand behind buttons."""

    def __init__(
        self,
        state: State,
        hands: Callable[[], Interactions],
        run_digest: Callable[[], Press | None],
        pass_week: Callable[[], Press | None],
    ) -> None:
        self._state = state
        self._hands = hands
        self._run_digest = run_digest
        self._pass_week = pass_week
        self._deeds: Mapping[str, Callable[[Mapping[str, Any]], Awaitable[dict[str, Any]]]] = {
            "say": self._say,
            "act": self._act,
            "submit": self._submit,
            "close": self._close,
            "suggest": self._suggest,
            "home": self._open_home,
            "digest": self._digest,
            "week": self._week,
        }

    def routes(self) -> list[BaseRoute]:
        """Return the page's routes."""
        return [
            Route("/", lambda _request: _asset("page.html")),
            Route("/page/{name}", lambda request: _asset(request.path_params["name"])),
            Route("/state", self._show),
            Route("/do/{deed}", self._do, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        query = request.query_params
        if query.get("after") == str(self._state.workspace.version):
            return Response(status_code=204)
        try:
            viewer = self._state.person(query.get("viewer", "")).id
            return JSONResponse(self._snapshot(viewer, query.get("channel", "")))
        except SlackError as error:
            return JSONResponse({"ok": False, "problem": error.name}, 404)

    def _snapshot(self, viewer_id: str, channel_id: str) -> dict[str, Any]:
        workspace, views = self._state.workspace, self._state.views
        direct = workspace.direct_channel(viewer_id)
        channels = [c for c in workspace.channels.values() if viewer_id in c.members]
        shown = channel_id if any(c.id == channel_id for c in channels) else channels[0].id
        return {
            "version": workspace.version,
            "people": [{"id": p.id, "name": p.name, "real_name": p.real_name} for p in workspace.people.values()],
            "channels": [self._channel(channel, viewer_id) for channel in channels],
            "direct": direct.id,
            "channel": shown,
            "messages": [self._message(m) for m in workspace.visible(shown, viewer_id)],
            "modal": _view(views.top(viewer_id), workspace.team_id),
            "home": _view(views.home(viewer_id), workspace.team_id),
            "has_digest": self._run_digest() is not None,
            "has_week": self._pass_week() is not None,
        }

    def _channel(self, channel: Channel, viewer_id: str) -> dict[str, Any]:
        """A channel, and when somebody else than the viewer spoke there last."""
        heard = (m.ts for m in self._state.workspace.visible(channel.id, viewer_id) if m.user_id != viewer_id)
        return {"id": channel.id, "name": channel.name, "is_im": channel.is_im, "last_ts": max(heard, default="")}

    def _message(self, message: PostedMessage) -> dict[str, Any]:
        files = [file_as_slack(self._state.workspace.files[file_id], "") for file_id in message.file_ids]
        shown = message_as_slack(self._state.workspace, message)
        return shown | {"is_ephemeral": message.is_ephemeral, "files": files}

    async def _do(self, request: Request) -> Response:
        """Do what was asked, unless another site's page asks: those cannot send JSON here without permission."""
        is_json = request.headers.get("content-type", "").startswith("application/json")
        origin = request.headers.get("origin", "")
        if not is_json or origin not in {"", f"http://{request.headers.get('host', '')}"}:
            return JSONResponse({"ok": False, "problem": "not_from_this_page"}, 403)
        deed = self._deeds.get(request.path_params["deed"])
        asked = await _body(request)
        if deed is None or asked is None:
            return JSONResponse({"ok": False, "problem": "not_understood"}, 400)
        try:
            return JSONResponse(await deed(asked))
        except SlackError as error:
            return JSONResponse({"ok": False, "problem": error.name, "details": list(error.messages)})

    async def _say(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Send what stands in the composer: our command, somebody else's, or plain words."""
        user_id = self._state.person(str(asked.get("viewer"))).id
        channel_id, text = self._place(user_id, asked), str(asked.get("text", "")).strip()
        command, _, rest = text.partition(" ")
        if command == "/gpu-advise":
            return _done(await self._hands().command(rest.strip(), user_id=user_id, channel_id=channel_id))
        is_command = text.startswith("/")
        words = (
            f"`{_escaped(command)}` is not a command here. Try `/gpu-advise help`." if is_command else _escaped(text)
        )
        author, visible_to = (SLACKBOT.id, user_id) if is_command else (user_id, None)
        ts = self._state.workspace.next_ts()
        self._state.workspace.post(PostedMessage(channel_id, ts, author, words, visible_to=visible_to))
        return {"ok": True}

    async def _act(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        user_id, action = self._state.person(str(asked.get("viewer"))).id, asked.get("action")
        if not isinstance(action, dict):
            raise SlackError("not_understood")
        values = asked.get("values") or {}
        return _done(await self._hands().act(self._source(asked), action, user_id=user_id, values=values))

    async def _submit(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        ack = await self._hands().submit(self._view(asked), asked.get("values") or {})
        answer = ack.answer() if ack.is_ok else {}
        return _done(ack) | {"errors": answer.get("errors", {}) if answer.get("response_action") == "errors" else {}}

    async def _close(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        ack = await self._hands().close(self._view(asked))
        return _done(ack) if ack else {"ok": True}

    async def _suggest(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        block_id, action_id, typed = (str(asked.get(key, "")) for key in ("block_id", "action_id", "typed"))
        ack = await self._hands().suggest(
            self._source(asked), block_id, action_id, typed, user_id=str(asked.get("viewer"))
        )
        answer = ack.answer() if ack.is_ok else {}
        groups = answer.get("option_groups") or [{"options": answer.get("options") or []}]
        return _done(ack) | {"options": [option for group in groups for option in group["options"]]}

    async def _open_home(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        return _done(await self._hands().open_home(self._state.person(str(asked.get("viewer"))).id))

    async def _digest(self, _asked: Mapping[str, Any]) -> dict[str, Any]:
        run = self._run_digest()
        if run is None:
            raise SlackError("no_digest_here")
        await run()
        return {"ok": True}

    async def _week(self, _asked: Mapping[str, Any]) -> dict[str, Any]:
        pass_week = self._pass_week()
        if pass_week is None:
            raise SlackError("no_calendar_here")
        await pass_week()
        return {"ok": True}

    def _place(self, user_id: str, asked: Mapping[str, Any]) -> str:
        channel = self._state.channel(str(asked.get("channel")))
        if user_id not in channel.members:
            raise SlackError("not_in_channel")
        return channel.id

    def _source(self, asked: Mapping[str, Any]) -> Source:
        if asked.get("view_id"):
            return self._view(asked)
        message = self._state.workspace.find(str(asked.get("channel")), str(asked.get("ts")))
        if message is None:
            raise SlackError("message_not_found")
        return message

    def _view(self, asked: Mapping[str, Any]) -> OpenView:
        view = self._state.views.find(view_id=str(asked.get("view_id")))
        if view.user_id != asked.get("viewer"):
            raise SlackError("not_found")
        return view


def with_safe_headers(application: ASGIApp) -> ASGIApp:
    """Add the headers that keep hostile message text harmless to every answer."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *_HEADERS]}
            await send(message)

        await application(scope, receive, send_with_headers)

    return guarded


@cache
def _assets() -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in _ASSETS.iterdir() if path.suffix in _TYPES}


def _asset(name: str) -> Response:
    content = _assets().get(name)
    if content is None:
        return Response("no such file", 404)
    return Response(content, media_type=_TYPES[Path(name).suffix])


async def _body(request: Request) -> Mapping[str, Any] | None:
    try:
        asked = await request.json()
    except ValueError:
        return None
    return asked if isinstance(asked, dict) else None


def _done(ack: Ack) -> dict[str, Any]:
    milliseconds = round(ack.seconds * 1000)
    return {"ok": ack.is_ok, "problem": None if ack.is_ok else ack.problem, "milliseconds": milliseconds}


def _view(view: OpenView | None, team_id: str) -> dict[str, Any] | None:
    return None if view is None else view.as_slack(team_id)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
