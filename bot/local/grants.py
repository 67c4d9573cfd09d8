"""What Slack hands out for a short while: trigger ids and response addresses."""

import secrets
import threading
from dataclasses import dataclass

from bot.local.errors import SlackError
from bot.local.workspace import Clock

__all__ = ["Grants", "ResponseUrl"]

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5


@dataclass(slots=True)
class ResponseUrl:
    """Where an answer to one interaction may be sent: five times in half an hour."""

    channel_id: str
    user_id: str
    message_ts: str | None
    expires_at: float
    uses_left: int = RESPONSE_URL_USES


@dataclass(slots=True)
class _Trigger:
    user_id: str
    expires_at: float
    is_used: bool = False


class Grants:
    """Issues and redeems both kinds; an unknown, late or used one is refused as Slack refuses it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._triggers: dict[str, _Trigger] = {}
        self._response_urls: dict[str, ResponseUrl] = {}

    def new_trigger(self, user_id: str) -> str:
        """Return a trigger id that opens one view for this person within three seconds."""
        trigger_id = f"{secrets.randbelow(10**12)}.{secrets.token_hex(8)}"
        self._triggers[trigger_id] = _Trigger(user_id, self._clock() + TRIGGER_SECONDS)
        return trigger_id

    def redeem_trigger(self, trigger_id: str) -> str:
        """Return whose trigger it was, once."""
        with self._lock:
            trigger = self._triggers.get(trigger_id)
            if trigger is None:
                raise SlackError("invalid_trigger_id")
            if trigger.is_used:
                raise SlackError("exchanged_trigger_id")
            if self._clock() > trigger.expires_at:
                raise SlackError("expired_trigger_id")
            trigger.is_used = True
            return trigger.user_id

    def new_response_url(self, channel_id: str, user_id: str, message_ts: str | None = None) -> str:
        """Return the secret part of a response address."""
        key = secrets.token_urlsafe(18)
        self._response_urls[key] = ResponseUrl(channel_id, user_id, message_ts, self._clock() + RESPONSE_URL_SECONDS)
        return key

    def redeem_response_url(self, key: str) -> ResponseUrl:
        """Count one use of a response address."""
        with self._lock:
            grant = self._response_urls.get(key)
            if grant is None:
                raise SlackError("invalid_url")
            if self._clock() > grant.expires_at:
                raise SlackError("expired_url")
            if grant.uses_left == 0:
                raise SlackError("used_url")
            grant.uses_left -= 1
            return grant
