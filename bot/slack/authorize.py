"""With which token a workspace is spoken to."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from pydantic import SecretStr
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

__all__ = ["Authorize", "OneWorkspace"]

Authorize: TypeAlias = Callable[..., Awaitable[AuthorizeResult]]


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
