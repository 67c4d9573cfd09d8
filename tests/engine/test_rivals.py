"""The runner-up, what would flip the choice, and near-equals."""

import math
import re
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from engine.picks import configuration_at
from engine.rivals import fallbacks_of, flips_when, runner_up_of
from engine.strategy import preference_of
from engine.units import Objective
from engine.workload import Constraints, Workload
from tests.engine.small_worlds import Machine, found_in, machines, outlook_of

THREE = machines(("A10G", 1.0, 10.0), ("L40S", 2.0, 18.0), ("H100", 5.0, 40.0))
CONSTRAINTS = Constraints(floor_units_per_hour=1.0)


def runner_up(known: list[Machine], objective: Objective) -> str | None:
    outlook = outlook_of(known)
    found = found_in(outlook, objective)
    position = runner_up_of(found, preference_of(objective, found.points, found.best, None))
    return None if position is None else configuration_at(outlook, int(found.points.shape[position])).accelerator


def flips(known: list[Machine], objective: Objective, usd: float | None = None, **asked: float) -> str | None:
    outlook = outlook_of(known)
    constraints = Constraints(**asked)  # type: ignore[arg-type]
    workload = Workload("w", constraints=constraints, value_of_time_usd_per_hour=usd)
    found = found_in(outlook, objective, workload)
    preference = preference_of(objective, found.points, found.best, usd)
    return flips_when(found, preference, outlook, runner_up_of(found, preference))


def test_the_runner_up_is_what_would_be_chosen_without_the_pick() -> None:
    assert runner_up(THREE, "cost") == "L40S"
    assert runner_up(THREE, "performance") == "L40S"
    assert runner_up(THREE[:1], "cost") is None


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
    """By how much the price must rise; a tie needs nothing."""
    if sentence is not None and sentence.startswith("anything changes"):
        return 0.0
    found = re.search(r"by ([\d.e+]+) %", sentence or "")
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
    dearer = math.exp(math.log(4.0) - math.log(5.0) * math.log(2.0) / math.log(3.0)) - 1.0
    assert told == f"its price rises by {100 * dearer:.0f} %: then 1 x H100 from aws is better"


def test_the_bargain_flips_by_speed_where_that_is_nearer() -> None:
    known = machines(("A10G", 1.0, 1.0), ("B200", 3.5, 3.4), ("H100", 4.0, 4.1), ("L40S", 16.0, 16.0))
    told = flips(known, "value", max_usd_per_day=1e6)
    faster = math.exp(math.log(4.1) * math.log(4.0) / math.log(16.0 / 3.5) - math.log(3.4)) - 1.0
    assert told == f"1 x B200 from aws is {100 * faster:.2g} % faster than predicted"


def fallbacks(known: list[Machine], objective: Objective, **asked: float) -> list[tuple[str, str | None]]:
    outlook = outlook_of(known)
    found = found_in(outlook, objective, Workload("w", constraints=Constraints(**asked)))  # type: ignore[arg-type]
    preference = preference_of(objective, found.points, found.best, None)
    return [(each.accelerator, each.provider) for each in fallbacks_of(found, preference, outlook)]


def test_near_equals_are_within_two_per_cent_and_elsewhere() -> None:
    known = [
        Machine("A10G", 1.0, 10.0),
        Machine("L40S", 1.015, 11.0, provider="gcp"),
        Machine("H100", 1.03, 40.0, provider="azure"),
    ]
    assert fallbacks(known, "cost") == [("L40S", "gcp")]


def test_the_same_machine_from_another_provider_is_a_fallback() -> None:
    known = [Machine("H100", 4.0, 40.0), Machine("H100", 9.0, 40.0, provider="gcp")]
    assert fallbacks(known, "performance") == [("H100", "gcp")]
    assert fallbacks(known, "cost") == []


def test_a_fallback_keeps_the_limits_on_money_too() -> None:
    known = [Machine("H100", 4.0, 40.0), Machine("H100", 9.0, 40.0, provider="gcp")]
    assert fallbacks(known, "performance", max_usd_per_day=100.0) == []
    assert fallbacks(known, "performance", max_usd_per_unit=0.2) == []
    assert fallbacks(known, "performance", max_usd_per_unit=0.23) == [("H100", "gcp")]


def test_fallbacks_are_few_and_each_place_comes_once() -> None:
    known = [Machine("H100", 4.0 + i / 100.0, 40.0, provider=f"p{i}") for i in range(9)]
    known.append(Machine("H100", 4.5, 40.0, provider="p1"))
    assert fallbacks(known, "performance", max_usd_per_day=1e6) == [("H100", f"p{i}") for i in range(1, 6)]
