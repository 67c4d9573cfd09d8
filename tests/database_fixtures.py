"""Fixtures for tests that need a database: each test gets an empty one, on SQLite and on PostgreSQL.

`store` is migrated and open; `database_url` is the address of the same, for other processes; `bare_database_url` leads
to a database without tables. PostgreSQL's databases are emptied for each test: copying one would take far longer. Test
processes that run side by side share one server, and each has databases of its own there.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine

from bot.store import Store, connections
from bot.store.tables import METADATA
from tests.postgres_server import NoPostgres, postgres

_BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
_OTHERS = "datname = current_database() AND pid <> pg_backend_pid()"
_DISCONNECT = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {_OTHERS}"  # noqa: S608 - all our own
_EMPTY = "; ".join(f"DELETE FROM {table.name}" for table in reversed(METADATA.sorted_tables))  # noqa: S608 - all our own
_SERVER = pytest.StashKey[str]()
_RESET = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"


class Compiled(dict[Any, Any]):
    """Statements as SQL, which the many databases of one kind share: each would compile all of them anew."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_any(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_of_any(key), compiled)


def _of_any(key: Any) -> Any:
    """SQLAlchemy's key, less which of the databases it is about."""
    dialect, *statement = key
    return dialect.name, *statement


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    options = {"execution_options": {"compiled_cache": Compiled()}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "create_engine", partial(create_engine, **options))
        yield


class Reused:
    """A PostgreSQL database that every test finds as the first one found it."""

    def __init__(self, address: str, restore: str) -> None:
        self._address, self._restore = address, restore
        self._connection = _connection(address)  # kept: PostgreSQL starts a process for each

    def fresh(self) -> str:
        """Its address. Whoever an earlier test left behind, connected and perhaps holding locks, goes first."""
        for command in (_DISCONNECT, self._restore):
            self._connection.execute(command.encode())
        return self._address

    def close(self) -> None:
        self._connection.close()


def share_postgres(config: pytest.Config, told: dict[str, Any]) -> None:
    """Tell a test process that is about to start where the server is that all of them share."""
    if _SERVER not in config.stash:
        with suppress(NoPostgres):  # each of them will find out why
            running = ExitStack()
            config.stash[_SERVER] = running.enter_context(postgres())
            config.add_cleanup(running.close)
    told["postgres"] = config.stash.get(_SERVER, None)


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a PostgreSQL server's own database: of the server that is shared, or else of one for this run."""
    shared: str | None = getattr(request.config, "workerinput", {}).get("postgres")
    try:
        with postgres() if shared is None else nullcontext(shared) as address:
            yield address.replace("postgresql://", "postgresql+psycopg://")
    except NoPostgres as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL here: {error}")


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> Iterator[Reused]:
    """A migrated PostgreSQL database."""
    database = Reused(_migrated(_created(postgres_url, f"migrated_{os.getpid()}")), _EMPTY)
    yield database
    database.close()


@pytest.fixture(scope="session")
def bare_postgres(postgres_url: str) -> Iterator[Reused]:
    """A PostgreSQL database without tables."""
    database = Reused(_created(postgres_url, f"bare_{os.getpid()}"), _RESET)
    yield database
    database.close()


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
    return _fresh(request, "migrated_postgres")


@pytest.fixture(params=_BOTH)
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of either kind, without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'gpu-advise.db'}"
    return _fresh(request, "bare_postgres")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store on a migrated, empty database of either kind."""
    store = Store(database_url)
    yield store
    store.close()


def _fresh(request: pytest.FixtureRequest, fixture: str) -> str:
    database: Reused = request.getfixturevalue(fixture)
    return database.fresh()


def _created(server: str, name: str) -> str:
    with _connection(server) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return server.replace("@/postgres?", f"@/{name}?")


def _connection(database_url: str) -> psycopg.Connection:
    return psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True)


def _migrated(database_url: str) -> str:
    store = Store(database_url)
    store.migrate()
    store.close()
    return database_url
