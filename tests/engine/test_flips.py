"""What would flip the choice, in words and against a twin that moves one number at a time."""

import math
import re
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.advice import Infeasible
from engine.flips import changes_of, flips_when
from engine.picks import Found, configuration_at
from engine.rivals import runner_up_of
from engine.strategy import Today, preference_of
from engine.units import Objective
from engine.workload import Constraints, Workload
from tests.engine.small_worlds import Machine, found_in, machines, outlook_of, search_in

THREE = machines(("A10G", 1.0, 10.0), ("L40S", 2.0, 18.0), ("H100", 5.0, 40.0))


def flips(known: list[Machine], objective: Objective, usd: float | None = None, **asked: float) -> str | None:
    outlook = outlook_of(known)
    constraints = Constraints(**asked)  # type: ignore[arg-type]
    workload = Workload("w", constraints=constraints, value_of_time_usd_per_hour=usd)
    found = found_in(outlook, objective, workload)
    preference = preference_of(objective, found.points, found.best, usd)
    return flips_when(found, preference, outlook)


def test_cost_flips_by_price() -> None:
    assert flips(THREE, "cost", max_usd_per_day=1e6) == "its price rises by 100 %: then 1 x L40S from aws is better"


def test_performance_flips_by_speed() -> None:
    near = [*THREE, Machine("B200", 6.0, 36.0)]
    told = flips(near, "performance", max_usd_per_day=1e6)
    assert told == "1 x B200 from aws is 11 % faster than predicted"


def test_a_limit_that_is_nearly_broken_is_the_nearest_flip() -> None:
    told = flips(THREE, "cost", floor_units_per_hour=9.9)
    assert told == "it is 1 % slower than predicted: then it breaks a limit"


def test_an_only_choice_without_limits_never_flips() -> None:
    assert flips(THREE[:1], "performance", max_usd_per_day=1e6) is None


def test_a_tie_says_so() -> None:
    known = machines(("A10G", 1.0, 10.0), ("L40S", 1.0, 10.0))
    for objective in ("cost", "performance", "value"):
        assert flips(known, objective, max_usd_per_day=1e6) == "anything changes: 1 x L40S from aws is as good"


def shares(sentence: str | None) -> float:
    """By how much the price must rise; a tie needs nothing, and nothing within tenfold is told."""
    if sentence is None:
        return math.inf
    if sentence.startswith("anything changes"):
        return 0.0
    found = re.search(r"by ([\d.e+]+) %", sentence)
    assert found
    return float(found.group(1)) / 100.0


prices = st.floats(0.5, 5.0)


@given(st.lists(prices, min_size=2, max_size=4, unique=True))
def test_a_price_past_the_flip_changes_the_cost_pick_and_one_before_it_does_not(usd: list[float]) -> None:
    names = ("A10G", "B200", "H100", "L40S")
    known = [Machine(name, price, 10.0) for name, price in zip(names, usd, strict=False)]
    share = shares(flips(known, "cost", max_usd_per_day=1e6))
    assume(0.02 < share < 1.0)
    outlook = outlook_of(known)
    pick = configuration_at(outlook, found_in(outlook, "cost").shape).accelerator

    def pick_at(rise: float) -> str:
        moved = [replace(m, usd_per_hour=m.usd_per_hour * (1.0 + rise)) if m.name == pick else m for m in known]
        there = outlook_of(moved)
        return configuration_at(there, found_in(there, "cost").shape).accelerator

    assert pick_at(share * 0.9) == pick
    assert pick_at(share * 1.1) != pick


def test_the_flip_of_a_value_of_time_is_where_both_cost_the_same_wait_included() -> None:
    known = machines(("A10G", 1.0, 10.0), ("H100", 5.0, 20.0))
    # (1 x + 2) / 10 = (5 + 2) / 20 at x = 1.5; (5 x + 8) / 20 = (1 + 8) / 10 at x = 2
    assert flips(known, "value", 2.0, max_usd_per_day=1e6) == "1 x H100 from aws is 17 % faster than predicted"
    assert flips(known, "value", 8.0, max_usd_per_day=1e6) == "1 x A10G from aws is 38 % faster than predicted"


def test_the_bargain_flips_where_both_products_are_equal() -> None:
    known = machines(("A10G", 1.0, 1.0), ("B200", 2.0, 3.0), ("H100", 4.0, 5.0), ("L40S", 8.0, 8.0))
    outlook = outlook_of(known)
    found = found_in(outlook, "value")
    rivals = preference_of("value", found.points, found.best, None)
    position = runner_up_of(found, rivals)
    assert position is not None
    told = flips(known, "value", max_usd_per_day=1e6)
    cheaper = 1.0 - math.exp(math.log(2.0) - math.log(3.0) * math.log(4.0) / math.log(5.0))
    assert told == f"1 x H100 from aws costs {100 * cheaper:.0f} % less"


