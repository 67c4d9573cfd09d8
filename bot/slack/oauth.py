"""Slack's OAuth, version 2: where a workspace is asked for access, and what its answer is worth."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode, urljoin

from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import OAuthSecrets
from bot.slack_errors import TROUBLES, is_lasting, reason
from bot.usecases.workspace.installing import Granted, NotInstalled

__all__ = ["OAuth"]

_TIMEOUT_SECONDS = 10.0


class OAuth:
    """The app `secrets` at the Slack behind `api_url`, which asks for `scopes`."""

    def __init__(self, secrets: OAuthSecrets, api_url: str, scopes: Iterable[str]) -> None:
        self._secrets, self._api_url, self._scopes = secrets, api_url, tuple(scopes)

    def address(self, state: str) -> str:
        """Where a person allows the bot into a workspace; `state` comes back with the answer.

        Slack sends the answer to the redirect URL of the app's settings, so that none is named here.
        """
        asked = {"client_id": self._secrets.client_id, "scope": ",".join(self._scopes), "state": state}
        return f"{urljoin(self._api_url, '/oauth/v2/authorize')}?{urlencode(asked)}"

    async def exchange(self, code: str) -> Granted:
        """The access that `code` stands for.

        Raises:
            NotInstalled: Slack refuses it, or does not answer.
        """
        client = AsyncWebClient(base_url=self._api_url)
        client.retry_handlers = []  # a code is good once
        secret = self._secrets.client_secret.get_secret_value()
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                answer = await client.oauth_v2_access(
                    client_id=self._secrets.client_id, client_secret=secret, code=code
                )
        except TROUBLES as problem:
            raise NotInstalled(reason(problem) if is_lasting(problem) else "unreachable") from None
        return _granted(answer.data)


def _granted(answer: Any) -> Granted:
    """What the answer says.

    Raises:
        NotInstalled: it gives no lasting token of a bot, or does not say whose it is.
    """
    if not isinstance(answer, Mapping):
        raise NotInstalled("unreachable")
    if "refresh_token" in answer or "expires_in" in answer:
        raise NotInstalled("token_rotation")
    team, enterprise = _object(answer, "team"), _object(answer, "enterprise")
    is_org_wide = answer.get("is_enterprise_install") is True
    granted = Granted(
        team_id=_text(team, "id"),
        enterprise_id=_text(enterprise, "id"),
        is_org_wide=is_org_wide,
        name=_text(enterprise if is_org_wide else team, "name"),
        app_id=_text(answer, "app_id"),
        bot_user_id=_text(answer, "bot_user_id"),
        bot_token=SecretStr(_text(answer, "access_token") or ""),
        scopes=tuple(scope for scope in (_text(answer, "scope") or "").split(",") if scope),
        installed_by=_text(_object(answer, "authed_user"), "id"),
    )
    if not granted.holder or not granted.bot_token.get_secret_value().startswith("xoxb-"):
        raise NotInstalled("no_bot_token")
    return granted


def _object(answer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = answer.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(answer: Mapping[str, Any], name: str) -> str | None:
    value = answer.get(name)
    return value if isinstance(value, str) and value else None
