"""What Slack says of the bot's token."""

import asyncio
from dataclasses import dataclass

from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack_errors import TROUBLES, is_lasting, reason
from bot.usecases.workspace.installing import Granted

__all__ = ["Identity", "SlackUnreachable", "granted_to", "identify"]

_TIMEOUT_SECONDS = 10.0


class SlackUnreachable(Exception):
    """No usable answer: the token is refused (`is_lasting`), or nobody is there; the message never holds the token."""

    def __init__(self, message: str, *, is_lasting: bool = False) -> None:
        self.is_lasting = is_lasting
        super().__init__(message)


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
    client.retry_handlers = []  # the SDK's own patience would be added to ours
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            answer = await client.auth_test()
        return _identity(answer)
    except TROUBLES as problem:
        if is_lasting(problem):
            raise SlackUnreachable(f"Slack refuses the token: {reason(problem)}", is_lasting=True) from None
        raise SlackUnreachable(f"no answer from {client.base_url}: {reason(problem)}") from None


def _identity(answer: AsyncSlackResponse) -> Identity:
    """What the answer says.

    Raises:
        ValueError: it does not say whose the token is.
    """
    if not isinstance(answer.get("team_id"), str):
        raise ValueError("no workspace")  # noqa: TRY004 - an answer without sense is no mistake of types
    headers = {name.lower(): value for name, value in answer.headers.items()}
    told = headers.get("x-oauth-scopes")
    scopes = frozenset(scope.strip() for scope in told.split(",")) if told is not None else None
    return Identity(
        str(answer["team_id"]),
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
