"""What can be wrong with a file: one row that is refused, or the whole of it.

FileError
└── Unreadable(file, reason)
"""

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["FileError", "Report", "RowProblem", "Unreadable"]


class FileError(Exception):
    """Root of what goes wrong with a whole file."""


class Unreadable(FileError):
    """An input that cannot be read at all, and why."""

    def __init__(self, file: str, reason: str) -> None:
        self.file, self.reason = file, reason
        super().__init__(f"{file}: {reason}")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why one row was refused. `column` is empty where the row as a whole is at fault; lines count from 1.

    `also` are the column and reason of each further mistake in the same row.
    """

    file: str
    line: int
    column: str
    reason: str
    also: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """`file:line: column: reason`, the form that editors can jump to; a line for each mistake."""
        mistakes = ((self.column, self.reason), *self.also)
        return "\n".join(": ".join(filter(None, (f"{self.file}:{self.line}", *mistake))) for mistake in mistakes)


class Report:
    """Where readers tell what they refuse, row by row, so that nothing has to be kept; it only counts."""

    def __init__(self, on_problem: Callable[[RowProblem], object], on_warning: Callable[[str], object]) -> None:
        self._on_problem, self._on_warning = on_problem, on_warning
        self.refused = 0

    def refuse(self, problem: RowProblem) -> None:
        """One row less."""
        self.refused += 1
        self._on_problem(problem)

    def warn(self, warning: str) -> None:
        """Something worth knowing that costs no row."""
        self._on_warning(warning)
