"""Seeded streams of strange requests: Slack's own shapes with fields bent, broken JSON, deep JSON, noise."""

import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bot.local.delivery import signed_headers

__all__ = ["Strange", "signed", "unsigned"]

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
_TEXTS = [
    "",
    "video-gen",
    "video-gen prod",
    "help",
    "list",
    "status",
    'digest "',
    "x floor=",
    "payload",
    "\x00",
    "\ud800",
    "٣",
]
_TEXTS += [
    "🙂" * 50,
    "<!channel>",
    "a" * 5000,
    "track x",
    "settings",
    "{{ 7*7 }}",
    "'; drop table run;--",
    "list 999999999999",
]
_COMMAND = {"command": "/gpu-advise", "team_id": "T0FUZZ", "user_id": "U1", "channel_id": "C1", "text": "video-gen"}
_CLICK = {
    "type": "block_actions",
    "team": {"id": "T0FUZZ"},
    "user": {"id": "U1", "team_id": "T0FUZZ"},
    "channel": {"id": "C1"},
    "message": {"ts": "1.1", "thread_ts": "1.0"},
    "container": {"message_ts": "1.1", "is_ephemeral": True},
    "actions": [{"type": "button", "action_id": "advice.approve.cost", "block_id": "b", "value": "A"}],
    "response_url": "http://127.0.0.1:9/x",
}
_EVENT = {
    "type": "event_callback",
    "team_id": "T0FUZZ",
    "event_id": "Ev1",
    "event": {"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home"},
    "authorizations": [{"team_id": "T0FUZZ", "is_bot": True}],
}
_OTHERS = [
    {"type": "url_verification", "challenge": "c"},
    {"type": "view_submission", "team": {"id": "T0FUZZ"}, "user": {"id": "U1"}, "view": {"id": "V", "state": {}}},
    {"type": "shortcut", "callback_id": "c", "team": {"id": "T0FUZZ"}, "user": {"id": "U1"}},
    {"type": "message_action", "callback_id": "c"},
    {"type": "block_suggestion", "action_id": "a"},
    {"type": "interactive_message", "actions": [{}]},
    {"type": "dialog_submission"},
    {"type": "workflow_step_edit"},
    {"ssl_check": "1"},
]
_ACTIONS = [
    "advice.approve.cost",
    "advice.approve.x",
    "advice.why",
    "advice.dismiss",
    "advice.snooze",
    "link",
    "",
    "*" * 300,
]


@dataclass(frozen=True, slots=True)
class Strange:
    """One request as it goes over the wire."""

    body: bytes
    headers: dict[str, str]


def signed(seed: int, count: int, secret: str) -> Iterator[Strange]:
    """`count` strange requests with a good signature."""
    chance = random.Random(seed)
    for _ in range(count):
        content_type, body = _body(chance)
        yield Strange(body, {"content-type": content_type, **signed_headers(secret, body, time.time())})


def unsigned(seed: int, count: int, secret: str) -> Iterator[Strange]:
    """`count` strange requests with none, or with one that does not hold."""
    chance = random.Random(seed)
    for request in signed(seed + 1, count, secret):
        spoiled = chance.choice(["x-slack-signature", "x-slack-request-timestamp"])
        value = chance.choice(["", "abc", "v0=" + "0" * 64, "-1", "9" * 30, "1e3", "0"])
        kept = {name: text for name, text in request.headers.items() if chance.random() < 0.9 or name != spoiled}
        yield Strange(request.body, kept | {spoiled: value})


def _body(chance: random.Random) -> tuple[str, bytes]:
    kind = chance.randrange(10)
    if kind < 3:
        form = {**_COMMAND, "text": chance.choice(_TEXTS)}
        return FORM, _form({key: _text(_bent(chance, value)) for key, value in form.items() if chance.random() > 0.04})
    if kind < 6:
        action = {**_CLICK["actions"][0], "action_id": chance.choice(_ACTIONS)}  # type: ignore[index]
        return FORM, _form({"payload": _json(_bent(chance, {**_CLICK, "actions": [action]}))})
    if kind < 8:
        return JSON, _json(_bent(chance, _EVENT)).encode()
    if kind == 8:
        other = _json(_bent(chance, chance.choice(_OTHERS)))
        return (JSON, other.encode()) if chance.random() < 0.5 else (FORM, _form({"payload": other}))
    return chance.choice([FORM, JSON, "text/plain", ""]), _noise(chance)


def _bent(chance: random.Random, value: Any) -> Any:
    """`value` with some of it replaced, dropped or wrapped, however deep."""
    if chance.random() < 0.06:
        return _junk(chance)
    if isinstance(value, dict):
        kept = {key: _bent(chance, item) for key, item in value.items() if chance.random() > 0.04}
        return kept | ({_text(_junk(chance)): _junk(chance)} if chance.random() < 0.1 else {})
    if isinstance(value, list):
        return [_bent(chance, item) for item in value] * chance.choice([1, 1, 1, 0, 30])
    return value


def _junk(chance: random.Random) -> Any:
    return chance.choice(
        [
            None,
            True,
            0,
            -1,
            1e308,
            10**40,
            "",
            "T1",
            "\x00",
            "\ud800",
            "x" * 300,
            [],
            {},
            [[]],
            [{}],
            {"id": 5},
            ["a", 1],
        ]
    )


def _noise(chance: random.Random) -> bytes:
    depth = chance.choice([10, 100, 5000])
    return chance.choice(
        [
            chance.randbytes(chance.randrange(200)),
            b"[" * depth,
            b'{"a":' * depth + b"1" + b"}" * depth,
            b"payload=notjson",
            b"payload=" + b"%5B" * depth,
            b"payload=%7B%22type%22%3A%22block_actions%22",
            b"&" * depth,
            b'{"type": "event_callback", "event": ' + b"9" * 5000 + b"}",
            b'{"type": NaN}',
            b"",
        ]
    )


def _json(value: Any) -> str:
    return json.dumps(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _json(value)


def _form(fields: dict[str, str]) -> bytes:
    return urlencode(fields, errors="surrogatepass").encode()
