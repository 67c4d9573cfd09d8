"""How the local workspace takes what a bot answers, or fails to; the bot's side is scripted by respx."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import httpx
import pytest
import respx

from bot.local.delivery import ACK_SECONDS, Ack, SignedHttp

URL = "http://127.0.0.1:3000/slack/events"
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = 1_531_420_618.0


@pytest.fixture
async def delivery() -> AsyncIterator[SignedHttp]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield SignedHttp(client, URL, SECRET, clock=lambda: NOW)


def sent(route: respx.Route) -> httpx.Request:
    request: httpx.Request = route.calls.last.request
    return request


@respx.mock
async def test_a_command_travels_as_a_form_signed_over_its_very_bytes(delivery: SignedHttp) -> None:
    route = respx.post(URL).respond(200)
    assert (await delivery.deliver("slash_commands", {"command": "/gpu-advise", "text": "video-gen & co"})).is_ok
    request = sent(route)
    assert parse_qs(request.content.decode()) == {"command": ["/gpu-advise"], "text": ["video-gen & co"]}
    digest = hmac.new(SECRET.encode(), b"v0:1531420618:" + request.content, hashlib.sha256).hexdigest()
    assert request.headers["x-slack-signature"] == f"v0={digest}"
    assert request.headers["x-slack-request-timestamp"] == "1531420618"


@respx.mock
async def test_a_click_travels_as_one_form_field_and_an_event_as_json(delivery: SignedHttp) -> None:
    route = respx.post(URL).respond(200)
    await delivery.deliver("interactive", {"type": "block_actions"})
    assert json.loads(parse_qs(sent(route).content.decode())["payload"][0]) == {"type": "block_actions"}
    await delivery.deliver("events_api", {"type": "event_callback"})
    assert json.loads(sent(route).content) == {"type": "event_callback"}
    assert sent(route).headers["content-type"] == "application/json"


@respx.mock
async def test_a_repeated_event_says_which_repetition_it_is(delivery: SignedHttp) -> None:
    route = respx.post(URL).respond(200)
    await delivery.deliver("events_api", {"type": "event_callback"})
    assert "x-slack-retry-num" not in sent(route).headers
    await delivery.deliver("events_api", {"type": "event_callback"}, retry=2)
    assert sent(route).headers["x-slack-retry-num"] == "2"
    assert sent(route).headers["x-slack-retry-reason"] == "http_timeout"


@respx.mock
async def test_the_bot_has_as_long_as_slack_gives_it(delivery: SignedHttp) -> None:
    route = respx.post(URL).respond(200)
    await delivery.deliver("slash_commands", {})
    assert set(sent(route).extensions["timeout"].values()) == {ACK_SECONDS}


@respx.mock
@pytest.mark.parametrize(
    ("failure", "status", "problem"),
    [
        (httpx.ReadTimeout("slow"), None, "operation_timeout"),
        (httpx.ConnectTimeout("slow"), None, "operation_timeout"),
        (httpx.ConnectError("nobody listens"), 502, "dispatch_failed"),
        (httpx.RemoteProtocolError("gone"), 502, "dispatch_failed"),
        (httpx.Response(500, text="oops"), 500, "dispatch_failed"),
        (httpx.Response(404), 404, "dispatch_failed"),
    ],
)
async def test_a_bot_that_does_not_acknowledge_is_named_as_slack_names_it(
    delivery: SignedHttp, failure: Exception | httpx.Response, status: int | None, problem: str
) -> None:
    respx.post(URL).mock(side_effect=[failure])
    ack = await delivery.deliver("slash_commands", {})
    assert (ack.is_ok, ack.status, ack.problem) == (False, status, problem)


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (b"", {}),
        (b'{"response_action": "clear"}', {"response_action": "clear"}),
        (b"only words", {"text": "only words"}),
        (b"[1, 2]", {"text": "[1, 2]"}),
        (b"\xff", {"text": "\ufffd"}),
    ],
)
def test_an_answer_is_json_words_or_nothing(body: bytes, answer: dict[str, str]) -> None:
    assert Ack(200, body, 0.0).answer() == answer
