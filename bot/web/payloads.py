"""From the raw bytes of a signed request to a plain mapping, or a refusal with its status; never another exception."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import parse_qsl

__all__ = ["Payload", "Refused", "parse"]

Payload = Mapping[str, Any]
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_MOST_FIELDS = 100
_DEEPEST = 64  # Block Kit nests about a dozen levels; code that walks a payload must not run out of stack


class Refused(Exception):
    """A request that goes no further: the HTTP `status` and the `reason`, which quotes nothing of the request."""

    def __init__(self, status: int, reason: str) -> None:
        self.status, self.reason = status, reason
        super().__init__(f"{status} {reason}")


def parse(content_type: str, body: bytes) -> Payload:
    """The payload of a slash command (a form), an interaction (JSON in a form's `payload`) or an event (JSON).

    Raises:
        Refused: 415 for another content type, 400 for anything that does not parse into a shallow object.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == _JSON:
        return _object(_text(body))
    if kind == _FORM:
        form = _form(_text(body))
        return _object(form["payload"]) if "payload" in form else form
    raise Refused(415, "unsupported content type")


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Refused(400, "not UTF-8") from None


def _form(text: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise Refused(400, "too many fields") from None


def _object(text: str) -> Payload:
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):  # ValueError: also an integer of more digits than Python converts
        raise Refused(400, "not JSON") from None
    if not isinstance(value, dict):
        raise Refused(400, "not a JSON object")
    if _is_deeper(value, _DEEPEST):
        raise Refused(400, "nested too deeply")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _is_deeper(value: Any, levels: int) -> bool:
    """Breadth first and without recursion, which deep nesting would exhaust."""
    level = [value]
    for _ in range(levels):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return False
    return True


def _children(value: Any) -> list[Any]:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [item for item in items if isinstance(item, dict | list)]
