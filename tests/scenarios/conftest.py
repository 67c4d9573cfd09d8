"""A story for every test: a bot with a fresh database and a workspace that knows one workload."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.local.slack import LocalSlack
from bot.local.workspace import TEAM_ID
from bot.store import Store
from tests.scenarios.workspace_story import Story, keep_runs, runs, story


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
