"""One served stand-in for Slack a folder, with a fresh workspace behind it for every test: starting servers is slow."""

from collections.abc import Iterator

import pytest
import structlog
from starlette.types import Receive, Scope, Send

from bot.local.server import serving
from bot.local.slack import LocalSlack
from bot.usecases.room import Shelf


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


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    """Indexes are the same for all tests, and dear."""
    return Shelf()


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> Iterator[None]:
    """Failures that tests provoke are logged in a line: drawing their stacks takes seconds."""
    structlog.configure(processors=[structlog.processors.KeyValueRenderer()])
    yield
    structlog.reset_defaults()