def test_the_bargain_flips_by_speed_where_that_is_nearer() -> None:
    known = machines(("A10G", 1.0, 1.0), ("B200", 3.5, 3.4), ("H100", 4.0, 4.1), ("L40S", 16.0, 16.0))
    told = flips(known, "value", max_usd_per_day=1e6)
    faster = math.exp(math.log(4.1) * math.log(4.0) / math.log(16.0 / 3.5) - math.log(3.4)) - 1.0
    assert told == f"1 x B200 from aws is {100 * faster:.2g} % faster than predicted"


def test_a_cheaper_machine_that_just_misses_the_floor_is_the_nearest_flip() -> None:
    assert flips([*THREE, Machine("L4", 0.5, 9.0)], "cost", floor_units_per_hour=9.1) == (
        "1 x L4 from aws is 1.1 % faster than predicted"
    )


def test_a_faster_machine_just_over_the_budget_is_the_nearest_flip() -> None:
    known = [*THREE, Machine("B200", 6.0, 60.0)]
    assert flips(known, "performance", max_usd_per_day=24.0 * 5.9) == "1 x B200 from aws costs 1.7 % less"


def test_a_pick_that_runs_as_today_keeps_the_defaults_that_today_sets() -> None:
    """The first machine is today's: however slow it turns out, it is no slower than today."""
    outlook = outlook_of(THREE)
    found = found_in(outlook, "cost", today=Today(10.0, 1.0, 1))
    assert found.limits.floor_units_per_hour == 10.0
    assert found.at_stake.binding == {}
    told = flips_when(found, preference_of("cost", found.points, found.best, None), outlook)
    assert told == "its price rises by 100 %: then 1 x L40S from aws is better"


def test_what_is_nearer_than_a_tenth_of_a_per_cent_is_not_called_nothing() -> None:
    told = flips([*THREE, Machine("L4", 0.5, 9.0)], "cost", floor_units_per_hour=9.001)
    assert told == "1 x L4 from aws is less than 0.1 % faster than predicted"


NAMES = ("A10G", "B200", "H100", "L40S")
BEST: list[tuple[Objective, float | None]] = [("cost", None), ("performance", None), ("value", 2.5)]
amounts = st.floats(0.5, 5.0)


def choice(known: list[Machine], objective: Objective, workload: Workload) -> str | None:
    outlook = outlook_of(known)
    found = search_in(outlook, objective, workload)
    return None if isinstance(found, Infeasible) else configuration_at(outlook, found.shape).accelerator


def nearest_by_trying(known: list[Machine], objective: Objective, workload: Workload) -> float:
    """The obvious twin: move one price or one speed at a time until the choice is another, by bisection."""
    pick = choice(known, objective, workload)

    def changes(place: int, name: str, size: float) -> bool:
        moved = replace(known[place], **{name: getattr(known[place], name) * math.exp(size)})
        return choice([*known[:place], moved, *known[place + 1 :]], objective, workload) != pick

    sizes = [math.inf]
    for place, machine in enumerate(known):
        worse = 1.0 if machine.name == pick else -1.0
        for name, sign in (("usd_per_hour", worse), ("units_per_hour", -worse)):
            low, high = 0.0, 2.0
            if not changes(place, name, sign * high):
                continue
            while high - low > 1e-6:
                middle = (low + high) / 2.0
                low, high = (low, middle) if changes(place, name, sign * middle) else (middle, high)
            sizes.append(high)
    return min(sizes)


@settings(max_examples=15)
@given(
    st.lists(st.tuples(amounts, amounts), min_size=2, max_size=4),
    st.sampled_from(BEST),
    st.floats(0.4, 3.0),
    st.floats(1.0, 6.0),
    st.sampled_from([None, 0.9]),
)
def test_the_nearest_flip_is_the_one_that_trying_finds(
    given_machines: list[tuple[float, float]],
    wanted: tuple[Objective, float | None],
    floor: float,
    most_usd: float,
    confidence: float | None,
) -> None:
    known = [Machine(name, *pair) for name, pair in zip(NAMES, given_machines, strict=False)]
    asked = Constraints(floor_units_per_hour=floor, max_usd_per_day=24.0 * most_usd, confidence=confidence)
    workload = Workload("w", constraints=asked, value_of_time_usd_per_hour=wanted[1])
    outlook = outlook_of(known)
    found = search_in(outlook, wanted[0], workload)
    assume(isinstance(found, Found))
    assert isinstance(found, Found)
    preference = preference_of(wanted[0], found.points, found.best, wanted[1])
    size = min(changes_of(found, preference, outlook), default=(math.inf, 0, ""))[0]
    tried = nearest_by_trying(known, wanted[0], workload)
    assert size == pytest.approx(tried, abs=1e-5) if min(size, tried) < 1.9 else True
