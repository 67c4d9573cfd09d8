"""Rows of cells -> values: the loop that all formats share."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.files.cells import Row
from bot.files.problems import Report, RowProblem
from bot.files.tables import file_name, rows
from engine import InvalidRow

__all__ = ["Form", "numbered", "read"]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Form:
    """The columns of a format: those it knows, those a file needs, and for some a cell that no row is refused for."""

    known: frozenset[str]
    needed: tuple[str, ...]
    sound: Mapping[str, object]


def read(
    source: str | Path,
    form: Form,
    convert: Callable[[Row], _T],
    report: Report,
    check: Callable[[Row], object] | None = None,
) -> Iterator[_T]:
    """What `convert` makes of each row; rows for which it raises `InvalidRow` go to `report`, with all their mistakes.

    `check` is called with rows that nobody wrote, to find them: `convert` as far as it remembers nothing.
    """
    return (value for _, value in numbered(source, form, convert, report, check))


def numbered(
    source: str | Path,
    form: Form,
    convert: Callable[[Row], _T],
    report: Report,
    check: Callable[[Row], object] | None = None,
) -> Iterator[tuple[int, _T]]:
    """The same with line numbers, for formats whose rows are also checked against each other."""
    file, line = file_name(source), 0
    for line, row in rows(source, form.known, form.needed, report):
        try:
            value = convert(row)
        except InvalidRow as error:
            further = tuple((each.column, each.reason) for each in _further(row, error, form.sound, check or convert))
            report.refuse(RowProblem(file, line, error.column, error.reason, further))
        else:
            yield line, value
    if not line:
        report.warn(f"{file}: holds no rows")


def _further(
    row: Row, error: InvalidRow, sound: Mapping[str, object], check: Callable[[Row], object]
) -> Iterator[InvalidRow]:
    """What else is wrong with a row: each mistake is mended, or its cell emptied, to see the one behind it."""
    mended, told = dict(row), set[str]()
    while error.column and error.column not in told:
        told.add(error.column)
        mended[error.column] = sound.get(error.column)
        try:
            check(mended)
        except InvalidRow as other:
            error = other
            if other.column not in told:
                yield other
        else:
            return
