"""The chart in a terminal: everything in its place, nothing wider than asked, and words where there is no room."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.charts import Axis, Chart, Hue, Mark, Spot
from bot.cli.plot import plotted

ACROSS = Axis("Time per clip  (← faster)", 1.0, 100.0, ((1.0, "1 s"), (10.0, "10 s"), (100.0, "100 s")))
UP = Axis("Cost per clip  (↓ cheaper)", 0.01, 1.0, ((0.01, "$0.01"), (0.1, "$0.10"), (1.0, "$1")))


def mark(hue: Hue, seconds: float, usd: float, title: str = "", **changes: bool) -> Mark:
    known = {"is_recommended": False, "is_verified": False} | changes
    return Mark(hue, title or hue.capitalize(), "4 × A10G", Spot(seconds, usd), None, **known)


def a_chart(*marks: Mark, frontier: tuple[Spot, ...] = ()) -> Chart:
    return Chart(ACROSS, UP, frontier, marks, "a note")


def grid(lines: list[str]) -> list[str]:
    """The rows inside the axes, without the numbers beside them."""
    return [line[max(line.find("│"), line.find("┤")) + 1 :] for line in lines if "│" in line or "┤" in line]


def places(lines: list[str], letter: str) -> list[tuple[int, int]]:
    return [(row, column) for row, line in enumerate(grid(lines)) for column, it in enumerate(line) if it == letter]


def test_what_is_faster_stands_to_the_left_and_what_is_cheaper_below() -> None:
    lines = plotted(a_chart(mark("performance", 2.0, 0.5), mark("cost", 50.0, 0.02)), 80)
    [(dear, fast)], [(cheap, slow)] = places(lines, "P"), places(lines, "C")
    assert fast < slow
    assert dear < cheap


def test_the_middle_of_both_logarithmic_axes_is_the_middle_of_the_plot() -> None:
    rows = grid(lines := plotted(a_chart(mark("value", 10.0, 0.1)), 60))
    [(row, column)] = places(lines, "V")
    assert row == pytest.approx((len(rows) - 1) / 2, abs=0.5)
    assert column == pytest.approx((60 - 7 - 1) / 2, abs=1.0)


def test_the_frontier_joins_its_points_without_a_gap() -> None:
    lines = plotted(a_chart(frontier=(Spot(1.0, 1.0), Spot(10.0, 0.5), Spot(100.0, 0.01))), 80)
    columns = sorted({column for _, column in places(lines, "·")})
    assert columns == list(range(columns[0], columns[-1] + 1))
    assert lines[-1] == "·  frontier: nothing is faster for less"


def test_a_place_that_two_share_shows_the_first_and_the_legend_names_both() -> None:
    lines = plotted(a_chart(mark("performance", 10.0, 0.1), mark("today", 10.0, 0.1)), 80)
    assert len(places(lines, "P")) == 1
    assert places(lines, "T") == []
    assert lines[-2:] == ["P  Performance, 4 × A10G", "T  Today, 4 × A10G"]


def test_what_a_run_has_verified_says_so() -> None:
    assert plotted(a_chart(mark("cost", 10.0, 0.1, is_verified=True)), 80)[-1].endswith("verified by a run on it")


def test_both_axes_have_their_titles_and_round_numbers() -> None:
    lines = plotted(a_chart(mark("cost", 10.0, 0.1)), 80)
    assert lines[0] == UP.title
    assert any(line.strip() == ACROSS.title for line in lines)
    assert sum("┤" in line for line in lines) == 3
    assert any(line.split() == ["1", "s", "10", "s", "100", "s"] for line in lines)


def test_where_there_is_no_room_the_legend_stands_alone() -> None:
    assert plotted(a_chart(mark("cost", 10.0, 0.1)), 20) == ["C  Cost, 4 × A10G"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(1e-18, 1e18), st.floats(1e-18, 1e18)), max_size=6),
    st.integers(1, 200),
)
def test_nothing_is_wider_than_asked_wherever_the_points_lie(points: list[tuple[float, float]], width: int) -> None:
    chart = a_chart(mark("cost", 10.0, 0.1), frontier=tuple(Spot(*point) for point in points))
    lines = plotted(chart, width)
    drawn = lines[: len(lines) - 1 - (len(points) > 1)]
    assert all(len(line) <= max(width, len(UP.title)) for line in drawn)
    assert all(math.isfinite(row) for row, _ in places(lines, "·"))
