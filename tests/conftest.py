"""Fixtures that several folders of tests share, the server that all test processes share, and how long properties are
tried: `--hypothesis-profile=thorough` tries each of them a thousand times."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.database_fixtures import (
    bare_database_url,
    bare_postgres,
    compiled_once,
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
    "compiled_once",
    "database_url",
    "fake_slack",
    "migrated_postgres",
    "migrated_sqlite",
    "postgres_url",
    "served_front",
    "slack",
    "store",
]

# How long an example takes says more about the machine than about the code.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("brief", _PATIENT, max_examples=30)
settings.register_profile("thorough", _PATIENT, max_examples=1000)
settings.load_profile("brief")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Nothing that tests are made of is garbage, so nothing of it needs to be looked through again and again."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Called by pytest-xdist before it starts a test process."""
    share_postgres(node.config, node.workerinput)
