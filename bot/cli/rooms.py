"""Opens the database for a command, and finds out which workspace it is about."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from bot.cli.exits import USAGE
from bot.config import InvalidSetting, Settings
from bot.store import BadDatabaseUrl, Store, workspaces
from bot.usecases.room import Room

__all__ = ["opened_room", "workspace_of"]


@contextmanager
def opened_room() -> Iterator[Room]:
    """The database that the settings name, upgraded; a wrong setting ends the command with one line that names it."""
    try:
        store = Store(Settings.read().database_url)
    except (InvalidSetting, BadDatabaseUrl) as error:
        typer.echo(error, err=True)
        raise typer.Exit(USAGE) from None
    try:
        store.migrate()
        yield Room(store)
    finally:
        store.close()


def workspace_of(room: Room, asked: str | None) -> str:
    """The workspace that was asked for, else the only one there is."""
    if asked:
        return asked
    with room.store.across() as across:
        known = workspaces.list_ids(across)
    if len(known) > 1:
        raise typer.BadParameter(f"there are several: {', '.join(known[:10])}", param_hint="--workspace")
    return known[0] if known else workspaces.UNNAMED
