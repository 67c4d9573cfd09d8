"""One served stand-in for Slack a folder, with a fresh workspace behind it for every test: starting servers is slow."""

from collections.abc import Iterator

import pytest
from starlette.types import Receive, Scope, Send

from bot.local.server import serving
from bot.local.slack import LocalSlack


class Front:
    """Passes every request to the workspace of the test that runs."""

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
    front, address = served_front
    front.slack = LocalSlack()
    front.slack.state.address = address
    return front.slack
