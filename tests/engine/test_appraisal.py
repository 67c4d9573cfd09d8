"""What an answer says about one optimum."""

import math
from dataclasses import replace

import pytest

from engine.advice import KindFound, Pick
from engine.appraisal import Ground, appraise, bottleneck_of, doubts
from engine.history import History
from engine.observations import observe
from engine.outlook import Outlook
from engine.units import Interval, Objective, RegimeName
from engine.workload import Constraints, Workload
from tests.engine.measured_worlds import below
from tests.engine.small_worlds import SHEETS, Machine, found_in, machines, outlook_of, run

PARALLEL = KindFound("ai", "population", None)
TODAY = Machine("A10G", 1.0, 10.0, log_sd=0.3)
KNOWN = [TODAY, Machine("H100", 4.0, 40.0, log_sd=0.4), Machine("L40S", 2.0, 18.0, log_sd=0.2)]


def ground(outlook: Outlook, usd_per_hour: float | None = 1.0, value_of_time: float | None = None) -> Ground:
    observations = observe(History.of("video-gen", [run(0)]), SHEETS)
    return Ground(outlook, observations, PARALLEL, 100.0, usd_per_hour, value_of_time)


def appraised(objective: Objective, usd_per_hour: float | None = 1.0, **asked: float) -> Pick:
    outlook = outlook_of(KNOWN)
    workload = Workload("w", constraints=Constraints(**asked))  # type: ignore[arg-type]
    return appraise(found_in(outlook, objective, workload), ground(outlook, usd_per_hour))


def test_a_limit_is_kept_with_the_probability_of_its_least_throughput() -> None:
    found = appraised("performance", floor_units_per_hour=20.0, max_usd_per_unit=0.5)
    assert found.constraint_probability == pytest.approx(below(math.log(40.0 / 20.0) / 0.4))
    tight = appraised("performance", floor_units_per_hour=20.0, max_usd_per_unit=0.125)
    assert tight.constraint_probability == pytest.approx(below(math.log(40.0 / 32.0) / 0.4))


def test_without_a_limit_on_speed_it_is_kept_for_sure() -> None:
    assert appraised("performance", max_usd_per_day=1e6).constraint_probability == 1.0


def test_todays_own_configuration_keeps_todays_own_throughput_for_sure() -> None:
    outlook = outlook_of([Machine("A10G", 1.0, 10.0, evidence="verified")])
    workload = Workload("w", constraints=Constraints(floor_units_per_hour=10.0))
    assert appraise(found_in(outlook, "cost", workload), ground(outlook)).constraint_probability == 1.0


def test_performance_is_better_when_it_is_faster_than_today() -> None:
    expected = below(math.log(4.0) / math.hypot(0.3, 0.4))
    assert appraised("performance").probability_better == pytest.approx(expected)


def test_cost_is_better_when_it_is_cheaper_and_keeps_its_limits() -> None:
    asked = {"floor_units_per_hour": 9.0}
    assert appraised("cost", 1.5, **asked).probability_better == appraised("cost", 1.5, **asked).constraint_probability
    assert appraised("cost", 1.0, **asked).probability_better == 0.0
    assert appraised("cost", None, **asked).probability_better is None


def test_value_of_time_is_better_when_speed_outweighs_price() -> None:
    outlook = outlook_of(KNOWN)
    workload = Workload("w", value_of_time_usd_per_hour=6.0)
    found = appraise(found_in(outlook, "value", workload), ground(outlook, 1.0, 6.0))
    expected = below((math.log(4.0) - math.log(10.0 / 7.0)) / math.hypot(0.3, 0.4))
    assert found.configuration.accelerator == "H100"
    assert found.probability_better == pytest.approx(expected)


