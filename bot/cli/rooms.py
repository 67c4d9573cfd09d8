"""Opens the database for a command, and finds out which workspace it is about."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from bot.cli.exits import USAGE
from bot.config import InvalidSetting, Settings
from bot.jobs.crews import crew_of
from bot.store import BadDatabaseUrl, Store, workspaces
from bot.usecases.room import Room
from bot.vault import Vault

__all__ = ["opened_room", "workspace_of"]


@contextmanager
def opened_room() -> Iterator[Room]:
    """The database that the settings name, upgraded; a wrong setting ends the command with one line that names it."""
    try:
        settings = Settings.read()
        store = Store(settings.database_url)
    except (InvalidSetting, BadDatabaseUrl) as error:
        raise _ended(error) from None
    try:
        _migrate(store)
        crew = crew_of(settings.database_url, settings.dask_scheduler_address)
        yield Room(store, crew=crew, vault=Vault(settings.secret_keys))
    finally:
        store.close()


def _migrate(store: Store) -> None:
    try:
        store.migrate()
    except BadDatabaseUrl as error:
        raise _ended(error) from None


def _ended(error: InvalidSetting | BadDatabaseUrl) -> typer.Exit:
    typer.echo(error, err=True)
    return typer.Exit(USAGE)


def workspace_of(room: Room, asked: str | None) -> str:
    """The workspace that was asked for, else the only one there is."""
    if asked:
        return asked
    with room.store.across() as across:
        known = workspaces.list_ids(across)
    if len(known) > 1:
        raise typer.BadParameter(f"there are several: {', '.join(known[:10])}", param_hint="--workspace")
    return known[0] if known else workspaces.UNNAMED
