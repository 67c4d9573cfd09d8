"""One bot, two workspaces that installed it by OAuth, and one address at which both of their Slacks answer."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from starlette.types import Message, Receive, Scope, Send

from bot.app import build
from bot.config import Settings
from bot.local.oauth import CLIENT_ID, CLIENT_SECRET, METHOD
from bot.local.slack import SIGNING_SECRET, LocalSlack
from bot.local.workspace import TEAM_ID, Workspace
from tests.scenarios.workspace_story import Clock, Story, a_pixel

__all__ = ["KEY", "OTHER_TEAM", "SITE", "Switchboard", "allow", "install", "oauth_settings", "two_workspaces", "visit"]

OTHER_TEAM = "T0OTHER01"
SITE = "https://bot"
KEY = "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="


class Switchboard:
    """Tells calls apart by their token, codes by who gave them, and response addresses by their path.

    `asked` is the workspace that the person at the installation page chose.
    """

    def __init__(self, address: str, *slacks: LocalSlack) -> None:
        self.slacks, self.asked = slacks, slacks[0]
        for slack in slacks:
            slack.state.address = f"{address}/{slack.workspace.team_id}"
            slack.web_api.oauth.redirect_url = f"{SITE}/slack/oauth_redirect"

    async def asgi(self, scope: Scope, receive: Receive, send: Send) -> None:
        first, _, rest = scope.get("path", "").lstrip("/").partition("/")
        by_path = {slack.workspace.team_id: slack for slack in self.slacks}
        if first in by_path:
            await by_path[first].asgi({**scope, "path": f"/{rest}", "raw_path": f"/{rest}".encode()}, receive, send)
            return
        messages = [await receive()] if scope["type"] == "http" else []
        await self._whose(scope, messages)(scope, _again(messages, receive), send)

    def _whose(self, scope: Scope, messages: list[Message]) -> Any:
        if scope.get("path", "").endswith(METHOD):
            [code] = parse_qs(messages[0]["body"].decode()).get("code", [""])
            return next((slack for slack in self.slacks if slack.web_api.oauth.has(code)), self.asked).asgi
        token = dict(scope.get("headers", ())).get(b"authorization", b"").decode().removeprefix("Bearer ")
        return next((slack for slack in self.slacks if slack.web_api.oauth.bot_token == token), self.asked).asgi


def _again(messages: list[Message], receive: Receive) -> Receive:
    async def received() -> Message:
        return messages.pop(0) if messages else await receive()

    return received


def oauth_settings(api_url: str, database_url: str, **changes: Any) -> Settings:
    return Settings.read(
        **{
            "slack_signing_secret": SIGNING_SECRET,
            "slack_client_id": CLIENT_ID,
            "slack_client_secret": CLIENT_SECRET,
            "gpu_advise_secret_keys": KEY,
            "slack_api_url": api_url,
            "database_url": database_url,
            **changes,
        }
    )


@dataclass
class Both:
    """The same bot as seen from each of its workspaces."""

    one: Story
    other: Story
    switchboard: Switchboard


@asynccontextmanager
async def two_workspaces(front: Any, address: str, database_url: str, **changes: Any) -> AsyncIterator[Both]:
    """A running bot that neither workspace has installed yet."""
    one = LocalSlack(Workspace(team_id=TEAM_ID))
    other = LocalSlack(Workspace(team_id=OTHER_TEAM), bot_token="xoxb-other-workspace")
    front.slack = Switchboard(address, one, other)
    clock = Clock()
    bot = build(oauth_settings(f"{address}/api/", database_url, **changes), is_worker=False, clock=clock, draw=a_pixel)
    transport = httpx.ASGITransport(bot.asgi, raise_app_exceptions=False)
    async with bot.lifespan(None), httpx.AsyncClient(transport=transport) as client:
        yield Both(Story(one, bot, client, clock), Story(other, bot, client, clock), front.slack)


async def visit(told: Story) -> str:
    """Open the installation page; the address at Slack that it leads to."""
    begun = await told.client.get(f"{SITE}/slack/install")
    assert begun.status_code == 302
    return begun.headers["location"]


async def allow(address: str, answer: str = "allow") -> str:
    """Press Allow (or Cancel) at Slack; the address that it leads back to."""
    parts = urlsplit(address)
    async with httpx.AsyncClient(base_url=f"{parts.scheme}://{parts.netloc}") as browser:
        page = await browser.get(address)
        [href] = re.findall(rf'id="{answer}" href="([^"]+)"', page.text)
        return (await browser.get(unescape(href))).headers["location"]


async def install(both: Both, told: Story) -> httpx.Response:
    """The whole way of somebody who installs the bot in the workspace of `told`; the page at its end."""
    both.switchboard.asked = told.slack
    return await told.client.get(await allow(await visit(told)))
