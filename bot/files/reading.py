"""Rows of cells -> values: the loop that all formats share."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from bot.files.cells import Row
from bot.files.problems import Report, RowProblem
from bot.files.tables import file_name, rows
from engine import InvalidRow

__all__ = ["numbered", "read"]

_T = TypeVar("_T")


def read(
    source: str | Path, known: frozenset[str], needed: Iterable[str], convert: Callable[[Row], _T], report: Report
) -> Iterator[_T]:
    """What `convert` makes of each row; rows for which it raises `InvalidRow` go to `report`."""
    return (value for _, value in numbered(source, known, needed, convert, report))


def numbered(
    source: str | Path, known: frozenset[str], needed: Iterable[str], convert: Callable[[Row], _T], report: Report
) -> Iterator[tuple[int, _T]]:
    """The same with line numbers, for formats whose rows are also checked against each other."""
    file, line = file_name(source), 0
    for line, row in rows(source, known, needed, report):
        try:
            value = convert(row)
        except InvalidRow as error:
            report.refuse(RowProblem(file, line, error.column, error.reason))
        else:
            yield line, value
    if not line:
        report.warn(f"{file}: holds no rows")
