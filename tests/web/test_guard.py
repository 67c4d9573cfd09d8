import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from bot.web import guard
from bot.web.guard import MOST_BYTES, Answer, Guard
from bot.web.routes import routes
from bot.web.signatures import sign

SECRET = "signing-secret"
JSON = "application/json"


@dataclass
class Behind:
    """What stands behind the guard: notes what gets through, and answers as it is told."""

    taken: list[tuple[Any, str]] = field(default_factory=list)
    started: list[str] = field(default_factory=list)
    status: int = 200
    is_well: bool = True

    async def dispatch(self, payload: Any, delivery: str) -> Answer:
        self.taken.append((payload, delivery))
        return self.status, "", lambda: self.started.append(delivery)

    def trouble(self) -> str | None:
        return None if self.is_well else "the database is away"


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
async def client(behind: Behind) -> AsyncIterator[httpx.AsyncClient]:
    registry = CollectorRegistry()
    guarded = Guard(behind.dispatch, SecretStr(SECRET), registry)
    transport = httpx.ASGITransport(routes(guarded, behind.trouble, registry))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        yield client


def headers(body: bytes, **changes: str) -> dict[str, str]:
    timestamp = changes.pop("timestamp", str(int(time.time())))
    signature = sign(SECRET.encode(), timestamp.encode(), body).decode()
    return {
        "content-type": JSON,
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": signature,
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }


async def test_a_signed_request_gets_through_with_its_payload(client: httpx.AsyncClient, behind: Behind) -> None:
    answer = await client.post("/slack/events", content=b'{"a": 1}', headers=headers(b'{"a": 1}'))
    assert (answer.status_code, answer.text) == (200, "")
    assert [payload for payload, _ in behind.taken] == [{"a": 1}]


async def test_work_starts_once_per_request_and_after_it_was_taken(client: httpx.AsyncClient, behind: Behind) -> None:
    await client.post("/slack/events", content=b"{}", headers=headers(b"{}"))
    assert behind.started == [behind.taken[0][1]]


@pytest.mark.parametrize(
    "change",
    [
        {"x_slack_signature": ""},
        {"x_slack_signature": "v0=" + "0" * 64},
        {"x_slack_signature": "v0=ü"},
        {"x_slack_request_timestamp": "abc"},
        {"x_slack_request_timestamp": ""},
        {"timestamp": "1"},
    ],
)
@pytest.mark.parametrize("body", [b"{}", b"payload=notjson", b"[" * 1000, b"\xff"])
async def test_nothing_unsigned_is_even_parsed(
    client: httpx.AsyncClient, behind: Behind, change: dict[str, str], body: bytes
) -> None:
    sent = {name.encode(): value.encode() for name, value in headers(body, **change).items()}
    answer = await client.post("/slack/events", content=body, headers=sent)
    assert answer.status_code == 401
    assert behind.taken == []


async def test_a_request_without_any_header_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.post("/slack/events", content=b"payload=notjson")).status_code == 401


@pytest.mark.parametrize(("body", "content_type", "status"), [(b"no", JSON, 400), (b"{}", "text/plain", 415)])
async def test_a_signed_body_that_is_not_slack_s_is_refused(
    client: httpx.AsyncClient, body: bytes, content_type: str, status: int
) -> None:
    answer = await client.post("/slack/events", content=body, headers=headers(body, content_type=content_type))
    assert answer.status_code == status


async def test_a_body_that_says_it_is_too_large_is_not_read(client: httpx.AsyncClient) -> None:
    read: list[int] = []

    async def body() -> AsyncIterator[bytes]:
        for number in range(3):
            read.append(number)
            yield b"x" * 1000

    sent = headers(b"", content_length=str(10 * MOST_BYTES))
    assert (await client.post("/slack/events", content=body(), headers=sent)).status_code == 413


async def test_a_body_that_grows_too_large_is_cut_off(client: httpx.AsyncClient, behind: Behind) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield b"x" * 10_000

    assert (await client.post("/slack/events", content=body(), headers=headers(b""))).status_code == 413
    assert behind.taken == []


async def test_a_body_of_exactly_the_most_is_taken(client: httpx.AsyncClient, behind: Behind) -> None:
    body = b'{"a": "' + b"x" * (MOST_BYTES - 9) + b'"}'
    assert len(body) == MOST_BYTES
    assert (await client.post("/slack/events", content=body, headers=headers(body))).status_code == 200
    assert len(behind.taken) == 1


async def test_a_replay_is_accepted_and_not_passed_on(client: httpx.AsyncClient, behind: Behind) -> None:
    sent = headers(b"{}")
    for _ in range(3):
        assert (await client.post("/slack/events", content=b"{}", headers=sent)).status_code == 200
    assert len(behind.taken) == 1


async def test_what_could_not_be_taken_may_come_again(client: httpx.AsyncClient, behind: Behind) -> None:
    sent, behind.status = headers(b"{}"), 503
    assert (await client.post("/slack/events", content=b"{}", headers=sent)).status_code == 503
    behind.status = 200
    assert (await client.post("/slack/events", content=b"{}", headers=sent)).status_code == 200
    assert len(behind.taken) == 2


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_only_post_is_answered(client: httpx.AsyncClient, method: str) -> None:
    assert (await client.request(method, "/slack/events")).status_code == 405


async def test_an_unknown_address_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.post("/slack/other")).status_code == 404


async def test_the_process_lives_whatever_the_database_does(client: httpx.AsyncClient, behind: Behind) -> None:
    behind.is_well = False
    assert (await client.get("/healthz")).status_code == 200
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.text) == (503, "the database is away")
    behind.is_well = True
    assert (await client.get("/readyz")).status_code == 200


async def test_metrics_count_requests_by_their_answer(client: httpx.AsyncClient) -> None:
    await client.post("/slack/events", content=b"{}", headers=headers(b"{}"))
    await client.post("/slack/events", content=b"{}")
    text = (await client.get("/metrics")).text
    assert 'gpu_advise_slack_requests_total{status="200"} 1.0' in text
    assert 'gpu_advise_slack_requests_total{status="401"} 1.0' in text
    assert "gpu_advise_ack_seconds_count 2.0" in text


async def test_without_a_guard_no_request_of_slack_s_is_taken(behind: Behind) -> None:
    application = routes(None, behind.trouble, CollectorRegistry())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://bot") as client:
        assert (await client.post("/slack/events")).status_code == 404
        assert (await client.get("/healthz")).status_code == 200


async def test_a_body_that_never_ends_is_given_up_and_nobody_waits_for_it(
    client: httpx.AsyncClient, behind: Behind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "_PATIENCE_SECONDS", 0.01)

    async def trickle() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(60)

    answer = await client.post("/slack/events", content=trickle(), headers=headers(b"{"))
    assert answer.status_code == 408
    assert behind.taken == []
