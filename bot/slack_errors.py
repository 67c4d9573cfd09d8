"""What can go wrong with a call to Slack, whatever the SDK makes of it."""

from collections.abc import Mapping
from http.client import HTTPException
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

__all__ = ["MAYBE_DONE", "PASSING", "TOO_FAST", "TROUBLES", "is_lasting", "named", "reason"]

TROUBLES = (
    SlackClientError, aiohttp.ClientError, HTTPException, OSError, LookupError, AttributeError, TypeError, ValueError
)  # fmt: skip
"""What a call raises: the last four where the answer is not as Slack documents it, which the SDK takes for granted."""


# Slack says of these that some of the work may have been done before the error was raised.
MAYBE_DONE = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
TOO_FAST = frozenset({"rate_limited", "ratelimited"})

# Refusals that pass by themselves; any other named one lasts until a person changes something:
# https://docs.slack.dev/reference/methods/chat.postMessage#errors
PASSING = frozenset({"accesslimited", "external_channel_migrating", "message_limit_exceeded", "team_added_to_org"})


def is_lasting(problem: Exception) -> bool:
    """Whether Slack refuses by a name that asking again would not change."""
    name = named(problem) if isinstance(problem, SlackApiError) else None
    return name is not None and name not in MAYBE_DONE | TOO_FAST | PASSING


def reason(problem: Exception) -> str:
    """Why a call failed, in one word that quotes nothing of it: Slack's own, else what kind of trouble it was."""
    return (named(problem) if isinstance(problem, SlackApiError) else None) or type(problem).__name__


def named(error: SlackApiError) -> str | None:
    """The name by which Slack refuses, such as `missing_scope`; None where the answer holds no such thing."""
    # The SDK wraps an answer that it could read, and hands over the transport's own where it could not.
    response: Any = error.response
    data = response if isinstance(response, Mapping) else getattr(response, "data", None)
    name = data.get("error") if isinstance(data, Mapping) and data.get("ok") is False else None
    return name if isinstance(name, str) else None
