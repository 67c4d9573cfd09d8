"""What Slack says of the bot's token."""

from dataclasses import dataclass

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.usecases.workspace.installing import Granted

__all__ = ["Identity", "SlackUnreachable", "granted_to", "identify"]


class SlackUnreachable(Exception):
    """No usable answer: the token is refused, or nobody is there; the message never holds the token."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The workspace that the token belongs to, and its scopes; None where the server does not tell.

    Of an org-wide token `team_id` is any of the organisation's.
    """

    team_id: str
    team: str
    scopes: frozenset[str] | None
    enterprise_id: str | None = None
    is_org_wide: bool = False
    user_id: str | None = None


async def identify(client: AsyncWebClient) -> Identity:
    """Ask `auth.test`.

    Raises:
        SlackUnreachable: why there is no answer.
    """
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        raise SlackUnreachable(f"Slack refuses the token: {error.response.get('error', 'unknown error')}") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise SlackUnreachable(f"no answer from {client.base_url}: {type(error).__name__}") from None
    headers = {name.lower(): value for name, value in answer.headers.items()}
    told = headers.get("x-oauth-scopes")
    scopes = frozenset(scope.strip() for scope in told.split(",")) if told is not None else None
    return Identity(
        str(answer.get("team_id") or ""),
        str(answer.get("team") or ""),
        scopes,
        enterprise_id=answer.get("enterprise_id") or None,
        is_org_wide=answer.get("is_enterprise_install") is True,
        user_id=answer.get("user_id") or None,
    )


def granted_to(token: str, identity: Identity) -> Granted:
    """The access that a token gives which an administrator copied into the settings."""
    return Granted(
        team_id=identity.team_id,
        enterprise_id=identity.enterprise_id,
        is_org_wide=identity.is_org_wide,
        name=identity.team or None,
        app_id=None,
        bot_user_id=identity.user_id,
        bot_token=SecretStr(token),
        scopes=tuple(sorted(identity.scopes or ())),
        installed_by=None,
    )
