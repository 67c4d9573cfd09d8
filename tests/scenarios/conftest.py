"""A story for every test: a bot with a fresh database and a workspace that knows one workload."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from starlette.types import Receive, Scope, Send

from bot.local.server import serving
from bot.local.slack import LocalSlack
from bot.local.workspace import TEAM_ID
from bot.store import Store
from tests.scenarios.workspace_story import Story, keep_runs, runs, story


class _Front:
    """Passes every request to the workspace of the test that runs: starting servers is slow."""

    def __init__(self) -> None:
        self.slack = LocalSlack()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.slack.asgi(scope, receive, send)


@pytest.fixture(scope="session")
def served_front() -> Iterator[tuple[_Front, str]]:
    front = _Front()
    with serving(front) as address:
        yield front, address


@pytest.fixture
def slack(served_front: tuple[_Front, str]) -> LocalSlack:
    front, address = served_front
    front.slack = LocalSlack()
    front.slack.state.address = address
    return front.slack


@pytest.fixture(scope="session")
def learned_database(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that has learned from one workload, to be copied."""
    path = tmp_path_factory.mktemp("learned") / "gpu-advise.db"
    shutil.copy(migrated_sqlite, path)
    store = Store(f"sqlite:///{path}")
    keep_runs(store, TEAM_ID, runs())
    store.close()
    return path


@pytest.fixture
def sqlite_url(learned_database: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(learned_database, tmp_path / 'story.db')}"


@pytest_asyncio.fixture
async def told(slack: LocalSlack, sqlite_url: str) -> AsyncIterator[Story]:
    async with story(slack, sqlite_url) as begun:
        yield begun
