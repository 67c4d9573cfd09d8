"""A few words find room beside each other wherever their points lie, be it all in one place."""

from collections.abc import Sequence
from itertools import combinations, product

from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.charts.labels import Box, Label, placed

ROOM = Box(0, 0, 1000, 600)
ACROSS, UP = st.floats(100, 900), st.floats(60, 540)
NEAR = st.floats(-40, 40)
ANYWHERE = st.lists(st.tuples(ACROSS, UP), min_size=1, max_size=4)


@st.composite
def crowds(draw: st.DrawFn) -> list[tuple[float, float]]:
    """Up to four points within a label's length of one place, mostly at an edge of the room or in a corner."""
    x, y = draw(st.sampled_from([100.0, 900.0]) | ACROSS), draw(st.sampled_from([60.0, 540.0]) | UP)
    around = draw(st.lists(st.tuples(NEAR, NEAR), min_size=2, max_size=4))
    return [(min(max(x + right, 100.0), 900.0), min(max(y + up, 60.0), 540.0)) for right, up in around]


def labels_at(points: Sequence[tuple[float, float]]) -> list[Label]:
    return [Label(x, y, 120, 50, gap=20) for x, y in points]


def squares_at(points: Sequence[tuple[float, float]]) -> list[Box]:
    return [Box(x - 14, y - 14, x + 14, y + 14) for x, y in points]


def is_apart(boxes: Sequence[Box]) -> bool:
    return all(one.overlap(other) == 0 for one, other in combinations(boxes, 2))


def is_inside(boxes: Sequence[Box]) -> bool:
    return all(ROOM.holds(box) for box in boxes)


@given(points=ANYWHERE | crowds())
@example(points=[(322.0, 111.0), (363.0, 64.0)])
@example(points=[(500.0, 300.0)] * 4)
@example(points=[(100.0, 60.0)] * 4)
@example(points=[(900.0, 540.0), (899.0, 540.0), (900.0, 539.0), (880.0, 520.0)])
def test_up_to_four_labels_cover_neither_each_other_nor_any_marker_nor_leave_the_room(
    points: list[tuple[float, float]],
) -> None:
    found = placed(labels_at(points), ROOM, squares_at(points), [])
    assert is_inside(found)
    assert is_apart(found)
    assert all(box.overlap(square) == 0 for box, square in product(found, squares_at(points)))


@given(points=st.lists(st.tuples(ACROSS, UP), min_size=2, max_size=3))
def test_far_apart_each_label_has_the_place_that_it_would_have_alone(points: list[tuple[float, float]]) -> None:
    labels, squares = labels_at(points), squares_at(points)
    alone = [placed([label], ROOM, squares, [])[0] for label in labels]
    assume(is_apart(alone))
    assert placed(labels, ROOM, squares, []) == alone


def test_more_labels_than_there_is_room_for_are_still_placed_inside() -> None:
    found = placed(labels_at([(500.0, 300.0)] * 12), ROOM, [], [])
    assert len(found) == 12
    assert is_inside(found)


def test_a_label_crosses_a_line_rather_than_another_label() -> None:
    wall = [Box(x, y, x + 6, y + 6) for x, y in product(range(300, 700, 6), range(0, 600, 6))]
    found = placed(labels_at([(500.0, 300.0), (505.0, 302.0)]), ROOM, [], wall)
    assert is_apart(found)
