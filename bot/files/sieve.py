"""Which cells of a row the contract knows."""

from collections.abc import Iterable

from bot.files.cells import Row
from bot.files.problems import Report, RowProblem

__all__ = ["Sieve"]


class Sieve:
    """Keeps the columns that the contract knows, and says once of each other that it is ignored."""

    def __init__(self, file: str, known: frozenset[str], report: Report) -> None:
        self.file = file
        self._known, self._report = known, report
        self._told: set[str] = set()

    def keep(self, cells: Iterable[tuple[str, object]]) -> Row:
        """The known cells that hold something."""
        kept = {}
        for name, value in cells:
            if name in self._known:
                if value is not None and value != "":
                    kept[name] = value
            elif name not in self._told:
                self._tell(name)
        return kept

    def _tell(self, name: str) -> None:
        self._told.add(name)
        self._report.warn(f"{self.file}: unknown column {ascii(name)[:80]} is ignored")

    def refuse(self, line: int, reason: str) -> None:
        """The row of `line` cannot even be taken apart."""
        self._report.refuse(RowProblem(self.file, line, "", reason))
