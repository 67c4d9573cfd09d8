"""Connections to either database, set up so that many processes can write at once."""

import json
import os
import re
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from bot.store.errors import BadDatabaseUrl

__all__ = ["connect", "reading"]

_READS = "is_reading"  # the execution option of a connection that must not write
_BUSY_SECONDS = 30
# One reader or writer a thread: the pool must not be what a burst of requests waits for.
_POOL: dict[str, Any] = {"pool_size": 16, "max_overflow": 32, "pool_timeout": _BUSY_SECONDS}
_OPTIONS = {**_POOL, "json_serializer": partial(json.dumps, allow_nan=False)}  # NaN is no JSON, though Python writes it


def connect(database_url: str) -> Engine:
    """A pool of connections to `database_url`; nothing is opened yet.

    Raises:
        BadDatabaseUrl: it names no SQLite file and no PostgreSQL server.
    """
    url = _parsed(database_url)
    if url.get_backend_name() == "postgresql":
        return create_engine(url, pool_pre_ping=True, **_OPTIONS)
    _make_private_file(Path(str(url.database)))
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS}, **_OPTIONS)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def reading(engine: Engine) -> Engine:
    """The same pool, for transactions that see one moment of the database and cannot write."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.execution_options(**{_READS: True})


def _parsed(database_url: str) -> URL:
    try:
        url = make_url(re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", database_url))
    except ArgumentError:
        raise BadDatabaseUrl("is not an address like sqlite:///file or postgresql+psycopg://host/name") from None
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise BadDatabaseUrl(f"{url.drivername} is neither sqlite nor postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}:
        raise BadDatabaseUrl("a SQLite database must be a file: one in memory is not shared between threads")
    return url


def _make_private_file(path: Path) -> None:
    """Create the file for its owner only: it will hold what people asked for, and tokens."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT, 0o600))


def _set_up_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions: `_begin_sqlite` does
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # A commit survives kill -9 of this process. Power loss may take the last ones, never tear one; FULL would
    # prevent that at a quarter of the commits per second.
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Writers queue for the lock at BEGIN, where SQLite waits its turn; a lock taken later fails at once instead."""
    is_reading = connection.get_execution_options().get(_READS, False)
    if connection.info.get(_READS) != is_reading:
        connection.exec_driver_sql(f"PRAGMA query_only = {int(is_reading)}")
        connection.info[_READS] = is_reading
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")
