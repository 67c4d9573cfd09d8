"""Opens the database for a command, and finds out which workspace it is about."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import typer

from bot.cli.exits import USAGE
from bot.config import InvalidSetting, Settings
from bot.jobs.crews import crew_of
from bot.store import BadDatabaseUrl, Store, installations, workspaces
from bot.usecases.room import Room
from bot.vault import Vault

__all__ = ["known_workspace_of", "opened_room", "workspace_of"]

_NAMED = 10  # workspaces in one line


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
    """The workspace that was asked for, new or not, else the only one there is."""
    if asked:
        return asked
    known = _known(room)
    if len(known) > 1:
        raise typer.BadParameter(f"there are several: {_some(known)}", param_hint="--workspace")
    return known[0] if known else workspaces.UNNAMED


def known_workspace_of(room: Room, asked: str | None) -> str:
    """As `workspace_of`, but one that nobody knows ends the command with one line that names those known."""
    if asked is not None and asked not in (known := _known(room)):
        nobody = "no workspace is known yet: install the bot, or gpu-advise import something"
        typer.echo(f"no workspace {asked} is known; known: {_some(known)}" if known else nobody, err=True)
        raise typer.Exit(USAGE)
    return workspace_of(room, asked)


def _known(room: Room) -> list[str]:
    """Of what was kept, and of who installed the bot, which may keep nothing yet."""
    with room.store.across() as across:
        installed = (each.team_id for each in installations.list_all(across))
        return list(dict.fromkeys((*workspaces.list_ids(across), *installed)))


def _some(known: Sequence[str]) -> str:
    more = f" and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
    return ", ".join(known[:_NAMED]) + more
