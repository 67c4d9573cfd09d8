"""Installing an app, as Slack plays it: the page that asks, the code that comes back, and the token for it."""

import base64
import binascii
import secrets
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.local.calls import Call
from bot.local.errors import SlackError
from bot.local.state import State
from bot.local.workspace import ADMINISTRATOR, APP_ID, BOT

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "METHOD", "OAuthApp"]

CLIENT_ID = "1000000000.2000000000"
CLIENT_SECRET = "local-workspace-client-secret"  # noqa: S105 - opens nothing but this stand-in
METHOD = "oauth.v2.access"


class OAuthApp:
    """The app as its settings page describes it. `redirect_url` is where people are sent back to, unless it is None.

    `organisation`: the app is installed in all of it, so that its id and name stand in the answer for the workspace's.
    """

    def __init__(self, state: State, bot_token: str) -> None:
        self._state = state
        self.bot_token = bot_token
        self.redirect_url: str | None = None
        self.organisation: tuple[str, str] | None = None
        self._codes: dict[str, tuple[str, ...]] = {}

    def routes(self) -> list[BaseRoute]:
        """The page that asks, and its two answers."""
        return [
            Route("/oauth/v2/authorize", self._ask, methods=["GET"]),
            Route("/oauth/v2/answer", self._answer, methods=["GET"]),
        ]

    def has(self, code: str) -> bool:
        """Whether this workspace gave that code."""
        return code in self._codes

    def access(self, call: Call) -> dict[str, Any]:
        """Carry out `oauth.v2.access`: each code buys the token once."""
        if _credentials(call) != (CLIENT_ID, CLIENT_SECRET):
            raise SlackError("bad_client_secret" if _credentials(call)[0] == CLIENT_ID else "invalid_client_id")
        scopes = self._codes.pop(call.required("code", "invalid_code"), None)
        if scopes is None:
            raise SlackError("invalid_code")
        whose = self._organisation() if self.organisation else self._team()
        person = {"id": ADMINISTRATOR.id}
        bot = {"access_token": self.bot_token, "token_type": "bot", "scope": ",".join(scopes), "bot_user_id": BOT.id}
        return {**bot, **whose, "app_id": APP_ID, "authed_user": person}

    def _team(self) -> dict[str, Any]:
        team = {"id": self._state.workspace.team_id, "name": "Local workspace"}
        return {"team": team, "enterprise": None, "is_enterprise_install": False}

    def _organisation(self) -> dict[str, Any]:
        enterprise_id, name = self.organisation or ("", "")
        return {"team": None, "enterprise": {"id": enterprise_id, "name": name}, "is_enterprise_install": True}

    async def _ask(self, request: Request) -> Response:
        """What Slack shows: who wants in, what for, and two ways out."""
        asked = request.query_params
        if asked.get("client_id") != CLIENT_ID or not self.redirect_url:
            return HTMLResponse(_page("Something went wrong", "<p>invalid_client_id or bad_redirect_uri</p>"), 400)
        scopes = asked.get("scope", "").split(",")
        rows = "".join(f"<li><code>{escape(scope)}</code></li>" for scope in scopes)
        return HTMLResponse(_page("gpu-advise is requesting permission", f"<ul>{rows}</ul>{_links(asked)}"))

    async def _answer(self, request: Request) -> Response:
        """Send the person back with a code, or with the news that they would not."""
        asked = request.query_params
        back = {"state": asked.get("state", "")}
        if asked.get("answer") != "allow":
            return RedirectResponse(f"{self.redirect_url}?{urlencode({'error': 'access_denied', **back})}", 302)
        code = secrets.token_urlsafe(24)
        self._codes[code] = tuple(asked.get("scope", "").split(","))
        return RedirectResponse(f"{self.redirect_url}?{urlencode({'code': code, **back})}", 302)


def _credentials(call: Call) -> tuple[str, str]:
    """Client id and secret, by HTTP's own authentication or as arguments."""
    token = call.token or ""
    if not token.startswith("Basic "):
        return call.text("client_id") or "", call.text("client_secret") or ""
    try:
        client_id, _, secret = base64.b64decode(token.removeprefix("Basic ")).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client_id, secret


def _links(asked: Mapping[str, str]) -> str:
    kept = {name: asked.get(name, "") for name in ("scope", "state")}
    hrefs = {name: escape(f"/oauth/v2/answer?{urlencode({'answer': name, **kept})}") for name in ("allow", "cancel")}
    return (
        f'<p><a id="allow" href="{hrefs["allow"]}">Allow</a> · <a id="cancel" href="{hrefs["cancel"]}">Cancel</a></p>'
    )


def _page(title: str, body: str) -> str:
    return f'<!doctype html><html lang="en"><title>{title}</title><h1>{title}</h1>{body}</html>'
