"""What is asked for: deadlines become floors at the moment of asking, quotas reach the answer."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from engine.advice import NothingFeasible
from engine.workload import Constraints, Deadline, Filters, Quota, Workload
from tests.engine.small_worlds import NOW, advise, run

RUNS = [run(day) for day in range(5)]


def test_a_deadline_asks_for_its_work_over_the_hours_that_are_left() -> None:
    due = Deadline(units=120.0, at=NOW + timedelta(hours=8))
    assert due.least_units_per_hour(NOW) == 15.0
    assert due.least_units_per_hour(NOW + timedelta(hours=6)) == 60.0


def test_a_deadline_is_a_moment_whatever_its_zone() -> None:
    elsewhere = datetime(2026, 11, 9, 19, tzinfo=timezone(timedelta(hours=2)))
    assert Deadline(80.0, elsewhere).least_units_per_hour(datetime(2026, 11, 9, 9, tzinfo=UTC)) == 10.0


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1)])
def test_no_throughput_keeps_a_deadline_that_has_come(late: timedelta) -> None:
    with pytest.raises(ValueError, match="has passed"):
        Deadline(1.0, NOW - late).least_units_per_hour(NOW)


@pytest.mark.parametrize(("floor", "bound"), [(None, 15.0), (10.0, 15.0), (20.0, 20.0)])
def test_the_higher_of_floor_and_deadline_binds(floor: float | None, bound: float) -> None:
    asked = Constraints(floor_units_per_hour=floor, deadline=Deadline(120.0, NOW + timedelta(hours=8)), max_nodes=2)
    assert asked.asked_at(NOW) == Constraints(floor_units_per_hour=bound, max_nodes=2)


def test_without_a_deadline_what_is_asked_stays_as_it_is() -> None:
    asked = Constraints(floor_units_per_hour=3.0)
    assert asked.asked_at(NOW) is asked


def test_an_answer_names_the_floor_that_the_deadline_asks_for() -> None:
    asked = Constraints(deadline=Deadline(120.0, NOW + timedelta(hours=8)))
    found = advise(RUNS, Workload("video-gen", constraints=asked))
    assert found.constraints["floor_units_per_hour"] == 15.0


def test_a_deadline_that_has_passed_is_no_answer_but_a_reason() -> None:
    found = advise(RUNS, Workload("video-gen", constraints=Constraints(deadline=Deadline(1.0, NOW))))
    assert "has passed" in found.reason
    assert found.undetermined.settled_by == "a later one"


@pytest.mark.parametrize("objective", ["cost", "value", "performance"])
def test_no_pick_fallback_trial_or_runner_up_breaks_a_quota(objective: str) -> None:
    asked = Workload("video-gen", filters=Filters(quotas=(Quota(1, provider="lambda"), Quota(0, region="west"))))
    found = advise(RUNS, asked)
    pick = found.objectives[objective]
    assert not isinstance(pick, NothingFeasible)
    trials = [found.next_trial.configuration] if found.next_trial else []
    for each in [pick.configuration, *pick.fallbacks, *trials, *([pick.runner_up] if pick.runner_up else [])]:
        assert each.region != "west"
        assert each.provider != "lambda" or each.accelerator_count * each.node_count == 1


def test_what_a_quota_rules_out_is_counted_and_named() -> None:
    asked = Workload("video-gen", filters=Filters(quotas=(Quota(1, accelerator="H100"),)))
    free, bound = advise(RUNS), advise(RUNS, asked, with_predictions=True)
    assert bound.certificate.configurations == free.certificate.configurations
    assert bound.certificate.excluded["quotas"] == 1
    assert {each.configuration.accelerator_count for each in bound.predictions} == {1, 4}


def test_nodes_beyond_a_quota_are_listed_with_the_reason() -> None:
    quotas = (Quota(2, provider="lambda"),)
    asked = Workload("video-gen", filters=Filters(quotas=quotas), constraints=Constraints(max_nodes=3))
    listed = advise(RUNS, asked, with_predictions=True).predictions
    reasons = {
        each.configuration.node_count: each.reason for each in listed if each.configuration.instance_type == "h100"
    }
    assert reasons[3] == "quotas"
    assert reasons[2] != "quotas"


def test_a_quota_of_nothing_everywhere_leaves_no_offer() -> None:
    found = advise(RUNS, Workload("video-gen", filters=Filters(quotas=(Quota(0),))))
    assert found.reason.startswith("no offer passes the filters")
