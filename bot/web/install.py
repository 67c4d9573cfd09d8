"""The two pages by which a workspace installs the bot: off to Slack, and back with what came of it."""

import asyncio
import hashlib
import secrets
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from html import escape
from string import Template

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.usecases.room import Room
from bot.usecases.workspace import installing
from bot.usecases.workspace.installing import VISIT_SECONDS, Granted, NotInstalled

__all__ = ["COOKIE", "Installer"]

COOKIE = "gpu_advise_install"
_LONGEST = 500  # characters of a code or a state
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_log = structlog.get_logger("bot.web.install")


@dataclass(frozen=True, slots=True)
class _Said:
    """One page: what happened, and what to do now."""

    title: str
    words: str
    status: int = 200
    is_over: bool = True  # no link to try again


_CANCELLED = _Said("Not installed", "Somebody pressed Cancel in Slack, so nothing was changed.", is_over=False)
_STALE = _Said(
    "This page cannot be used",
    "Slack sent you here, but the visit did not begin in this browser, was used already, or took longer than "
    f"{VISIT_SECONDS // 60} minutes. Nothing was changed.",
    status=400,
    is_over=False,
)
_BUSY = "Slack did not answer, so nothing was changed. Try again in a minute."
_REASONS: Mapping[str, str] = {
    "unreachable": _BUSY,
    "invalid_code": "Slack says that this visit was used already or took too long. Nothing was changed.",
    "code_already_used": "Slack says that this visit was used already. Nothing was changed.",
    "bad_client_secret": "Slack refuses SLACK_CLIENT_SECRET: whoever runs the bot must copy it again from Basic "
    "Information of the Slack app.",
    "invalid_client_id": "Slack does not know SLACK_CLIENT_ID: whoever runs the bot must copy it again from Basic "
    "Information of the Slack app.",
    "bad_redirect_uri": "The Slack app names another redirect URL: whoever runs the bot must enter this address "
    "(without what follows the question mark) under OAuth & Permissions.",
    "invalid_team_for_non_distributed_app": "This Slack app may be installed in its own workspace only: whoever runs "
    "the bot must activate public distribution under Manage Distribution.",
    "token_rotation": "Token rotation is switched on for this Slack app, which the bot does not support: whoever runs "
    "the bot must create the app anew from manifest.json, where it is off.",
    "no_bot_token": "Slack gave no token for a bot: whoever runs the bot must create the Slack app from manifest.json.",
    "org_login_required": "The workspace is being moved to an organisation. Try again once that is over.",
}

_STYLE = (
    "body{font:17px/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1.2rem;color:#1d1c1d;"
    "background:#fff}h1{font-size:1.5rem}code{background:#8882;padding:.1em .3em;border-radius:4px}a{color:#1264a3}"
    "@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#1a1d21}a{color:#6cb8f0}}"
)
_PAGE = Template(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>$title · gpu-advise</title>'
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
    f"<style>{_STYLE}</style></head><body><main><h1>$title</h1><p>$words</p>$more</main></body></html>"
)
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'",
    "referrer-policy": "no-referrer",  # the address holds a code
    "x-content-type-options": "nosniff",
}
_AGAIN = '<p><a href="/slack/install">Begin again</a></p>'
_NEXT = "<p>In Slack, type <code>/gpu-advise</code> to ask, or <code>/gpu-advise help</code> for examples.</p>"


class Installer:
    """`address(state)` is where Slack asks for access; `exchange(code)` is what it gave, or raises NotInstalled."""

    def __init__(
        self, room: Room, address: Callable[[str], str], exchange: Callable[[str], Awaitable[Granted]]
    ) -> None:
        self._room, self._address, self._exchange = room, address, exchange

    def routes(self) -> list[BaseRoute]:
        """Both pages."""
        return [
            Route("/slack/install", self._begin, methods=["GET"]),
            Route("/slack/oauth_redirect", self._end, methods=["GET"]),
        ]

    async def _begin(self, request: Request) -> Response:
        state = await asyncio.to_thread(installing.begin_visit, self._room)
        response = RedirectResponse(self._address(state), 302, {"cache-control": "no-store"})
        is_secure = request.url.hostname not in _LOOPBACK  # a server behind a proxy does not see that it speaks TLS
        response.set_cookie(
            COOKIE, state, max_age=VISIT_SECONDS, path="/slack", httponly=True, samesite="lax", secure=is_secure
        )
        return response

    async def _end(self, request: Request) -> Response:
        said = await self._outcome(request)
        more = "" if said.is_over else _AGAIN
        page = _PAGE.substitute(title=escape(said.title), words=escape(said.words), more=more or _NEXT)
        response = HTMLResponse(page, said.status, _HEADERS)
        response.delete_cookie(COOKIE, path="/slack")
        return response

    async def _outcome(self, request: Request) -> _Said:
        """What came of the visit; a state is good once, in the browser that it was given to."""
        state, held = request.query_params.get("state", ""), request.cookies.get(COOKIE, "")
        is_theirs = 0 < len(state) <= _LONGEST and secrets.compare_digest(state.encode(), held.encode())
        if not is_theirs or not await asyncio.to_thread(installing.end_visit, self._room, state):
            return _STALE
        if (error := request.query_params.get("error")) is not None:
            return _CANCELLED if error == "access_denied" else _refused(error)
        code = request.query_params.get("code", "")
        return await self._installed(code) if 0 < len(code) <= _LONGEST else _STALE

    async def _installed(self, code: str) -> _Said:
        try:
            granted = await self._exchange(code)
        except NotInstalled as problem:
            _log.warning("not installed", reason=problem.reason)
            return _refused(problem.reason)
        await asyncio.to_thread(installing.install, self._room, granted)
        whole = "every workspace of " if granted.is_org_wide else ""
        return _Said("gpu-advise is installed", f"It works in {whole}{granted.name or granted.holder} from now on.")


def _refused(reason: str) -> _Said:
    known = _REASONS.get(reason, f"Slack refused with {reason[:60]}. Nothing was changed.")
    return _Said("Not installed", known, status=502 if known == _BUSY else 400, is_over=False)
