"""The frontier holds exactly the points that nothing beats."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.frontier import evenly, pareto_frontier
from tests.engine import brute_force

coarse = st.integers(1, 6).map(float)
clouds = st.lists(st.tuples(coarse, coarse), max_size=30)


def frontier(pairs: list[tuple[float, float]]) -> list[int]:
    """Positions among `pairs`, which are put in the order that the frontier asks for: the fastest first."""
    order = sorted(range(len(pairs)), key=lambda position: -pairs[position][1])
    costs, speeds = (np.array([pairs[position][axis] for position in order]) for axis in (0, 1))
    return [order[position] for position in pareto_frontier(costs, speeds)]


@given(clouds)
def test_it_equals_comparing_every_point_with_every_other(pairs: list[tuple[float, float]]) -> None:
    assert [pairs[position] for position in frontier(pairs)] == brute_force.frontier(pairs)


@given(clouds)
def test_of_equal_points_the_first_one_stays(pairs: list[tuple[float, float]]) -> None:
    assert all(pairs.index(pairs[position]) == position for position in frontier(pairs))


@given(clouds)
def test_cost_and_speed_rise_along_it(pairs: list[tuple[float, float]]) -> None:
    found = [pairs[position] for position in frontier(pairs)]
    assert all(left[0] < right[0] and left[1] < right[1] for left, right in itertools.pairwise(found))


def test_of_equally_fast_records_only_the_cheapest_stays_however_slow_they_are() -> None:
    assert frontier([(3.0, 3.0), (2.0, 2.0), (1.0, 2.0)]) == [2, 0]
    assert frontier([(3.0, 3.0), (2.0, 3.0), (1.0, 2.0)]) == [2, 1]


def test_no_points_have_no_frontier() -> None:
    assert frontier([]) == []


@given(st.integers(1, 300), st.integers(2, 40))
def test_an_even_choice_keeps_both_ends_and_leaves_no_wide_gap(count: int, most: int) -> None:
    chosen = evenly(count, most).tolist()
    assert (chosen[0], chosen[-1]) == (0, count - 1)
    assert len(chosen) == min(count, most)
    assert all(0 < later - earlier <= (count - 1) / (most - 1) + 1 for earlier, later in itertools.pairwise(chosen))
