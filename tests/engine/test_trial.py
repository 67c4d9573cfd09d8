"""The next trial teaches the most for its money, and never costs more than it can gain."""

import math
from dataclasses import replace

import numpy as np
import pytest

from engine.advice import Trial
from engine.cost import Spending
from engine.outlook import Outlook
from engine.picks import Found
from engine.search import Limits
from engine.strategy import Preference
from engine.trial import Aim, expected_improvement, next_trial
from engine.units import Objective
from engine.workload import Constraints, Workload
from tests.engine.small_worlds import Machine, found_in, machines, outlook_of

RICH = Spending(units_per_day=1000.0, usd_per_unit=1.0)
TODAY = Machine("A10G", 1.0, 10.0, log_sd=0.01, evidence="verified")


def trial(outlook: Outlook, found: Found, spent: Spending = RICH, hours: float = 1.0) -> Trial | None:
    return next_trial(Aim.at(found, None), outlook, spent, hours, 30)


def search(objective: Objective, *known: Machine, **asked: float) -> tuple[Outlook, Found]:
    outlook = outlook_of(known)
    return outlook, found_in(outlook, objective, Workload("w", constraints=Constraints(**asked)))  # type: ignore[arg-type]


def test_the_most_promising_machine_is_tried() -> None:
    found = trial(*search("performance", TODAY, *machines(("L40S", 2.0, 15.0), ("H100", 4.0, 40.0))))
    assert found is not None
    assert found.configuration.accelerator == "H100"
    assert found.expected_improvement == pytest.approx(3.0, rel=0.05)
    assert found.usd == pytest.approx(1.0)  # a quarter of an hour


def test_of_equal_medians_the_less_certain_one_teaches_more() -> None:
    sure, unsure = Machine("L40S", 2.0, 15.0, log_sd=0.05), Machine("H100", 2.0, 15.0, log_sd=0.5)
    found = trial(*search("performance", TODAY, sure, unsure))
    assert found is not None
    assert found.configuration.accelerator == "H100"


def test_the_favourite_is_tried_unless_another_promises_more_than_twice_as_much() -> None:
    favourite = Machine("L40S", 2.0, 15.0, log_sd=0.05)
    close, far = (Machine("H100", 2.0, 14.0, log_sd=sd) for sd in (0.5, 1.5))
    for rival, tried in ((close, "L40S"), (far, "H100")):
        found = trial(*search("performance", TODAY, favourite, rival))
        assert found is not None
        assert found.configuration.accelerator == tried


def on_nodes(shared: float) -> tuple[Outlook, Found]:
    """One machine on one to four nodes, of whose speeds all but `shared` of the variance is each node count's own."""
    outlook = outlook_of([TODAY, Machine("H100", 4.0, 40.0, log_sd=0.5)], n_nodes=4)
    loadings = np.full((len(outlook.prediction), 1), 0.5 * math.sqrt(shared))
    [only] = outlook.prediction.components
    joint = replace(only, loadings=loadings, own_variance=np.full(len(loadings), 0.25 * (1 - shared)))
    prediction = replace(outlook.prediction, components=(joint,))
    outlook = replace(outlook, prediction=prediction)
    return outlook, found_in(outlook, "performance", Workload("w", constraints=Constraints(max_accelerators=4)))


def test_fewer_nodes_are_tried_where_they_teach_nearly_as_much() -> None:
    known, apart = trial(*on_nodes(shared=0.95)), trial(*on_nodes(shared=0.5))
    assert known is not None
    assert apart is not None
    assert (known.configuration.accelerator, known.configuration.node_count) == ("H100", 1)
    assert (apart.configuration.accelerator, apart.configuration.node_count) == ("H100", 4)
    assert known.usd == pytest.approx(apart.usd / 4)
    assert known.expected_improvement < apart.expected_improvement


def test_a_run_shorter_than_a_quarter_of_an_hour_is_a_shorter_trial() -> None:
    found = trial(*search("performance", TODAY, Machine("H100", 4.0, 40.0)), hours=0.1)
    assert found is not None
    assert found.usd == pytest.approx(0.4)


def test_a_trial_never_costs_more_than_it_can_gain() -> None:
    outlook, found = search("performance", TODAY, Machine("H100", 4.0, 40.0))
    cheap = trial(outlook, found, Spending(units_per_day=1.0, usd_per_unit=0.02))
    assert cheap is not None
    assert cheap.usd <= cheap.expected_improvement * 0.02 * 30
    assert trial(outlook, found, Spending(units_per_day=1.0, usd_per_unit=0.005)) is None
    assert trial(outlook, found, Spending(units_per_day=1.0, usd_per_unit=None)) is None


