"""The one database: opens it, upgrades it, and hands out transactions in the scope of one workspace."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import update
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlmodel import col

from bot.store.columns import utc_now
from bot.store.connections import connect, reading
from bot.store.errors import AlreadySettled, BadDatabaseUrl
from bot.store.guard import ACROSS, ScopedSession
from bot.store.scope import Scope
from bot.store.tables import InboxRow
from bot.store.upgrade import is_current, upgrade

__all__ = ["Store"]


class Store:
    """The database at `database_url`: `sqlite:///path` or `postgresql+psycopg://…`. Safe to share between threads."""

    def __init__(self, database_url: str) -> None:
        self._engine = connect(database_url)
        self._reading = reading(self._engine)

    def migrate(self) -> None:
        """Bring the schema to the newest version; any number of processes may do so at once.

        Raises:
            BadDatabaseUrl: nothing answers there, or a file of another kind does.
        """
        try:
            upgrade(self._engine)
        except OperationalError as error:
            raise BadDatabaseUrl(f"the database does not answer: {str(error.orig).splitlines()[0]}") from error
        except DatabaseError as error:
            if type(error) is not DatabaseError:  # what is wrong with a statement is no fault of the address
                raise
            raise BadDatabaseUrl(f"the database cannot be read: {error.orig}") from error

    def is_ready(self) -> bool:
        """Whether the database answers and every migration has been applied."""
        try:
            with self._reading.connect() as connection:
                return is_current(connection)
        except DBAPIError:
            return False

    @contextmanager
    def read(self, team_id: str) -> Iterator[Scope]:
        """A view of one workspace as it is now, however long this takes; it cannot be written to."""
        with ScopedSession(self._reading, info={"team_id": team_id}, autoflush=False) as session:
            yield Scope(session)

    @contextmanager
    def read_across(self) -> Iterator[Scope]:
        """A view of all workspaces as they are now: for counting, never for answering anyone."""
        with self.read(ACROSS) as scope:
            yield scope

    @contextmanager
    def write(self, team_id: str, settles: str | None = None) -> Iterator[Scope]:
        """A transaction of one workspace. With `settles`, that inbox row is done if and only if this commits.

        Raises:
            AlreadySettled: an earlier transaction did that work; nothing of this one remains.
        """
        with self._transaction(team_id) as scope:
            if settles is not None:
                _settle(scope, settles)
            yield scope

    @contextmanager
    def across(self) -> Iterator[Scope]:
        """A transaction over all workspaces: for claiming work and listing workspaces, never for answering anyone."""
        with self._transaction(ACROSS) as scope:
            yield scope

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, team_id: str) -> Iterator[Scope]:
        session = ScopedSession(self._engine, info={"team_id": team_id}, autoflush=False, expire_on_commit=False)
        with session, session.begin():
            yield Scope(session)


def _settle(scope: Scope, inbox_id: str) -> None:
    unsettled = update(InboxRow).where(col(InboxRow.id) == inbox_id, col(InboxRow.state) != "done")
    done = unsettled.values(state="done", finished_at=utc_now()).returning(col(InboxRow.id))
    if scope.scalars(done).one_or_none() is None:
        raise AlreadySettled(inbox_id)
