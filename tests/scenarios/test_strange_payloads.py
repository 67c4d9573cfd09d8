"""No input, signed or not, yields a 5xx or a traceback. `tests/benchmarks/strange_payloads_over_http.py` sends more."""

import logging
from collections import Counter

import httpx
import pytest
import structlog

from tests.scenarios.strange_payloads import signed, unsigned
from tests.scenarios.workspace_story import EVENTS, Story


async def _statuses(told: Story, requests: object) -> Counter[int]:
    counted: Counter[int] = Counter()
    transport = httpx.ASGITransport(told.bot.asgi)  # an exception that leaves the application fails the test
    async with httpx.AsyncClient(transport=transport) as client:
        for request in requests:  # type: ignore[attr-defined]
            answer = await client.post(EVENTS, content=request.body, headers=request.headers)
            counted[answer.status_code] += 1
    await told.bot.idle()
    return counted


async def test_two_thousand_strange_signed_payloads_do_no_harm(told: Story, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), structlog.testing.capture_logs() as said:
        counted = await _statuses(told, signed(1, 2000, told.slack.signing_secret))
    assert set(counted) <= {200, 400, 404, 415}
    assert counted[200] > 500
    assert counted[400] > 200
    assert not caplog.records
    assert [line for line in said if line["log_level"] in {"error", "critical"}] == []


async def test_five_hundred_unsigned_payloads_get_nowhere(told: Story, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert await _statuses(told, unsigned(2, 500, told.slack.signing_secret)) == {401: 500}
    assert not caplog.records
