"""What the tests of the jobs share besides Slack's stand-in: indexes, and quiet logs."""

from collections.abc import Iterator

import pytest
import structlog

from bot.usecases.room import Shelf


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
