"""Fixtures that several folders of tests share, and the server that all test processes share."""

from typing import Any

import pytest

from tests.database_fixtures import (
    bare_database_url,
    bare_postgres,
    database_url,
    migrated_postgres,
    migrated_sqlite,
    postgres_url,
    share_postgres,
    store,
)
from tests.local_slack_fixture import fake_slack, served_front, slack

__all__ = [
    "bare_database_url",
    "bare_postgres",
    "database_url",
    "fake_slack",
    "migrated_postgres",
    "migrated_sqlite",
    "postgres_url",
    "served_front",
    "slack",
    "store",
]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Called by pytest-xdist before it starts a test process."""
    share_postgres(node.config, node.workerinput)
