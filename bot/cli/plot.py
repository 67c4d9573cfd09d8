"""The chart of an answer drawn with letters, for a terminal: the same axes, frontier and places as the picture's."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.charts import Axis, Chart, Mark, Spot

__all__ = ["plotted"]

_ROWS, _MOST_COLUMNS, _FEWEST = 14, 72, 24
_LETTERS = {"cost": "C", "value": "V", "performance": "P", "today": "T"}
_FRONTIER = "·"
_GUTTER = 1  # between the numbers of the upright axis and its line


def plotted(chart: Chart, width: int) -> list[str]:
    """The lines of a plot at most `width` characters wide, and of what each letter stands for.

    A place that two share shows the letter that comes first in `chart.marks`; the legend names both.
    """
    margin = max((len(text) for _, text in chart.up.ticks), default=0) + _GUTTER
    columns = min(width - margin - 1, _MOST_COLUMNS)
    if columns < _FEWEST:
        return list(_legend(chart))
    grid = _Grid(chart, columns)
    return [chart.up.title, *grid.lines(margin), *_below(chart.across, columns, margin), "", *_legend(chart)]


@dataclass(frozen=True, slots=True)
class _Grid:
    chart: Chart
    columns: int

    def lines(self, margin: int) -> Iterator[str]:
        """The rows from the dearest to the cheapest, with the numbers of the upright axis."""
        cells = self._cells()
        numbers = {self._row(value): text for value, text in self.chart.up.ticks}
        for row in range(_ROWS):
            line = "".join(cells.get((row, column), " ") for column in range(self.columns))
            number, tick = (numbers[row], "┤") if row in numbers else ("", "│")
            yield f"{number:>{margin - _GUTTER}}{' ' * _GUTTER}{tick}{line}".rstrip()

    def _cells(self) -> dict[tuple[int, int], str]:
        cells = dict.fromkeys(self._frontier(), _FRONTIER)
        for mark in reversed(self.chart.marks):
            cells[self._place(mark.at)] = _LETTERS[mark.hue]
        return cells

    def _frontier(self) -> Iterator[tuple[int, int]]:
        """Every column that the frontier passes, on the straight line between its points."""
        spots = [self._exact(spot) for spot in self.chart.frontier]
        for (up, across), (next_up, next_across) in pairwise(spots):
            steps = max(1, math.ceil(abs(next_across - across)), math.ceil(abs(next_up - up)))
            for step in range(steps + 1):
                part = step / steps
                row, column = round(up + part * (next_up - up)), round(across + part * (next_across - across))
                if 0 <= row < _ROWS and 0 <= column < self.columns:
                    yield row, column

    def _exact(self, spot: Spot) -> tuple[float, float]:
        """Row and column, of which only those inside the axes are drawn."""
        up, across = _part(self.chart.up, spot.usd_per_unit), _part(self.chart.across, spot.seconds_per_unit)
        return (1.0 - up) * (_ROWS - 1), across * (self.columns - 1)

    def _place(self, spot: Spot) -> tuple[int, int]:
        up, across = self._exact(spot)
        return min(max(round(up), 0), _ROWS - 1), min(max(round(across), 0), self.columns - 1)

    def _row(self, usd: float) -> int:
        return round((1.0 - _part(self.chart.up, usd)) * (_ROWS - 1))


def _part(axis: Axis, value: float) -> float:
    """How far along the axis, which is logarithmic; 0 at its low end, 1 at its high one."""
    return math.log(value / axis.low) / math.log(axis.high / axis.low)


def _below(axis: Axis, columns: int, margin: int) -> Iterator[str]:
    """The line of the level axis, its numbers as far as they keep apart, and its title."""
    line, numbers = ["─"] * columns, [" "] * columns
    free = 0
    for value, text in axis.ticks:
        column = round(_part(axis, value) * (columns - 1))
        start = min(max(column - len(text) // 2, 0), columns - len(text))
        if start >= free and 0 <= column < columns:
            line[column] = "┬"
            numbers[start : start + len(text)] = text
            free = start + len(text) + 1
    yield f"{' ' * margin}└{''.join(line)}"
    yield f"{' ' * (margin + 1)}{''.join(numbers)}".rstrip()
    yield f"{' ' * (margin + 1)}{axis.title:^{columns}}".rstrip()


def _legend(chart: Chart) -> Iterator[str]:
    for mark in chart.marks:
        yield f"{_LETTERS[mark.hue]}  {_named(mark)}"
    if len(chart.frontier) > 1:
        yield f"{_FRONTIER}  frontier: nothing is faster for less"


def _named(mark: Mark) -> str:
    words: Sequence[str] = (mark.title, mark.subtitle, "verified by a run on it" if mark.is_verified else "")
    return ", ".join(word for word in words if word)
