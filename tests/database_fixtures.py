"""Fixtures for tests that need a database: each test gets an empty one, on SQLite and on PostgreSQL.

`store` is migrated and open; `database_url` is the address of the same, for other processes; `bare_database_url` leads
to a database without tables. PostgreSQL's databases are emptied for each test: copying one would take far longer.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.store import Store
from bot.store.tables import METADATA
from tests.postgres_server import NoPostgres, postgres

_BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
_OTHERS = "datname = current_database() AND pid <> pg_backend_pid()"
_DISCONNECT = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {_OTHERS}"  # noqa: S608 - all our own
_EMPTY = "; ".join(f"DELETE FROM {table.name}" for table in reversed(METADATA.sorted_tables))  # noqa: S608 - all our own
_RESET = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL server's own database, one server a test process."""
    try:
        with postgres() as address:
            yield address.replace("postgresql://", "postgresql+psycopg://")
    except NoPostgres as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL here: {error}")


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> str:
    """The address of a migrated PostgreSQL database, which every test empties before it begins."""
    return _migrated(_created(postgres_url, "migrated"))


@pytest.fixture(scope="session")
def bare_postgres(postgres_url: str) -> str:
    """The address of a PostgreSQL database whose tables every test drops before it begins."""
    return _created(postgres_url, "bare")


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file that each test copies."""
    path = tmp_path_factory.mktemp("migrated") / "gpu-advise.db"
    _migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(params=_BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated, empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copy(request.getfixturevalue('migrated_sqlite'), tmp_path / 'gpu-advise.db')}"
    return _prepared(request.getfixturevalue("migrated_postgres"), _EMPTY)


@pytest.fixture(params=_BOTH)
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of either kind, without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'gpu-advise.db'}"
    return _prepared(request.getfixturevalue("bare_postgres"), _RESET)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store on a migrated, empty database of either kind."""
    store = Store(database_url)
    yield store
    store.close()


def _created(server: str, name: str) -> str:
    _run(server, f"CREATE DATABASE {name}")
    return server.replace("@/postgres?", f"@/{name}?")


def _prepared(database_url: str, command: str) -> str:
    """Whoever an earlier test left behind, connected and perhaps holding locks, goes first."""
    _run(database_url, _DISCONNECT, command)
    return database_url


def _run(database_url: str, *commands: str) -> None:
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        for command in commands:
            connection.execute(command.encode())


def _migrated(database_url: str) -> str:
    store = Store(database_url)
    store.migrate()
    store.close()
    return database_url
