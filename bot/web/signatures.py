"""Whether a request really comes from Slack, and whether it has come before."""

import hashlib
import hmac
import re
from collections import OrderedDict

__all__ = ["WINDOW_SECONDS", "Replays", "is_signed", "sign"]

WINDOW_SECONDS = 300  # Slack's own advice: older than five minutes may be a replay
_TIMESTAMP = re.compile(rb"[0-9]{1,11}")


def sign(secret: bytes, timestamp: bytes, body: bytes) -> bytes:
    """Slack's signature, version 0: `v0=` and the HMAC-SHA256 of `v0:timestamp:body` in hexadecimal.

    Source: Slack's documentation, "Verifying requests from Slack".
    """
    digest = hmac.new(secret, b"v0:" + timestamp + b":" + body, hashlib.sha256)
    return b"v0=" + digest.hexdigest().encode()


def is_signed(secret: bytes, timestamp: bytes, signature: bytes, body: bytes, now: float) -> bool:
    """Whether `signature` is Slack's over these raw bytes, and at most five minutes old at `now` (seconds)."""
    if not _TIMESTAMP.fullmatch(timestamp) or abs(now - int(timestamp)) > WINDOW_SECONDS:
        return False
    return hmac.compare_digest(sign(secret, timestamp, body), signature)


class Replays:
    """The signatures of the last few minutes: a second arrival of the same bytes is a replay.

    Memory is bounded by `most` signatures (88 bytes each and their bookkeeping), the oldest forgotten first; what this
    forgets, the unique key of the inbox still refuses.
    """

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._seen: OrderedDict[bytes, float] = OrderedDict()

    def is_new(self, signature: bytes, now: float) -> bool:
        """Whether `signature` comes for the first time; from here on it has come."""
        self._forget(now, keep=self._most)
        if signature in self._seen:
            return False
        self._forget(now, keep=self._most - 1)
        self._seen[signature] = now
        return True

    def forgive(self, signature: bytes) -> None:
        """The request could not be taken: the same bytes may come again."""
        self._seen.pop(signature, None)

    def _forget(self, now: float, keep: int) -> None:
        while self._seen:
            oldest = next(iter(self._seen))
            # A timestamp may lie in the future by the window, so its bytes stay valid for twice as long.
            if len(self._seen) <= keep and now - self._seen[oldest] <= 2 * WINDOW_SECONDS:
                return
            del self._seen[oldest]
