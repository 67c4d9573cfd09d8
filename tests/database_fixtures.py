"""Fixtures for tests that need a database: each test gets a fresh one, on SQLite and on PostgreSQL.

`store` is migrated and open; `database_url` is the address of the same, for other processes; `empty_database_url` has
no tables yet.
"""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from postgres_server import NoPostgres, postgres

from bot.store import Store

NewDatabase = Callable[[], str]
_BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
_numbers = itertools.count()


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
    """The name of a migrated database that new ones are copied from."""
    _create(postgres_url, "migrated", "template0")
    _migrate(_named(postgres_url, "migrated"))
    return "migrated"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file that new ones are copied from."""
    path = tmp_path_factory.mktemp("migrated") / "gpu-advise.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=_BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated database of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('migrated_sqlite'), tmp_path / 'gpu-advise.db')}"
    else:
        yield from _fresh(request.getfixturevalue("postgres_url"), request.getfixturevalue("migrated_postgres"))


@pytest.fixture(params=_BOTH)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database of either kind, without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'gpu-advise.db'}"
    else:
        yield from _fresh(request.getfixturevalue("postgres_url"), "template0")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store on a fresh, migrated database of either kind."""
    store = Store(database_url)
    yield store
    store.close()


def _fresh(server: str, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    _create(server, name, template)
    yield _named(server, name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def _create(server: str, name: str, template: str) -> None:
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")


def _administer(server: str, command: str) -> None:
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(command)


def _named(server: str, name: str) -> str:
    return server.replace("@/postgres?", f"@/{name}?")


def _migrate(database_url: str) -> None:
    store = Store(database_url)
    store.migrate()
    store.close()
