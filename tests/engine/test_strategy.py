"""Which objective is recommended, which limits it has, and where the bargain is struck."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search import Limits, Points
from engine.strategy import (
    Today,
    best,
    filters_of,
    limits_of,
    preference_of,
    recommended_objective,
    value_of,
    why_recommended,
)
from engine.units import Kind, Objective, PricingCategory, Stage
from engine.workload import Constraints, Filters, Policy

TODAY = Today(units_per_hour=10.0, usd_per_hour=2.0, largest_accelerators=4)


def points(*pairs: tuple[float, float]) -> Points:
    """(USD per hour, units per hour) each, as the search hands them over: the fastest first, numbered as given here."""
    order = sorted(range(len(pairs)), key=lambda number: -pairs[number][1])
    costs, speeds = (np.array([pairs[number][axis] for number in order]) for axis in (0, 1))
    return Points(np.array(order, dtype=np.int64), np.arange(len(pairs)), costs, speeds)


def number_of(found: Points, position: int) -> int:
    """Which of the given pairs stands at `position`."""
    return int(found.shape[position])


@pytest.mark.parametrize(
    ("stage", "kind", "is_critical", "objective"),
    [
        ("prototyping", "ai", False, "cost"),
        ("validation", "ai", False, "value"),
        ("production", "ai", False, "performance"),
        ("prototyping", "traditional", False, "cost"),
        ("validation", "traditional", False, "cost"),
        ("production", "traditional", False, "cost"),
        ("production", "traditional", True, "value"),
        ("validation", "traditional", True, "cost"),
        ("prototyping", "ai", True, "cost"),
    ],
)
def test_stage_and_kind_decide(stage: Stage, kind: Kind, is_critical: bool, objective: Objective) -> None:  # noqa: FBT001
    assert recommended_objective(stage, kind, is_critical=is_critical) == objective


def test_the_reason_says_why_a_traditional_workload_stays_on_cost() -> None:
    why = why_recommended("production", "traditional", "cost", "half of the work ran in parallel")
    assert "half of the work ran in parallel" in why
    assert "limited bump" in why_recommended("production", "traditional", "value", "its owner said so")
    assert why_recommended("production", "ai", "performance", "").startswith("production: people wait")


NO_SPOT = Policy(production_pricing_categories=("standard", "committed"))
ALL_WAYS: tuple[PricingCategory, ...] = ("committed", "dynamic", "standard")


def ways(
    stage: Stage = "production",
    asked: tuple[PricingCategory, ...] = (),
    today: PricingCategory | None = None,
    policy: Policy = NO_SPOT,
) -> tuple[str, ...]:
    """The ways of paying that are let through, of all there are."""
    asked_for = Filters(regions=("west",), pricing_categories=asked)
    found = filters_of(stage, asked_for, today, policy, ALL_WAYS)
    assert found.regions == ("west",)
    return found.pricing_categories


def test_production_is_paid_as_the_policy_says_where_nobody_asks() -> None:
    assert ways() == ("standard", "committed")
    assert ways("validation") == ways("prototyping") == ()


def test_whoever_asks_for_a_way_of_paying_gets_it_in_production_too() -> None:
    assert ways(asked=("dynamic",)) == ("dynamic",)


def test_what_runs_on_spot_today_may_stay_there() -> None:
    assert ways(today="committed") == ("standard", "committed")
    assert ways(today="dynamic", policy=Policy(production_pricing_categories=("standard",))) == ("standard", "dynamic")


def test_a_policy_that_leaves_nothing_out_narrows_nothing() -> None:
    assert ways(policy=Policy()) == ()
    assert ways(policy=Policy(production_pricing_categories=ALL_WAYS)) == ()
    assert ways(today="dynamic") == ()


def test_by_default_cost_is_no_slower_than_today_and_nothing_else() -> None:
    assert limits_of("cost", Constraints(), TODAY, Policy()) == Limits(floor_units_per_hour=10.0)


def test_by_default_performance_keeps_the_guardrail_and_the_size() -> None:
    limits = limits_of("performance", Constraints(), TODAY, Policy(guardrail_factor=1.5, max_accelerators=8))
    assert limits == Limits(max_usd_per_unit=2.0 / 10.0 * 1.5, max_accelerators=8.0)


def test_value_has_the_defaults_of_both() -> None:
    limits = limits_of("value", Constraints(), TODAY, Policy())
    assert set(limits.binding) == {"floor_units_per_hour", "max_usd_per_unit", "max_accelerators"}


def test_history_may_have_used_more_accelerators_than_the_policy_allows() -> None:
    assert limits_of("performance", Constraints(), Today(1.0, None, 64), Policy()).max_accelerators == 64


@pytest.mark.parametrize(
    ("asked", "gone"),
    [
        (Constraints(floor_units_per_hour=3.0), "floor_units_per_hour"),
        (Constraints(max_seconds_per_unit=60.0), "floor_units_per_hour"),
        (Constraints(max_usd_per_day=9.0), "max_usd_per_unit"),
        (Constraints(max_usd_per_unit=9.0), "max_usd_per_unit"),
        (Constraints(max_accelerators=2), "max_accelerators"),
        (Constraints(max_nodes=2), "max_accelerators"),
    ],
)
def test_what_was_asked_replaces_the_default_of_its_kind(asked: Constraints, gone: str) -> None:
    defaults, limits = (limits_of("value", each, TODAY, Policy()) for each in (Constraints(), asked))
    assert getattr(limits, gone) != getattr(defaults, gone)
    kept = set(defaults.binding) - {gone}
    assert {name: limits.binding[name] for name in kept} == {name: defaults.binding[name] for name in kept}


def test_what_was_asked_binds_every_objective() -> None:
    asked = Constraints(
        floor_units_per_hour=1.0,
        max_seconds_per_unit=2.0,
        max_usd_per_day=3.0,
        max_usd_per_unit=4.0,
        max_accelerators=5,
        memory_required_gib=6.0,
    )
    everything = Limits(5.0, 6.0, 1.0, 2.0, 3.0, 4.0)
    for objective in ("cost", "value", "performance"):
        assert limits_of(objective, asked, TODAY, Policy()) == everything


def test_without_a_price_today_there_is_no_guardrail() -> None:
    assert limits_of("performance", Constraints(), Today(10.0, None, 1), Policy()).max_usd_per_unit == math.inf


def test_cost_and_performance_are_the_ends() -> None:
    found = points((3.0, 30.0), (1.0, 10.0), (2.0, 25.0))
    assert number_of(found, best("cost", found, None)) == 1
    assert number_of(found, best("performance", found, None)) == 0


def test_among_equals_the_other_axis_decides_and_then_the_first() -> None:
    found = points((1.0, 10.0), (1.0, 20.0), (1.0, 20.0), (9.0, 90.0), (8.0, 90.0), (8.0, 90.0))
    assert number_of(found, best("cost", found, None)) == 1
    assert number_of(found, best("performance", found, None)) == 4


def test_the_bargain_is_the_middle_of_a_straight_frontier_on_log_axes() -> None:
    found = points(*((2.0**k, 2.0**k) for k in range(5)))
    assert number_of(found, best("value", found, None)) == 2


def test_the_bargain_takes_the_knee() -> None:
    found = points((1.0, 1.0), (2.0, 7.0), (4.0, 7.5), (8.0, 8.0))
    assert number_of(found, value_of(found, None)) == 1


def test_one_point_in_between_is_enough_for_a_bargain() -> None:
    found = points((1.0, 1.0), (2.0, 7.0), (8.0, 8.0))
    assert number_of(found, value_of(found, None)) == 1


def test_with_nothing_in_between_the_better_end_wins_and_ties_go_to_performance() -> None:
    for faster, winner in ((2.0, 1), (1.9, 0)):
        found = points((1.0, 1.0), (2.0, faster))
        assert number_of(found, value_of(found, None)) == winner
    assert value_of(points((1.0, 1.0)), None) == 0


def test_a_value_of_time_moves_the_choice_from_cheap_to_fast() -> None:
    found = points((1.0, 1.0), (3.0, 2.0), (9.0, 4.0))
    assert [number_of(found, value_of(found, usd)) for usd in (0.0, 2.0, 1000.0)] == [0, 1, 2]


frontiers = st.lists(st.tuples(st.floats(0.01, 1e3), st.floats(0.01, 1e3)), min_size=1, max_size=12, unique=True).map(
    lambda pairs: points(*pairs)
)


@given(frontiers, st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_no_choice_of_units_moves_the_bargain(found: Points, rate: float, scale: float) -> None:
    """Powers of two, so that rescaling is exact."""
    rate, scale = 2.0 ** round(math.log2(rate)), 2.0 ** round(math.log2(scale))
    other = replace(found, usd_per_hour=found.usd_per_hour * rate, units_per_hour=found.units_per_hour * scale)
    assert value_of(found, None) == value_of(other, None)


@given(frontiers, st.sampled_from(("cost", "value", "performance")), st.none() | st.floats(0.0, 100.0))
def test_near_its_pick_a_preference_values_cheaper_and_faster(
    found: Points, objective: Objective, value_of_time: float | None
) -> None:
    pick = best(objective, found, value_of_time)
    preference = preference_of(objective, found, pick, value_of_time)
    usd, speed = found.usd_per_hour[pick], math.log(found.units_per_hour[pick])
    here = preference.utility(usd, speed)
    assert preference.utility(usd * 0.9, speed) >= here
    assert preference.utility(usd, speed + 0.1) >= here
    assert max(preference.utility(usd * 0.9, speed), preference.utility(usd, speed + 0.1)) > here


@given(frontiers, st.sampled_from(("cost", "performance")))
def test_a_pick_has_the_highest_utility_of_its_own_preference(found: Points, objective: Objective) -> None:
    pick = best(objective, found, None)
    utilities = preference_of(objective, found, pick, None).utility(found.usd_per_hour, np.log(found.units_per_hour))
    assert utilities[pick] == utilities.max()


@given(frontiers, st.floats(0.0, 100.0))
def test_with_a_value_of_time_the_pick_has_the_highest_utility_too(found: Points, usd: float) -> None:
    pick = best("value", found, usd)
    utilities = preference_of("value", found, pick, usd).utility(found.usd_per_hour, np.log(found.units_per_hour))
    assert utilities[pick] >= utilities.max() - 1e-9


def test_the_preference_of_a_bargain_has_the_slope_of_its_product() -> None:
    found = points((2.0, 3.0), (4.0, 12.0), (32.0, 48.0))
    preference = preference_of("value", found, 1, None)
    assert preference.price_weight == pytest.approx(math.log(12.0 / 3.0) / math.log(32.0 / 4.0))
    assert preference.ends == pytest.approx((math.log(3.0), math.log(32.0)))
    narrow = preference_of("value", points((2.0, 3.0), (2.2, 4.0), (2.6, 4.4)), 1, None)
    assert narrow.price_weight == pytest.approx(math.log(4.0 / 3.0) / math.log(2.6 / 2.2))


def test_cost_weighs_a_price_once_and_performance_not_at_all() -> None:
    found = points((1.0, 1.0), (2.0, 4.0), (16.0, 16.0))
    cost, performance = (preference_of(objective, found, 1, None) for objective in ("cost", "performance"))
    assert cost.burden(math.e) == pytest.approx(1.0)
    assert performance.burden(math.e) == 0.0
    assert (cost.speed_weight, performance.speed_weight) == (0.0, 1.0)


@pytest.mark.parametrize(("pick", "value_of_time"), [(0, None), (2, None), (1, 5.0)])
def test_at_an_end_and_with_a_value_of_time_there_was_no_bargain(pick: int, value_of_time: float | None) -> None:
    found = points((1.0, 1.0), (2.0, 4.0), (16.0, 16.0))
    preference = preference_of("value", found, pick, value_of_time)
    assert (preference.price_weight, preference.ends) == (1.0, None)
    assert preference_of("cost", found, 1, None).ends is None
