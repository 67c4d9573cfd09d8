"""Stand-ins for Slack, served over loopback. Import the fixtures into a conftest to use them."""

from collections.abc import Iterator

import pytest
from starlette.types import Receive, Scope, Send

from bot.local.server import serving
from bot.local.slack import LocalSlack

__all__ = ["Front", "fake_slack", "served_front", "slack"]


@pytest.fixture
def fake_slack() -> Iterator[LocalSlack]:
    """A server of its own for one test."""
    with LocalSlack().served() as slack:
        yield slack


class Front:
    """Passes every request to the workspace of the test that runs: starting servers is slow."""

    def __init__(self) -> None:
        self.slack = LocalSlack()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.slack.asgi(scope, receive, send)


@pytest.fixture(scope="session")
def served_front() -> Iterator[tuple[Front, str]]:
    front = Front()
    with serving(front) as address:
        yield front, address


@pytest.fixture
def slack(served_front: tuple[Front, str]) -> LocalSlack:
    """A fresh workspace behind a server that all tests share."""
    front, address = served_front
    front.slack = LocalSlack()
    front.slack.state.address = address
    return front.slack
