"""The runner-up, and near-equals."""

from engine.picks import configuration_at
from engine.rivals import fallbacks_of, runner_up_of
from engine.strategy import preference_of
from engine.units import Objective
from engine.workload import Constraints, Workload
from tests.engine.small_worlds import Machine, found_in, machines, outlook_of

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


def test_fallbacks_are_few_and_each_place_comes_once() -> None:
    known = [Machine("H100", 4.0 + i / 100.0, 40.0, provider=f"p{i}") for i in range(9)]
    known.append(Machine("H100", 4.5, 40.0, provider="p1"))
    assert fallbacks(known, "performance", max_usd_per_day=1e6) == [("H100", f"p{i}") for i in range(1, 6)]
