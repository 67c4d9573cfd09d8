"""One call of the Web API: what it asks, whichever of the three ways Slack allows it was written in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from bot.local.errors import SlackError

__all__ = ["Call", "read_call"]

_NESTED = frozenset({"blocks", "metadata", "view", "files", "attachments"})


@dataclass(frozen=True, slots=True)
class Call:
    """A method's name and its arguments; nested ones are decoded. `token` is the caller's, if it sent one."""

    method: str
    arguments: Mapping[str, Any]
    token: str | None = None

    def text(self, name: str) -> str | None:
        """Return a text argument; None when it is missing or empty."""
        value = self.arguments.get(name)
        return None if value in {None, ""} else str(value)

    def required(self, name: str, error: str = "invalid_arguments") -> str:
        """Return a text argument or refuse the call."""
        value = self.text(name)
        if value is None:
            raise SlackError(error, [f"[ERROR] missing required field: {name}"])
        return value

    def flag(self, name: str) -> bool:
        """Return a yes-or-no argument, however it was written."""
        return str(self.arguments.get(name, "")).lower() in {"1", "true"}

    def number(self, name: str, default: float) -> float:
        """Return a number or refuse the call."""
        try:
            return float(self.arguments.get(name) or default)
        except ValueError:
            raise SlackError("invalid_arguments", [f"[ERROR] {name} must be a number"]) from None

    def nested(self, name: str) -> Any:
        """Return an argument that is JSON, decoded; None when it is missing."""
        return self.arguments.get(name)


def read_call(method: str, query: Mapping[str, str], content_type: str, body: bytes, authorization: str | None) -> Call:
    """Read a request's query, form or JSON body into a call."""
    arguments: dict[str, Any] = {**query, **_read_body(content_type, body)}
    for name in _NESTED & arguments.keys():
        arguments[name] = _decoded(name, arguments[name])
    token = (authorization or "").removeprefix("Bearer ") or arguments.pop("token", None)
    return Call(method, {key: value for key, value in arguments.items() if value is not None}, token)


def _read_body(content_type: str, body: bytes) -> dict[str, Any]:
    if not content_type.startswith("application/json"):
        return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    try:
        read = json.loads(body or b"{}")
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(read, dict):
        raise SlackError("json_not_object")
    return read


def _decoded(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise SlackError("invalid_blocks_format" if name == "blocks" else "invalid_arguments") from None
