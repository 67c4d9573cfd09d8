"""Fixtures that several folders of tests share."""

from tests.database_fixtures import (
    bare_database_url,
    bare_postgres,
    database_url,
    migrated_postgres,
    migrated_sqlite,
    postgres_url,
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
