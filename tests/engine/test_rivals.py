"""The runner-up, and near-equals."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.advice import Configuration, Infeasible
from engine.outlook import Outlook
from engine.picks import Found, configuration_at, offer_at
from engine.rivals import fallbacks_of, runner_up_of
from engine.search import Limits
from engine.strategy import Preference, preference_of
from engine.units import Objective
from engine.workload import Constraints, Workload
from tests.engine.small_worlds import Machine, found_in, machines, outlook_of, search_in

THREE = machines(("A10G", 1.0, 10.0), ("L40S", 2.0, 18.0), ("H100", 5.0, 40.0))


def runner_up(known: list[Machine], objective: Objective) -> str | None:
    outlook = outlook_of(known)
    found = found_in(outlook, objective)
    position = runner_up_of(found, preference_of(objective, found.points, found.best, None))
    return None if position is None else configuration_at(outlook, int(found.points.shape[position])).accelerator


def test_the_runner_up_is_what_would_be_chosen_without_the_pick() -> None:
    assert runner_up(THREE, "cost") == "L40S"
    assert runner_up(THREE, "performance") == "L40S"
    assert runner_up(THREE[:1], "cost") is None


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


def test_a_fallback_keeps_the_limits_with_the_confidence_that_was_asked() -> None:
    known = [Machine("H100", 1.0, 10.0), Machine("H100", 1.015, 10.0, provider="gcp")]
    cautious = float(np.exp(outlook_of(known).prediction.quantile(0.1))[0])
    between = 1.007 / cautious
    assert fallbacks(known, "cost", max_usd_per_unit=between) == [("H100", "gcp")]
    assert fallbacks(known, "cost", max_usd_per_unit=between, confidence=0.9) == []


def test_fallbacks_are_few_and_each_place_comes_once() -> None:
    known = [Machine("H100", 4.0 + i / 100.0, 40.0, provider=f"p{i}") for i in range(9)]
    known.append(Machine("H100", 4.5, 40.0, provider="p1"))
    assert fallbacks(known, "performance", max_usd_per_day=1e6) == [("H100", f"p{i}") for i in range(1, 6)]


def near_by_looking(outlook: Outlook, found: Found, preference: Preference) -> list[Configuration]:
    """The obvious twin: every offer on every number of nodes, held against every limit, one after another."""
    goal, pick = float(preference.utility(found.usd_per_hour, math.log(found.units_per_hour))), found.shape
    cautious = outlook.speeds(found.confidence).cautious.ravel()
    near = []
    for row in range(len(outlook.space.index.prices)):
        for shape in range(outlook.today):
            there = configuration_at(outlook, shape)
            offered = outlook.space.index.offer(row)
            if (offered.accelerator, offered.accelerator_count) != (there.accelerator, there.accelerator_count):
                continue
            usd = offered.price_usd_per_hour * there.node_count
            loss = goal - float(preference.utility(usd, math.log(outlook.p50[shape])))
            if loss <= math.log(1.02) and keeps(found.limits.relaxed, usd, cautious[shape], outlook, shape):
                near.append((loss, usd, row, offer_at(outlook, row, shape)))
    places = {place_of(configuration_at(outlook, pick))}
    best = []
    for *_, configuration in sorted(near, key=lambda it: it[:3]):
        if place_of(configuration) not in places:
            places.add(place_of(configuration))
            best.append(configuration)
    return best[:5]


def place_of(configuration: Configuration) -> tuple[str | None, ...]:
    return configuration.accelerator, configuration.provider, configuration.region


def keeps(limits: Limits, usd: float, speed: float, outlook: Outlook, shape: int) -> bool:
    """Every limit, one by one."""
    return (
        outlook.total_accelerators(shape) <= limits.max_accelerators
        and speed >= limits.floor_units_per_hour
        and usd * 24.0 <= limits.max_usd_per_day
        and usd / speed <= limits.max_usd_per_unit
    )


places = st.tuples(
    st.sampled_from(["A10G", "H100", "L40S"]),
    st.sampled_from([1.0, 1.01, 1.019, 1.03, 2.0]),
    st.sampled_from(["aws", "gcp", "lambda"]),
    st.sampled_from(["east", "west"]),
)
SPEEDS = {"A10G": 10.0, "H100": 10.1, "L40S": 19.0}


@settings(max_examples=60)
@given(
    st.lists(places, min_size=1, max_size=9),
    st.sampled_from(["cost", "performance", "value"]),
    st.sampled_from([None, 3.0]),
    st.sampled_from([None, 0.9]),
    st.floats(0.05, 0.3),
)
def test_near_equals_are_those_that_looking_at_every_offer_finds(
    given_places: list[tuple[str, float, str, str]],
    objective: Objective,
    waiting: float | None,
    confidence: float | None,
    most_usd: float,
) -> None:
    known = [
        Machine(name, usd, SPEEDS[name], provider=provider, region=region)
        for name, usd, provider, region in given_places
    ]
    outlook = outlook_of(known, n_nodes=2)
    asked = Constraints(floor_units_per_hour=8.0, max_usd_per_unit=most_usd, confidence=confidence)
    found = search_in(outlook, objective, Workload("w", constraints=asked, value_of_time_usd_per_hour=waiting))
    if isinstance(found, Infeasible):
        return
    preference = preference_of(objective, found.points, found.best, waiting)
    assert list(fallbacks_of(found, preference, outlook)) == near_by_looking(outlook, found, preference)
