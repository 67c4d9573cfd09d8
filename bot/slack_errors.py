"""What can go wrong with a call to Slack, whatever the SDK makes of it."""

from collections.abc import Mapping
from http.client import HTTPException
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

__all__ = ["TROUBLES", "named", "reason"]

TROUBLES = (
    SlackClientError, aiohttp.ClientError, HTTPException, OSError, LookupError, AttributeError, TypeError, ValueError
)  # fmt: skip
"""What a call raises: the last four where the answer is not as Slack documents it, which the SDK takes for granted."""


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
