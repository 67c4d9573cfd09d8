import contextlib
import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.payloads import Refused, parse

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def status_of(content_type: str, body: bytes) -> int:
    with pytest.raises(Refused) as refused:
        parse(content_type, body)
    return refused.value.status


def test_a_slash_command_is_its_form() -> None:
    body = urlencode({"command": "/gpu-advise", "text": "video-gen prod"}).encode()
    assert parse(FORM, body) == {"command": "/gpu-advise", "text": "video-gen prod"}


def test_a_command_may_speak_of_a_payload() -> None:
    body = urlencode({"command": "/gpu-advise", "text": "payload"}).encode()
    assert parse(FORM, body)["text"] == "payload"


def test_an_interaction_is_the_json_in_its_form() -> None:
    assert parse(FORM, urlencode({"payload": '{"type": "block_actions"}'}).encode()) == {"type": "block_actions"}


@pytest.mark.parametrize("content_type", [JSON, "application/json; charset=utf-8", "Application/JSON"])
def test_an_event_is_json(content_type: str) -> None:
    assert parse(content_type, b'{"type": "event_callback"}') == {"type": "event_callback"}


@given(st.dictionaries(st.text(), VALUES))
def test_every_shallow_object_is_read_as_it_was_written(value: dict[str, object]) -> None:
    assert parse(JSON, json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "multipart/form-data; boundary=x", "application/jsonp", "\x00"]
)
def test_other_content_types_are_refused(content_type: str) -> None:
    assert status_of(content_type, b"{}") == 415


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"notjson",
        b"[]",
        b"null",
        b'"text"',
        b"5",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":' * 900 + b"1" + b"}" * 900,
        b'{"a": ' + b"[" * 64 + b"]" * 64 + b"}",
        b"\xff\xfe",
        b'{"a": "\xed\xa0\x80"}',
    ],
)
def test_what_is_no_shallow_json_object_is_refused(body: bytes) -> None:
    assert status_of(JSON, body) == 400


@pytest.mark.parametrize(
    "body", [b"payload=notjson", b"payload=", b"payload=[]", b"payload=" + b"%5B" * 50_000, b"a=1&" * 101, b"\xff=1"]
)
def test_a_form_that_hides_something_else_is_refused(body: bytes) -> None:
    assert status_of(FORM, body) == 400


@given(st.sampled_from([FORM, JSON, "text/plain"]), st.binary())
def test_no_body_whatever_raises_anything_else(content_type: str, body: bytes) -> None:
    with contextlib.suppress(Refused):
        assert isinstance(parse(content_type, body), dict)