def test_when_everything_is_verified_there_is_nothing_to_learn() -> None:
    assert trial(*search("performance", TODAY, Machine("H100", 4.0, 40.0, evidence="verified"))) is None


def test_what_is_surely_worse_teaches_nothing() -> None:
    assert trial(*search("performance", TODAY, Machine("L4", 0.5, 5.0, log_sd=0.05))) is None


def test_what_cannot_be_chosen_is_not_tried() -> None:
    unfit = Machine("H100", 4.0, 40.0, fits=False)
    assert trial(*search("performance", TODAY, unfit)) is None
    assert trial(*search("performance", TODAY, Machine("H100", 4.0, 40.0), max_usd_per_day=48.0)) is None
    assert trial(*search("performance", TODAY, Machine("H100", 4.0, 40.0, count=8), max_accelerators=4)) is None


def test_a_machine_that_probably_breaks_the_floor_promises_little() -> None:
    below, above = Machine("L4", 0.5, 9.0), Machine("L40S", 0.6, 12.0)
    outlook, found = search("cost", TODAY, below, above, floor_units_per_hour=10.0)
    gains = expected_improvement(Aim.at(found, None), outlook)
    by_name = dict(zip(["A10G", "L4", "L40S"], gains.tolist(), strict=True))
    assert by_name["A10G"] == 0.0
    assert 0.0 < by_name["L4"] < by_name["L40S"] < math.log(1.0 / 0.6) + 1e-9


def test_the_closed_form_equals_simulation() -> None:
    known = (TODAY, Machine("L40S", 2.0, 11.0, log_sd=0.4), Machine("H100", 4.0, 14.0, log_sd=0.6))
    rng = np.random.default_rng(1)
    for objective in ("cost", "performance", "value"):
        outlook, found = search(objective, *known, floor_units_per_hour=9.5, max_usd_per_unit=0.3)
        aim = Aim.at(found, None)
        preference, verified = aim.preference, float(aim.preference.utility(1.0, math.log(10.0)))
        gains = expected_improvement(aim, outlook)
        for shape, machine in zip((2, 1), known[1:], strict=True):  # classes stand in the order of their names
            strayed = rng.standard_normal(400_000) * np.sqrt(2.0 / rng.chisquare(4, 400_000))
            logs = math.log(machine.units_per_hour) + machine.log_sd * strayed
            keeps = np.exp(logs) >= found.limits.least_units_per_hour(machine.usd_per_hour)
            gain = np.maximum(preference.utility(machine.usd_per_hour, logs) - verified, 0.0) * keeps
            assert gains[shape] == pytest.approx(gain.mean(), abs=0.003), (objective, machine)


def test_where_nothing_verified_keeps_the_limits_the_pick_itself_is_worth_trying() -> None:
    found = trial(*search("performance", TODAY, Machine("H100", 4.0, 40.0, log_sd=0.01), floor_units_per_hour=20.0))
    assert found is not None
    assert found.configuration.accelerator == "H100"
    assert found.expected_improvement == pytest.approx(1.0, rel=0.05)


def test_a_bargain_is_tried_by_cost_per_unit_times_time_per_unit() -> None:
    """The pick sits between both ends, but four times the throughput for four times the price teaches more."""
    known = [TODAY, *machines(("H100", 4.0, 40.0), ("L40S", 2.0, 20.0), log_sd=0.01)]
    outlook, found = search("value", *known)
    tried = trial(outlook, found)
    assert found.units_per_hour == pytest.approx(20.0)
    assert tried is not None
    assert tried.configuration.accelerator == "H100"
    assert tried.expected_improvement == pytest.approx(1.0, rel=0.05)


def test_where_nothing_is_feasible_the_best_chance_of_keeping_the_limits_is_tried() -> None:
    outlook = outlook_of([TODAY, Machine("H100", 4.0, 40.0, log_sd=0.5), Machine("L40S", 2.0, 20.0, log_sd=0.5)])
    hopeless = Aim(Limits(floor_units_per_hour=60.0), Preference("performance", None, 1.0, None), hope=None)
    found = next_trial(hopeless, outlook, RICH, 1.0, 30)
    assert found is not None
    assert found.configuration.accelerator == "H100"
    chance = float(outlook.prediction.probability_at_least(math.log(60.0))[1])
    assert math.log1p(found.expected_improvement) == pytest.approx(chance * math.log(2.0))
    impossible = Aim(Limits(floor_units_per_hour=1e9), hopeless.preference, hope=None)
    assert next_trial(impossible, outlook, RICH, 1.0, 30) is None
