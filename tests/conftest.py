"""Fixtures that several folders of tests share."""

from database_fixtures import (
    database_url,
    empty_database_url,
    migrated_postgres,
    migrated_sqlite,
    postgres_url,
    store,
)
from local_slack_fixture import fake_slack

__all__ = [
    "database_url",
    "empty_database_url",
    "fake_slack",
    "migrated_postgres",
    "migrated_sqlite",
    "postgres_url",
    "store",
]
