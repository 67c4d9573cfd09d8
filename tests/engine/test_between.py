"""What lies between the picks, and how far the noise of prices may move them."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.advice import Infeasible
from engine.between import Ends, break_evens
from engine.outlook import Outlook
from engine.strategy import Today
from engine.units import OBJECTIVES
from engine.workload import Constraints, Policy, Workload
from tests.engine.small_worlds import Machine, found_in, machines, outlook_of, search_in

THREE = machines(("A10G", 1.0, 10.0), ("L40S", 2.0, 18.0), ("H100", 5.0, 40.0))
POLICY = Policy()


def ends_in(outlook: Outlook, workload: Workload, today: Today) -> Ends:
    found = Ends.of({name: search_in(outlook, name, workload, today) for name in ("cost", "performance")})
    assert found is not None
    return found


def test_without_two_ends_nothing_lies_between() -> None:
    outlook = outlook_of(THREE)
    nothing = search_in(outlook, "performance", Workload("w", constraints=Constraints(floor_units_per_hour=1e9)))
    assert isinstance(nothing, Infeasible)
    assert Ends.of({"cost": found_in(outlook, "cost"), "performance": nothing}) is None
    assert break_evens({"cost": found_in(outlook, "cost"), "performance": nothing}) == ()


def test_picks_that_coincide_have_no_break_even() -> None:
    outlook = outlook_of(THREE[:1])
    found = {name: search_in(outlook, name) for name in OBJECTIVES}
    assert break_evens(found) == ()


def test_costs_that_are_known_for_sure_are_flat_for_sure() -> None:
    known = machines(("A10G", 1.0, 10.0), ("H100", 4.1, 40.0), log_sd=1e-6)
    outlook = outlook_of(known)
    found = ends_in(outlook, Workload("w"), Today(10.0, 1.0, 1)).flatness(outlook, POLICY)
    assert found.spread == pytest.approx(0.025)
    assert (found.verdict, found.probability_flat) == ("flat", 1.0)


def test_costs_of_which_little_is_known_are_hardly_flat_for_sure() -> None:
    known = machines(("A10G", 1.0, 10.0), ("H100", 4.0, 40.0), log_sd=0.5)
    outlook = outlook_of(known)
    found = ends_in(outlook, Workload("w"), Today(10.0, 1.0, 1)).flatness(outlook, POLICY)
    assert found.verdict == "flat"
    assert found.probability_flat is not None
    assert found.probability_flat < 0.2


NAMES = ("A10G", "B200", "H100", "L40S", "T4")
amounts = st.floats(0.5, 5.0)


@settings(max_examples=25)
@given(st.lists(st.tuples(amounts, amounts), min_size=2, max_size=5), st.integers(0, 1 << 30))
def test_whatever_the_noise_makes_of_prices_the_picks_stay_within_the_swing(
    known: list[tuple[float, float]], seed: int
) -> None:
    """The twin: days on end with other prices; from each day's swing, every other day's picks must follow."""
    chance = random.Random(seed)
    true = [Machine(name, *pair) for name, pair in zip(NAMES, known, strict=False)]
    days = []
    for _ in range(8):
        noise = [POLICY.price_band ** chance.choice([-0.49, 0.0, 0.49]) for _ in true]  # two are off by it at most
        market = [replace(each, usd_per_hour=each.usd_per_hour * by) for each, by in zip(true, noise, strict=True)]
        today = Today(true[0].units_per_hour, market[0].usd_per_hour, 1)
        outlook = outlook_of(market)
        ends = ends_in(outlook, Workload("w"), today)
        days.append((ends, ends.swing(outlook, POLICY)))
    nominal = ends_in(outlook_of(true), Workload("w"), Today(true[0].units_per_hour, true[0].usd_per_hour, 1))
    for _, swing in days:
        assert swing.cost[0] <= nominal.cheap.units_per_hour * 1.000001
        assert swing.cost[1] >= nominal.cheap.units_per_hour * 0.999999
        assert swing.performance[0] <= nominal.fast.units_per_hour * 1.000001
        assert swing.performance[1] >= nominal.fast.units_per_hour * 0.999999
