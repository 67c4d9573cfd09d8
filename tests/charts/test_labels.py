"""Words in a picture keep off each other and off what they name."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.charts.labels import Box, Label, placed

ROOM = Box(0, 0, 1000, 600)
PLACES = st.tuples(st.floats(100, 900), st.floats(60, 540))
APART = st.tuples(st.integers(1, 9).map(lambda column: column * 100.0), st.integers(1, 10).map(lambda row: row * 54.0))
"""Places of which no two are so near that their labels compete for the same room."""


def label(x: float, y: float, width: float = 120, height: float = 50) -> Label:
    return Label(x, y, width, height, gap=20)


def square(x: float, y: float, half: float = 14) -> Box:
    return Box(x - half, y - half, x + half, y + half)


def test_alone_a_label_stands_to_the_right_of_its_point() -> None:
    (box,) = placed([label(500, 300)], ROOM, [square(500, 300)], [])
    assert (box.left, box.bottom, box.right, box.top) == (520, 275, 640, 325)


def test_at_the_right_edge_it_stands_to_the_left() -> None:
    (box,) = placed([label(960, 300)], ROOM, [square(960, 300)], [])
    assert box.right < 960


def test_in_a_corner_it_stays_inside() -> None:
    (box,) = placed([label(5, 5)], ROOM, [], [])
    assert box.overlap(ROOM) == pytest.approx(box.area)


def test_it_keeps_off_a_line_where_it_can() -> None:
    line = [square(500 + step, 300, 3) for step in range(0, 200, 6)]
    (box,) = placed([label(500, 300)], ROOM, [square(500, 300)], line)
    assert not sum(map(box.overlap, line))


def test_where_two_want_the_same_place_the_more_important_one_has_it() -> None:
    first, second = placed([label(500, 300), label(505, 302)], ROOM, [], [])
    assert first.left == 520
    assert first.overlap(second) == 0


@given(points=st.lists(APART, min_size=1, max_size=4, unique=True))
def test_few_labels_in_a_wide_room_never_cover_each_other_nor_leave_it(points: list[tuple[float, float]]) -> None:
    labels = [label(*point) for point in points]
    found = placed(labels, ROOM, [], [])
    assert all(box.overlap(ROOM) == pytest.approx(box.area) for box in found)
    assert all(one.overlap(other) == 0 for one, other in combinations(found, 2))


@given(points=st.lists(PLACES, max_size=6))
def test_the_same_points_are_named_in_the_same_places(points: list[tuple[float, float]]) -> None:
    labels = [label(*point) for point in points]
    taken = [square(*point) for point in points]
    assert placed(labels, ROOM, taken, []) == placed(labels, ROOM, taken, [])


def test_boxes_that_touch_do_not_overlap() -> None:
    assert Box(0, 0, 10, 10).overlap(Box(10, 0, 20, 10)) == 0
    assert Box(0, 0, 10, 10).overlap(Box(5, 5, 15, 15)) == 25