def test_value_is_better_when_it_gives_more_results_per_dollar() -> None:
    machines = [TODAY, Machine("H100", 4.0, 40.0, log_sd=0.4), Machine("L40S", 2.5, 28.0, log_sd=0.2)]
    outlook = outlook_of(machines)
    found = appraise(
        found_in(outlook, "value", Workload("w", constraints=Constraints(max_usd_per_day=1e6))), ground(outlook)
    )
    assert found.configuration.accelerator == "L40S"
    gain = math.log(28.0 / 10.0) - math.log(2.5 / 1.0)
    assert found.probability_better == pytest.approx(below(gain / math.hypot(0.3, 0.2)))


def test_what_errs_about_both_configurations_cancels() -> None:
    outlook = outlook_of(KNOWN)
    [only] = outlook.prediction.components
    shared = replace(only, loadings=only.loadings + 2.0)
    together = replace(outlook, prediction=replace(outlook.prediction, components=(shared,)))
    found = appraise(found_in(together, "performance"), ground(together))
    assert found.probability_better == pytest.approx(below(math.log(4.0) / math.hypot(0.3, 0.4)))


def test_money_and_time_follow_from_throughput() -> None:
    found = appraised("performance")
    assert found.usd_per_day == 96.0
    assert found.usd_per_unit.p50 == pytest.approx(0.1)
    assert found.usd_per_day_at_demand == pytest.approx(10.0)
    assert found.seconds_per_unit.p50 == pytest.approx(90.0)


@pytest.mark.parametrize(("n_accelerators", "word"), [(1, None), (3, None), (4, None), (8, "parallelism")])
def test_parallelism_holds_back_once_the_serial_part_takes_most_of_the_time(n_accelerators: int, word: str) -> None:
    outlook = outlook_of(KNOWN)
    scaling = replace(ground(outlook), kind=KindFound("ai", "inferred", Interval(0.7, 0.8, 0.9)))
    assert bottleneck_of(SHEETS["H100"], n_accelerators, scaling) == word


def test_activity_carries_over_by_the_ratio_of_the_rates() -> None:
    """Bound by memory on a part that computes fast for its memory; bound by compute on one that computes slowly."""
    runs = [run(0, accelerator="H100", tensor_active=0.4, dram_active=0.6)]
    outlook = outlook_of(machines(("H100", 4.0, 40.0)))
    seen = replace(ground(outlook), observations=observe(History.of("w", runs), SHEETS))
    slow = replace(SHEETS["H100"], fp16_tflops=100.0)
    assert bottleneck_of(SHEETS["H100"], 1, seen) == "bandwidth"
    assert bottleneck_of(slow, 1, seen) == "compute"


def doubtful(share: float, regime: RegimeName, *machines: Machine, largest: int = 1) -> list[str]:
    """What is said of the performance pick where that regime is so likely."""
    outlook = outlook_of([TODAY, *machines])
    [only] = outlook.prediction.components
    humps = (replace(only, share=1.0 - share), replace(only, regime=regime, share=share))
    outlook = replace(outlook, prediction=replace(outlook.prediction, components=humps))
    return list(doubts(found_in(outlook, "performance"), outlook, largest))


FASTER = Machine("H100", 4.0, 40.0)


def test_that_a_pick_may_gain_nothing_from_what_it_adds_is_said_where_it_is_likely() -> None:
    [said] = doubtful(0.3, "host_bound", FASTER)
    assert said.startswith("30 % likely that another accelerator makes it hardly faster")
    assert doubtful(0.1, "host_bound", FASTER) == []
    [said] = doubtful(0.45, "undivided", replace(TODAY, count=2, usd_per_hour=2.0, units_per_hour=20.0))
    assert said.startswith("45 % likely that more accelerators make it hardly faster")


def test_nothing_is_doubted_of_what_adds_nothing_or_has_run() -> None:
    more = replace(TODAY, count=2, usd_per_hour=2.0, units_per_hour=20.0)
    assert doubtful(0.3, "undivided", FASTER) == []  # another part, but no more of them
    assert doubtful(0.3, "host_bound", more) == []  # more of them, but no other part
    assert doubtful(0.3, "undivided", more, largest=2) == []  # as many have run
    assert doubtful(0.3, "host_bound", replace(FASTER, evidence="verified")) == []
