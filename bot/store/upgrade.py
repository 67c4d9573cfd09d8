"""Bringing a database to the newest schema, inside the process that needs it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

__all__ = ["configuration", "is_current", "upgrade"]

_LOCK = 0x67707561_64766973  # "gpuadvis": PostgreSQL's advisory locks are numbers
_LOCATION = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Apply the missing migrations in one transaction; processes that start together take turns."""
    with engine.connect() as connection, connection.begin():
        _wait_for_turn(connection)
        command.upgrade(configuration(connection), revision)


def is_current(connection: Connection) -> bool:
    """Whether every migration has been applied."""
    heads = ScriptDirectory.from_config(configuration(connection)).get_heads()
    return set(MigrationContext.configure(connection).get_current_heads()) == set(heads)


def configuration(connection: Connection) -> Config:
    """Alembic's configuration, without a file: it works on the connection it is given."""
    config = Config()
    config.set_main_option("script_location", str(_LOCATION).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _wait_for_turn(connection: Connection) -> None:
    """PostgreSQL: a lock until the transaction ends. SQLite: BEGIN IMMEDIATE is that lock already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
