"""With which token a workspace is spoken to."""

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias

import structlog
from pydantic import SecretStr
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.store import Store
from bot.usecases.workspace.installing import covering, join_enterprise
from bot.vault import Vault, VaultError

__all__ = ["Authorize", "ManyWorkspaces", "OneWorkspace", "Workspaces"]

Authorize: TypeAlias = Callable[..., Awaitable[AuthorizeResult | None]]
_MOST_CLIENTS = 1000
_SERVED_SECONDS = 60.0  # a workspace that was served a minute ago is not looked up before each acknowledgement
_log = structlog.get_logger("bot.slack.authorize")


class Workspaces(Protocol):
    """Where tokens come from. `client_for` and `token_for` may read the database; both may be called in any thread."""

    def client_for(self, team_id: str) -> AsyncWebClient:
        """The Web API client of a workspace.

        Raises:
            LookupError: the bot is not installed there.
        """

    def token_for(self, team_id: str) -> str:
        """The bot's token of a workspace.

        Raises:
            LookupError: the bot is not installed there.
        """

    def authorize(self) -> Authorize:
        """The function that Bolt asks before it calls a listener; it looks at the names of the arguments."""

    def forget(self, team_id: str) -> None:
        """Drop what is remembered of a workspace that came, came again or went."""


class OneWorkspace:
    """The app is installed in one workspace, with the token from the settings; asks nobody, so it costs nothing."""

    def __init__(self, bot_token: SecretStr, api_url: str) -> None:
        self._token = bot_token.get_secret_value()
        self._client = AsyncWebClient(self._token, base_url=api_url)

    def client_for(self, _team_id: str) -> AsyncWebClient:
        """The Web API client of a workspace."""
        return self._client

    def token_for(self, _team_id: str) -> str:
        """The bot's token of a workspace."""
        return self._token

    def authorize(self) -> Authorize:
        """The function that Bolt asks before it calls a listener; it looks at the names of the arguments."""
        token = self._token

        async def one_workspace(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
            return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

        return one_workspace

    def forget(self, _team_id: str) -> None:
        """The token stands in the settings: there is nothing to drop."""


class ManyWorkspaces:
    """The app is installed by OAuth; every workspace, or its organisation, has a token of its own in the database.

    The token is read anew for each use, as another process may have stored a newer one; only what it takes to decrypt
    it and to build a client is remembered.
    """

    def __init__(self, store: Store, vault: Vault, api_url: str, timer: Callable[[], float] = time.monotonic) -> None:
        self._store, self._vault, self._api_url, self._timer = store, vault, api_url, timer
        self._lock = threading.Lock()
        self._clients: OrderedDict[tuple[str, str], AsyncWebClient] = OrderedDict()  # by workspace and sealed token
        self._served: dict[str, float] = {}

    def client_for(self, team_id: str) -> AsyncWebClient:
        """The Web API client of a workspace.

        Raises:
            LookupError: the bot is not installed there, or its token was encrypted with a key that is no more.
        """
        held = covering(self._store, team_id)
        if held is None:
            raise LookupError(team_id)
        with self._lock:
            client = self._clients.get((team_id, held.bot_token)) or self._client(team_id, held.bot_token)
            self._clients[team_id, held.bot_token] = client
            while len(self._clients) > _MOST_CLIENTS:
                self._clients.popitem(last=False)
        return client

    def token_for(self, team_id: str) -> str:
        """The bot's token of a workspace.

        Raises:
            LookupError: as `client_for` does.
        """
        return str(self.client_for(team_id).token)

    def authorize(self) -> Authorize:
        """The function that Bolt asks before it calls a listener: None where the bot is not installed.

        No token is handed out: a listener only takes down what is asked.
        """

        async def of_installation(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
            is_served = await self._is_served(team_id or "", enterprise_id)
            return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id) if is_served else None

        return of_installation

    def forget(self, team_id: str) -> None:
        """Drop the clients of a workspace, and whether it is served; of an organisation, of all its workspaces."""
        with self._lock:
            self._served.clear()  # cheap to look up again, and the workspaces of an organisation are among them
            for key in [key for key in self._clients if key[0] == team_id]:
                del self._clients[key]

    async def _is_served(self, team_id: str, enterprise_id: str | None) -> bool:
        with self._lock:
            since = self._served.get(team_id)
        if since is not None and self._timer() - since < _SERVED_SECONDS:
            return True
        return await asyncio.to_thread(self._looked_up, team_id, enterprise_id)

    def _looked_up(self, team_id: str, enterprise_id: str | None) -> bool:
        held = covering(self._store, team_id, enterprise_id)
        if held is None:
            return False
        if held.is_org_wide:
            join_enterprise(self._store, team_id, held.team_id)
        with self._lock:
            self._served[team_id] = self._timer()
        return True

    def _client(self, team_id: str, sealed: str) -> AsyncWebClient:
        try:
            token = self._vault.open(sealed)
        except VaultError:
            _log.error("a token that no key opens: install the bot there again", team_id=team_id)
            raise LookupError(team_id) from None
        return AsyncWebClient(token, base_url=self._api_url, team_id=team_id)
