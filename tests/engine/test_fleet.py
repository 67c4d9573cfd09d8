"""What stands out among many workloads, and in which order."""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.advice import Advice, Pick
from engine.fleet import Finding, findings
from engine.history import Run
from engine.workload import Constraints, Filters, Policy, Workload
from tests.engine.instances import offer
from tests.engine.small_worlds import START, advise, catalog_index, run

DAILY = [run(day, provider="aws", region="east", instance_type="g5.xlarge", precision="fp16") for day in range(5)]
ON_DEMAND = Filters(pricing_categories=("standard",))
FAST = offer("H100", 2.0, provider="gcp", region="north", instance_type="cheap-h100")
SLOW = offer("A10G", 0.5, provider="gcp", region="north", instance_type="cheap-a10g")


def advice(stage: str, *more: object, name: str = "video-gen", **changes: object) -> Advice:
    workload = Workload(name, stage=stage, filters=ON_DEMAND, **changes)  # type: ignore[arg-type]
    return settled(advise(DAILY, workload, index=catalog_index(*more)))


def settled(given: Advice) -> Advice:
    """The same advice on a workload whose history agrees with its tag."""
    assert given.stage is not None
    return replace(given, stage=replace(given.stage, inferred=given.stage.value))


def only(*advices: Advice, policy: Policy | None = None) -> Finding:
    found = findings(advices, policy or Policy())
    assert len(found) == 1
    return found[0]


def test_production_on_the_cost_pick_should_shift_to_performance() -> None:
    given = advice("production", FAST)
    found = only(given)
    assert (found.kind, found.objective, found.workload) == ("shift_to_performance", "performance", "video-gen")
    assert "times the throughput" in found.evidence
    assert found.advice is given


def test_what_is_at_stake_is_counted_in_the_hours_it_runs_today() -> None:
    given = advice("production", FAST)
    found, pick, now = only(given), given.objectives["performance"], given.current
    assert isinstance(pick, Pick)
    assert now is not None
    hours = 7.0 * 5.0 / (4.0 + 1.0 / 24.0)  # five one-hour runs within four days and an hour
    more = pick.units_per_hour.p50 - now.units_per_hour.p50
    assert found.gain_units_per_week == pytest.approx(more * hours)
    assert found.extra_usd_per_week == pytest.approx((pick.usd_per_day - 24.0) / 24.0 * hours)


@pytest.mark.parametrize("stage", ["prototyping", "validation"])
def test_only_production_is_told_to_shift(stage: str) -> None:
    assert findings([advice(stage, FAST)], Policy()) == ()


def test_a_shift_that_brings_little_is_not_worth_moving() -> None:
    given = advice("production", FAST)
    assert findings([given], Policy(worth_moving_factor=1e6)) == ()


def test_a_workload_at_the_fast_end_already_is_left_alone() -> None:
    fast = [replace(each, accelerator="H100", units=80.0, provider=None, instance_type=None) for each in DAILY]
    alone = Constraints(max_accelerators=1)
    given = settled(advise(fast, Workload("video-gen", stage="production", filters=ON_DEMAND, constraints=alone)))
    assert findings([given], Policy()) == ()


def test_the_same_speed_for_less_is_free_money() -> None:
    found = only(advice("validation", SLOW))
    assert (found.kind, found.objective) == ("dominated", "cost")
    assert found.extra_usd_per_week < 0.0
    assert found.gain_units_per_week >= 0.0
    assert found.evidence == "no slower than today for 50 % less a day"


def test_a_prototype_that_pays_twice_what_it_needs_is_overbuilt() -> None:
    assert only(advice("prototyping", SLOW)).kind == "overbuilt_prototype"
    assert only(advice("prototyping", replace(SLOW, price_usd_per_hour=0.8))).kind == "dominated"


def at(day: int, hour: int) -> Run:
    """One run of an hour."""
    one = run(day, run_id=f"{day}-{hour}")
    return replace(one, started_at=one.started_at.replace(hour=hour), ended_at=one.ended_at.replace(hour=hour + 1))


def test_a_tag_that_the_runs_contradict_has_drifted() -> None:
    hourly = [at(day, hour) for day in range(28) for hour in range(23)]
    workload = Workload("video-gen", stage="prototyping", filters=ON_DEMAND)
    found = only(advise(hourly, workload, now=START + timedelta(days=28)))
    assert found.kind == "drifted_stage"
    assert "tagged prototyping, but its runs look like production" in found.evidence
    assert found.objective == "performance"  # what production asks for


def test_outgrowing_a_tag_comes_before_savings_and_falling_behind_it_after() -> None:
    saving = advice("validation", SLOW)
    assert saving.stage is not None
    grown, fallen = (
        replace(saving, stage=replace(saving.stage, inferred=stage)) for stage in ("production", "prototyping")
    )
    assert only(grown).kind == "drifted_stage"
    assert only(fallen).kind == "dominated"


def test_one_workload_has_one_finding_the_most_serious() -> None:
    assert only(advice("production", FAST, SLOW)).kind == "shift_to_performance"


def test_findings_come_in_order_of_results_not_produced() -> None:
    twice = replace(FAST, price_usd_per_hour=1.0, accelerator_count=2, region="south")
    small, large = advice("production", FAST, name="small"), advice("production", FAST, twice, name="large")
    order = [each.workload for each in findings([small, large], Policy())]
    assert order == [each.workload for each in findings([large, small], Policy())]
    gains = [each.gain_units_per_week for each in findings([small, large], Policy())]
    assert gains == sorted(gains, reverse=True)


def test_equal_findings_stand_in_the_order_of_their_names() -> None:
    both = [advice("production", FAST, name=name) for name in ("b", "a")]
    assert [each.workload for each in findings(both, Policy())] == ["a", "b"]


def test_workloads_without_an_answer_have_no_findings() -> None:
    unanswered = advise([], Workload("new"))
    nothing = advise(DAILY, Workload("w", stage="production", constraints=Constraints(floor_units_per_hour=1e9)))
    unpriced = advise([run(0, accelerator_count=3)], Workload("w", stage="production"))
    assert findings([unanswered, settled(nothing), unpriced], Policy()) == ()


def test_no_workloads_have_no_findings() -> None:
    assert findings([], Policy()) == ()
