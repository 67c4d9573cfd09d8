"""Flatness, break-even, and what binds where nothing is feasible."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.advice import Infeasible
from engine.judgement import Outcome, break_even_of, explain_infeasible, flatness_of, probability_flat
from engine.prediction import _cumulative
from engine.search import candidates_of, find_points, shortlist
from engine.units import Floats, Integers
from engine.workload import Constraints, Workload
from tests.engine.instances import limits_of as limits_of_instance
from tests.engine.instances import random_instance, space_of, speeds_of
from tests.engine.small_worlds import Machine, machines, outlook_of, search_in


def test_equal_costs_per_unit_are_flat() -> None:
    assert flatness_of([2.0, 2.1, 1.95], 0.1).verdict == "flat"
    assert flatness_of([2.0, 2.0], 0.1).spread == 0.0


def test_the_spread_looks_at_everything_on_the_way() -> None:
    found = flatness_of([1.0, 3.0, 1.0], 0.1)
    assert (found.spread, found.verdict) == (2.0, "rising")


def test_the_verdict_compares_the_ends() -> None:
    assert flatness_of([1.0, 2.0], 0.1).verdict == "rising"
    assert flatness_of([2.0, 1.0], 0.1).verdict == "falling"


@given(st.lists(st.floats(0.01, 100.0), min_size=1, max_size=8))
def test_flatness_does_not_depend_on_the_currency(costs: list[float]) -> None:
    one, other = flatness_of(costs, 0.1), flatness_of([4.0 * cost for cost in costs], 0.1)
    assert one == other


def test_break_even_is_where_both_picks_cost_the_same_per_unit() -> None:
    found = break_even_of((1.0, 4.0), (10.0, 20.0))
    assert found is not None
    usd = found.value
    assert (1.0 + usd) / 10.0 == pytest.approx((4.0 + usd) / 20.0)
    assert (found.from_, found.to) == ("cost", "performance")


def test_faster_for_less_per_unit_is_free() -> None:
    found = break_even_of((1.0, 1.5), (10.0, 20.0))
    assert found is not None
    assert found.value == 0.0


def test_there_is_no_break_even_without_a_faster_pick() -> None:
    assert break_even_of((1.0, 2.0), (10.0, 10.0)) is None


def test_without_uncertainty_it_is_known_whether_costs_are_flat() -> None:
    nothing = np.zeros((2, 2))
    assert probability_flat(np.log([1.0, 1.05]), nothing, 0.1) == 1.0
    assert probability_flat(np.log([1.0, 1.2]), nothing, 0.1) == 0.0


def test_what_moves_all_costs_alike_leaves_them_flat() -> None:
    alike = np.full((3, 3), 4.0)
    assert probability_flat(np.log([1.0, 1.02, 1.05]), alike, 0.1) == 1.0


@given(st.floats(-0.5, 0.5), st.floats(0.02, 0.5), st.floats(-0.9, 0.9))
def test_between_two_costs_the_probability_has_a_closed_form(apart: float, sd: float, correlation: float) -> None:
    covariance = sd**2 * np.array([[1.0, correlation], [correlation, 1.0]])
    scores = (np.array([math.log(1.1), -math.log(1.1)]) - apart) / (sd * math.sqrt(2.0 - 2.0 * correlation))
    exact = float(np.subtract(*_cumulative(scores)))
    assert probability_flat(np.array([0.0, apart]), covariance, 0.1) == pytest.approx(exact, abs=0.01)


@pytest.mark.parametrize("n", [3, 6, 20])
def test_among_many_costs_it_agrees_with_random_draws(n: int) -> None:
    chance = np.random.default_rng(n)
    loadings = chance.normal(0.0, 0.02, (n, 5))
    covariance = loadings @ loadings.T + np.diag(chance.uniform(0.0, 0.02, n) ** 2)
    logs = chance.uniform(0.0, 0.05, n)
    normal, squares = chance.multivariate_normal(np.zeros(n), covariance, 50_000), chance.chisquare(4, (50_000, 1))
    drawn = logs + normal * np.sqrt(2.0 / squares)
    expected = float((np.ptp(drawn, axis=1) < math.log(1.1)).mean())
    assert 0.02 < expected < 0.98
    assert probability_flat(logs, covariance, 0.1) == pytest.approx(expected, abs=0.02)


def outcome(costs: list[float], share: float = 1.0) -> Outcome:
    """Costs per unit of which each is off by 5 % on its own account."""
    return Outcome(share, np.log(costs), lambda some: np.diag(np.full(len(some), 0.05**2)))


def test_the_probability_of_flatness_stands_beside_the_verdict() -> None:
    found = flatness_of([1.0, 1.05], 0.1, [outcome([1.0, 1.05])])
    assert found.verdict == "flat"
    assert found.probability_flat is not None
    assert 0.5 < found.probability_flat < 1.0
    assert flatness_of([1.0, 1.05], 0.1).probability_flat is None


def test_of_what_may_be_so_or_so_each_counts_by_how_likely_it_is() -> None:
    flat, steep = [1.0, 1.05], [1.0, 3.0]
    alone = flatness_of(flat, 0.1, [outcome(flat)]).probability_flat
    found = flatness_of(flat, 0.1, [outcome(flat, 0.6), outcome(steep, 0.4)]).probability_flat
    assert alone is not None
    assert found == pytest.approx(0.6 * alone, abs=1e-3)  # next to never flat where the steep ones are true


def test_of_a_long_frontier_an_even_choice_says_what_all_of_it_would() -> None:
    logs = np.linspace(0.0, 0.06, 500)
    loadings = np.column_stack([np.linspace(0.0, 0.05, 500), 0.02 * np.sin(np.linspace(0.0, 6.0, 500))])
    covariance, asked = loadings @ loadings.T, []

    def covariance_of(some: Integers) -> Floats:
        asked.append(len(some))
        return covariance[np.ix_(some, some)]

    found = flatness_of(np.exp(logs).tolist(), 0.1, [Outcome(1.0, logs, covariance_of)])
    assert found.spread == pytest.approx(math.expm1(0.06))
    assert found.probability_flat == pytest.approx(probability_flat(logs, covariance, 0.1), abs=0.01)
    assert max(asked) <= 64


def infeasible(known: list[Machine], asked: Constraints) -> Infeasible:
    found = search_in(outlook_of(known), "performance", Workload("w", constraints=asked))
    assert isinstance(found, Infeasible)
    return found


KNOWN = machines(("A10G", 1.0, 10.0), ("H100", 4.0, 100.0))


@pytest.mark.parametrize(
    ("asked", "binding", "bound", "reachable"),
    [
        (Constraints(floor_units_per_hour=500.0), "floor_units_per_hour", 500.0, 100.0),
        (Constraints(max_seconds_per_unit=1.0), "max_seconds_per_unit", 1.0, 36.0),
        (Constraints(max_usd_per_day=20.0), "max_usd_per_day", 20.0, 24.0),
        (Constraints(max_usd_per_unit=0.01), "max_usd_per_unit", 0.01, 0.04),
        (Constraints(memory_required_gib=200.0), "memory_required_gib", 200.0, 80.0),
        (Constraints(max_accelerators=0), "max_accelerators", 0.0, 1.0),
        (Constraints(floor_units_per_hour=50.0, max_usd_per_day=30.0), "max_usd_per_day", 30.0, 96.0),
    ],
)
def test_the_limit_that_binds_is_named_with_what_is_reachable(
    asked: Constraints, binding: str, bound: float, reachable: float
) -> None:
    found = infeasible(KNOWN, asked)
    assert (found.binding, found.asked) == (binding, bound)
    assert found.reachable == pytest.approx(reachable)


def test_memory_names_what_is_needed_and_what_there_is() -> None:
    known = machines(("A10G", 1.0, 10.0), ("L4", 0.5, 5.0), fits=False, memory_needed_gib=100.0, memory_gib=24.0)
    found = infeasible(known, Constraints())
    assert (found.binding, found.asked, found.reachable) == ("memory", 100.0, 24.0)


def test_what_was_asked_is_blamed_before_a_default() -> None:
    """Within the default size only one accelerator is allowed; the floor is what somebody can change."""
    known = [Machine("H100", 4.0, 100.0), Machine("H100", 64.0, 1600.0, count=16)]
    found = infeasible(known, Constraints(floor_units_per_hour=500.0))
    assert found.binding == "floor_units_per_hour"
    assert found.reachable == pytest.approx(100.0)


@given(st.integers(0, 1 << 40))
def test_reachable_is_reachable_and_nothing_better_is(seed: int) -> None:
    instance = random_instance(seed)
    space = space_of(instance)
    speeds, limits = speeds_of(instance, space), limits_of_instance(instance)
    listed = shortlist(candidates_of(space, speeds), limits)
    if not len(space.usable.classes) or len(find_points(listed, space.usable)):
        return
    found = explain_infeasible(space, speeds, limits, set(limits.binding), np.ones(space.size))
    if found.binding == "memory":
        return
    is_floor = found.binding in {"floor_units_per_hour", "memory_required_gib"}
    assert found.reachable is not None
    assert found.reachable < found.asked if is_floor else found.reachable > found.asked


def test_asking_about_feasible_limits_is_a_mistake() -> None:
    instance = random_instance(3)
    space = space_of(instance)
    speeds = speeds_of(instance, space)
    assert speeds.fits.any()
    with pytest.raises(AssertionError, match="leave something"):
        explain_infeasible(space, speeds, type(limits_of_instance(instance))(), (), speeds.median)
