"""Exit codes of the contract, and what goes to standard error."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from bot.files import FileError, Report

__all__ = ["OK", "REFUSED", "UNREADABLE", "USAGE", "readable", "told_to_standard_error"]

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
