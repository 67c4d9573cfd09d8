"""What became of one call to Slack: done, refused for certain, or unknown because the answer was lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.webhook_response import WebhookResponse

from bot.slack_errors import MAYBE_DONE, PASSING, TOO_FAST, named

__all__ = ["Absent", "Delivered", "Outcome", "Refused", "Unknown", "of_error", "of_webhook"]

_TOO_MANY = 429
_REQUEST_TIMEOUT = 408
_SERVER_ERROR = 500
_OK = 200
_DEFAULT_RETRY_AFTER_SECONDS = 30.0
_LONGEST_RETRY_AFTER_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """The message is there: its channel and time stamp where Slack says them (a response address does not)."""

    channel: str | None = None
    ts: str | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """The channel was looked through, and the message is not there."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Certainly not done. `is_permanent`: asking again is useless. `retry_after_seconds`: as Slack says."""

    reason: str
    is_permanent: bool = False
    retry_after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Done or not done: nobody can tell from here."""

    reason: str


Outcome = Delivered | Refused | Unknown


def of_error(error: SlackApiError) -> Refused | Unknown:
    """What an answer other than `ok: true` means."""
    response: Any = error.response
    # The SDK wraps an answer that it could read, and hands over aiohttp's own where it could not.
    status: int = getattr(response, "status_code", None) or response.status
    return _judged(status, named(error), getattr(response, "headers", {}))


def of_webhook(response: WebhookResponse) -> Outcome:
    """What the answer of a response address means: `ok`, or the name of an error as plain text or JSON."""
    body = response.body.strip()
    if response.status_code == _OK and body.replace(" ", "") in {"ok", '{"ok":true}', ""}:
        return Delivered()
    if response.status_code in {_OK, _TOO_MANY} or response.status_code >= _SERVER_ERROR:
        return _judged(response.status_code, None, response.headers)
    # Used up, too late or malformed: this address takes no other answer tomorrow.
    return Refused(f"response_url: {response.status_code} {body[:200]}", is_permanent=True)


def _judged(status: int, name: str | None, headers: Mapping[str, str]) -> Refused | Unknown:
    if status == _TOO_MANY or name in TOO_FAST:
        return Refused("ratelimited", retry_after_seconds=_retry_after(headers))
    if name in MAYBE_DONE or status == _REQUEST_TIMEOUT or status >= _SERVER_ERROR:
        return Unknown(name or f"HTTP {status}")
    if name is not None:
        return Refused(name, is_permanent=name not in PASSING)
    # A page without JSON: with 200 from a server that may have done its work, else from one that never saw the call.
    return Unknown(f"HTTP {status} without JSON") if status == _OK else Refused(f"HTTP {status} without JSON")


def _retry_after(headers: Mapping[str, str]) -> float:
    """Seconds to wait; a patient default where the header is missing or no number."""
    said = next((value for key, value in headers.items() if key.lower() == "retry-after"), "")
    try:
        seconds = float(said)
    except ValueError:
        return _DEFAULT_RETRY_AFTER_SECONDS
    return min(max(seconds, 1.0), _LONGEST_RETRY_AFTER_SECONDS) if seconds == seconds else _DEFAULT_RETRY_AFTER_SECONDS  # noqa: PLR0124 - NaN
