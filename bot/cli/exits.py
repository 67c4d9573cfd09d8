"""Exit codes of the contract, and what goes to standard error."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from bot.files import STANDARD_INPUT, FileError, Report

__all__ = [
    "OK",
    "REFUSED",
    "UNREADABLE",
    "USAGE",
    "readable",
    "refuse_shared_input",
    "told_refusals",
    "told_to_standard_error",
]

OK = 0
USAGE = 2
REFUSED = 3  # some rows
UNREADABLE = 4  # an input could not be read at all


def told_to_standard_error() -> Report:
    """A report whose refusals and warnings are said at once, a line each."""
    return Report(
        on_problem=lambda problem: typer.echo(problem, err=True),
        on_warning=lambda warning: typer.echo(f"warning: {warning}", err=True),
    )


@contextmanager
def readable() -> Iterator[None]:
    """End with one line on standard error when an input cannot be read at all."""
    try:
        yield
    except FileError as error:
        typer.echo(error, err=True)
        raise typer.Exit(UNREADABLE) from None


def told_refusals(report: Report) -> None:
    """Say how many rows are missing from the answer, if any."""
    if report.refused:
        typer.echo("1 row was refused" if report.refused == 1 else f"{report.refused} rows were refused", err=True)


def refuse_shared_input(*sources: str | None) -> None:
    """Standard input can be read once."""
    if sources.count(STANDARD_INPUT) > 1:
        raise typer.BadParameter("only one file can be standard input (-)")
