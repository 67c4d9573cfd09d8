"""The stand-in for Slack as one value: its state, its Web API, and the application that serves them."""

from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import urljoin

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp

from bot.local.calls import Call
from bot.local.delivery import SignedHttp
from bot.local.errors import SlackError
from bot.local.faults import Fault
from bot.local.interactions import Interactions
from bot.local.page import Page, Press, with_safe_headers
from bot.local.server import serving
from bot.local.sockets import Sockets
from bot.local.state import State
from bot.local.web_api import WebApi
from bot.local.workspace import PostedMessage, Workspace

__all__ = ["APP_TOKEN", "BOT_TOKEN", "SIGNING_SECRET", "LocalSlack"]

BOT_TOKEN = "xoxb-local-workspace"  # noqa: S105 - opens nothing but this stand-in
APP_TOKEN = "xapp-local-workspace"  # noqa: S105 - the same
SIGNING_SECRET = "local-workspace-signing-secret"  # noqa: S105 - the same


class LocalSlack:
    """A workspace that a bot can be pointed at by `SLACK_API_URL=<address>/api/`.

    `granted`: the scopes of the bot's token; None grants every scope.
    """

    def __init__(
        self,
        workspace: Workspace | None = None,
        *,
        bot_token: str = BOT_TOKEN,
        app_token: str = APP_TOKEN,
        signing_secret: str = SIGNING_SECRET,
        granted: Collection[str] | None = None,
    ) -> None:
        self.workspace = workspace or Workspace()
        self.bot_token = bot_token
        self.app_token = app_token
        self.signing_secret = signing_secret
        is_public_writer = granted is None or "chat:write.public" in granted
        self.state = State(self.workspace, "http://127.0.0.1", is_public_writer)
        self.sockets = Sockets()
        self.web_api = WebApi(self.state, self.sockets, bot_token=bot_token, app_token=app_token, granted=granted)
        self._bot_url: str | None = None
        self._client: httpx.AsyncClient | None = None
        self._run_digest: Press | None = None
        self._pass_week: Press | None = None
        self.asgi = self._application()

    def _application(self) -> ASGIApp:
        page = Page(self.state, self._page_hands, lambda: self._run_digest, lambda: self._pass_week)
        # Whoever rebinds a name of theirs to this machine still sends that name: only the machine's own are answered.
        hosts = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
        routes = [*page.routes(), *self.web_api.routes(), *self.sockets.routes()]
        return with_safe_headers(Starlette(routes=routes, middleware=[hosts], lifespan=self._lifespan))

    @asynccontextmanager
    async def _lifespan(self, _application: Starlette) -> AsyncIterator[None]:
        """Close the page's client in the loop that served the page."""
        yield
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _page_hands(self) -> Interactions:
        if self._bot_url is None:
            raise SlackError("no_bot_connected")
        if self._client is None:
            self._client = httpx.AsyncClient(trust_env=False)  # a proxy has no business between two loopback ports
        return self.interactions(self._client, self._bot_url)

    def connect(self, bot_url: str, run_digest: Press | None = None, pass_week: Press | None = None) -> None:
        """Tell the page where the bot takes requests, and what *Run a digest now* and *Let a week pass* do."""
        self.web_api.oauth.redirect_url = urljoin(bot_url, "/slack/oauth_redirect")
        self._bot_url, self._run_digest, self._pass_week = bot_url, run_digest, pass_week
        self.workspace.changed()

    @contextmanager
    def served(self, port: int = 0) -> Iterator["LocalSlack"]:
        """Serve on a loopback port (0: a free one) inside the block."""
        with serving(self.asgi, port) as address:
            self.state.address = address
            yield self

    def interactions(self, client: httpx.AsyncClient, bot_url: str) -> Interactions:
        """Return the hands of the people here: signed requests to the bot at `bot_url`, sent through `client`."""
        return Interactions(self.state, SignedHttp(client, bot_url, self.signing_secret, clock=self.workspace.clock))

    def interactions_by_socket(self) -> Interactions:
        """Return the same hands for a bot that has connected itself by Socket Mode."""
        return Interactions(self.state, self.sockets)

    @property
    def address(self) -> str:
        """Where it is served, without a slash at the end."""
        return self.state.address

    @property
    def api_url(self) -> str:
        """What a bot is given as the base of the Web API."""
        return f"{self.address}/api/"

    def calls(self, method: str | None = None) -> list[Call]:
        """Return the calls so far (those of one method), refused and failed ones included, oldest first."""
        return [call for call in self.web_api.calls if method in {None, call.method}]

    def messages(self, channel_id: str | None = None) -> tuple[PostedMessage, ...]:
        """Return everything said in a channel (or anywhere), ephemeral messages included, oldest first."""
        return self.workspace.messages(channel_id)

    def fail_next(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method (or of "response_url", "upload") meet these faults, one each."""
        self.web_api.fail_next(method, *faults)

    def choose_fault(self, chooser: Callable[[Call], Fault | None]) -> None:
        """Let this decide about every call that `fail_next` has nothing planned for."""
        self.web_api.choose_fault = chooser

    def response_url(self, channel_id: str, user_id: str, message_ts: str | None = None) -> str:
        """Return a fresh response address, as an interaction would carry it."""
        return f"{self.address}/response/{self.state.grants.new_response_url(channel_id, user_id, message_ts)}"

    def trigger_id(self, user_id: str) -> str:
        """Return a fresh trigger id, as an interaction would carry it."""
        return self.state.grants.new_trigger(user_id)
