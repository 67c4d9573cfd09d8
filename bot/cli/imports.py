"""`gpu-advise import`: files into the database."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.exits import OK, REFUSED, UNREADABLE, readable, refuse_shared_input, told_refusals, told_to_standard_error
from bot.cli.progress import progress_line

if TYPE_CHECKING:
    from bot.cli.progress import Tell
    from bot.files import Report
    from bot.usecases.learning.importing import Imported
    from bot.usecases.room import Room

__all__ = ["app"]

app = typer.Typer(add_completion=False)


class Kind(StrEnum):
    """The formats of the contract."""

    RUNS = "runs"
    OFFERS = "offers"
    ACCELERATORS = "accelerators"
    WORKLOADS = "workloads"


@app.command(name="import", epilog="Example: gpu-advise import runs history.csv --source mlflow")
def import_files(
    kind: Annotated[Kind, typer.Argument(help="What the files hold.", show_default=False)],
    files: Annotated[list[str], typer.Argument(help="CSV, JSON Lines or Parquet; - is standard input.")],
    workspace: Annotated[str | None, typer.Option(help="Slack's id of the workspace, such as T123.")] = None,
    source: Annotated[str, typer.Option(help="Who numbered the runs: (source, run_id) is one run.")] = "file",
) -> None:
    """Import history, prices, spec sheets or what owners ask for. Importing twice changes nothing.

    Offers become the price list instead of the one before, all FILEs together; the rest is added to what is known.

    Exit codes: 0 everything is in, 2 usage, 3 some rows were refused, 4 an input could not be read at all.
    """
    from bot.cli.rooms import opened_room, workspace_of  # noqa: PLC0415  # the database costs seconds to import

    refuse_shared_input(*files)
    report = told_to_standard_error()
    with readable(), opened_room() as room, progress_line() as progress:
        team_id = workspace_of(room, workspace)
        imported = _import(kind, room, team_id, files, source, report, progress)
    plural = "" if imported.learned == 1 else "s"
    learned = f", learned from {imported.learned} workload{plural}" if imported.learned else ""
    typer.echo(f"{kind} of {team_id}: {imported.added} new, {imported.unchanged} unchanged{learned}")
    told_refusals(report)
    for unreadable in imported.unread:
        typer.echo(unreadable, err=True)
    raise typer.Exit(UNREADABLE if imported.unread else REFUSED if report.refused else OK)


def _import(
    kind: Kind, room: "Room", team_id: str, files: list[str], source: str, report: "Report", progress: "Tell"
) -> "Imported":
    from bot.usecases.learning import importing  # noqa: PLC0415

    if kind is Kind.RUNS:
        return importing.import_runs(room, team_id, files, source, report, progress)
    if kind is Kind.OFFERS:
        return importing.import_offers(room, team_id, files, report)
    if kind is Kind.ACCELERATORS:
        return importing.import_accelerators(room, team_id, files, report)
    return importing.import_workloads(room, team_id, files, report)
