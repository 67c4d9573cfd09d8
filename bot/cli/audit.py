"""`gpu-advise audit export`: who did what in a workspace, as a file."""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from bot.cli.exits import OK

__all__ = ["app"]

app = typer.Typer(add_completion=False, no_args_is_help=True)


class Format(StrEnum):
    """How the lines are written: rows with a header, or one JSON object a line."""

    csv = "csv"
    json = "json"


@app.callback(epilog="Example: gpu-advise audit export --workspace T123 --format csv > audit.csv")
def audits() -> None:
    """The audit log: decisions, settings, installations, and attempts without the right to."""


@app.command(name="export", epilog="Example: gpu-advise audit export --since 2026-11-01 --format json")
def export_audit(
    *,
    workspace: Annotated[str | None, typer.Option(help="Slack's id of the workspace, such as T123.")] = None,
    format_: Annotated[
        Format, typer.Option("--format", help="csv for a spreadsheet, json for a program.")
    ] = Format.csv,
    since: Annotated[datetime | None, typer.Option(help="Only what was done then (UTC) or later.")] = None,
) -> None:
    """Write the audit log of a workspace to standard output, oldest first.

    A cell that a spreadsheet would take for a formula begins with an apostrophe. JSON is one object a line, unchanged.

    Exit codes: 0 done, 2 usage, such as a workspace that nobody knows.
    """
    from bot.cli.rooms import known_workspace_of, opened_room  # noqa: PLC0415  # the database costs seconds to import
    from bot.usecases.workspace.auditing import write_csv, write_json  # noqa: PLC0415

    write = write_json if format_ is Format.json else write_csv
    with opened_room() as room, room.store.read(known_workspace_of(room, workspace)) as scope:
        count = write(scope, since.replace(tzinfo=UTC) if since else None, sys.stdout)
    typer.echo("1 line" if count == 1 else f"{count} lines", err=True)
    raise typer.Exit(OK)
