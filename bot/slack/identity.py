"""What Slack says of the bot's token."""

from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

__all__ = ["Identity", "SlackUnreachable", "identify"]


class SlackUnreachable(Exception):
    """No usable answer: the token is refused, or nobody is there; the message never holds the token."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The workspace that the token belongs to, and its scopes; None where the server does not tell."""

    team_id: str
    team: str
    scopes: frozenset[str] | None


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
    return Identity(str(answer.get("team_id") or ""), str(answer.get("team") or ""), scopes)
