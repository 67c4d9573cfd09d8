"""Trouble on demand: what a test wants Slack to do wrong with a call."""

from dataclasses import dataclass

__all__ = ["Fault"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One call's trouble. `is_accepted`: the call is carried out first and only its answer suffers.

    `seconds` is waited before anything is answered; `is_reset` drops the connection half-way through the answer.
    """

    status: int = 200
    body: str = ""
    content_type: str = "application/json"
    retry_after_seconds: int | None = None
    seconds: float = 0.0
    is_accepted: bool = False
    is_reset: bool = False

    @classmethod
    def rate_limited(cls, retry_after_seconds: int = 1) -> "Fault":
        """429, a definite refusal."""
        return cls(429, '{"ok": false, "error": "ratelimited"}', retry_after_seconds=retry_after_seconds)

    @classmethod
    def refused(cls, error: str) -> "Fault":
        """`ok: false` with this error name."""
        return cls(body=f'{{"ok": false, "error": "{error}"}}')

    @classmethod
    def down(cls, status: int = 503, *, is_accepted: bool = False) -> "Fault":
        """A 5xx with a page of HTML, as gateways answer."""
        return cls(status, "<html><body>Service unavailable</body></html>", "text/html", is_accepted=is_accepted)

    @classmethod
    def silent(cls, seconds: float, *, is_accepted: bool = False) -> "Fault":
        """No answer for so long that the caller gives up."""
        return cls(504, "", seconds=seconds, is_accepted=is_accepted)

    @classmethod
    def reset(cls, *, is_accepted: bool = False) -> "Fault":
        """The connection breaks while the answer is on its way."""
        return cls(is_accepted=is_accepted, is_reset=True)
