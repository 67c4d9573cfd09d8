"""With which token a workspace is spoken to."""

from typing import Any

from pydantic import SecretStr
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

__all__ = ["OneWorkspace"]


class OneWorkspace:
    """The app is installed in one workspace, with the token from the settings; asks nobody, so it costs nothing."""

    def __init__(self, bot_token: SecretStr, api_url: str) -> None:
        self._token = bot_token.get_secret_value()
        self._client = AsyncWebClient(self._token, base_url=api_url)

    def client_for(self, _team_id: str) -> AsyncWebClient:
        """The Web API client of a workspace."""
        return self._client

    async def authorize(self, enterprise_id: str | None, team_id: str | None, **_: Any) -> AuthorizeResult:
        """What Bolt wants to know before it calls a listener."""
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=self._token)
