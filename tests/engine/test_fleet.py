"""What stands out among many workloads, and in which order."""

import itertools
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.advice import Advice, Pick
from engine.catalog import Catalog, Offer
from engine.fleet import FINDING_KINDS, Finding, FindingKind, findings
from engine.history import Run
from engine.space import index
from engine.units import STAGES, Stage
from engine.workload import Constraints, Filters, Policy, Workload
from tests.engine.instances import offer
from tests.engine.small_worlds import NOW, SHEETS, START, advise, catalog_index, run

DAILY = [run(day, provider="aws", region="east", instance_type="g5.xlarge", precision="fp16") for day in range(5)]
ON_DEMAND = Filters(pricing_categories=("standard",))
FAST = offer("H100", 2.0, provider="gcp", region="north", instance_type="cheap-h100")
SLOW = offer("A10G", 0.45, provider="gcp", region="north", instance_type="cheap-a10g")


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
    assert found.evidence == "no slower than today for 55 % less a day"


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
    unpriced = advise([run(day, accelerator_count=3) for day in range(3)], Workload("w", stage="production"))
    assert findings([unanswered, settled(nothing), unpriced], Policy()) == ()


def test_no_workloads_have_no_findings() -> None:
    assert findings([], Policy()) == ()


FASTEST = [run(day, "H100", units=80.0, accelerator_count=8) for day in range(5)]
"""Nothing is faster, and at this price nothing as fast is cheaper."""


@pytest.mark.parametrize(("n_runs", "words"), [(1, "one successful run"), (2, "2 successful runs")])
def test_an_answer_that_rests_on_a_run_or_two_is_thin_where_people_wait(n_runs: int, words: str) -> None:
    found = only(settled(advise(FASTEST[:n_runs], Workload("w", stage="production"))))
    assert found.kind == "thin_evidence"
    assert found.evidence == f"people rely on it, but its advice rests on {words}: a trial tells more"
    assert (found.gain_units_per_week, found.extra_usd_per_week, found.payback_days) == (0.0, 0.0, None)
    assert findings([settled(advise(FASTEST, Workload("w", stage="production")))], Policy()) == ()


@pytest.mark.parametrize("stage", [None, "prototyping"])
def test_nobody_relies_on_what_is_untagged_or_a_prototype(stage: Stage | None) -> None:
    given = settled(advise(FASTEST[:1], Workload("w", stage=stage)))
    assert [each.kind for each in findings([given], Policy())] != ["thin_evidence"]


def test_production_about_which_nothing_can_be_said_is_thin() -> None:
    found = only(advise([], Workload("new", stage="production")))
    assert (found.kind, found.advice.recommended) == ("thin_evidence", None)
    assert found.evidence == "people rely on it, but no run of this workload is known"


def test_a_workload_that_fell_silent_is_stale_and_loses_nothing_by_how_it_ran() -> None:
    late = NOW + timedelta(days=60)
    silent = settled(advise(DAILY, Workload("w", stage="production"), index=catalog_index(FAST), now=late))
    assert only(silent).kind == "stale_evidence"
    assert only(silent).evidence == "people are said to rely on it, but its last run ended 63 days ago"
    forgotten = settled(advise(DAILY, Workload("w", stage="prototyping"), index=catalog_index(SLOW), now=late))
    assert findings([forgotten], Policy()) == ()
    assert only(forgotten, policy=Policy(lookback_days=90)).kind == "overbuilt_prototype"


def test_weak_evidence_comes_after_everything_that_money_or_time_is_lost_by() -> None:
    one = Workload("video-gen", stage="validation", filters=ON_DEMAND)
    assert only(settled(advise(DAILY[:1], one, index=catalog_index(SLOW)))).kind == "dominated"


def test_a_saving_pays_back_what_moving_costs() -> None:
    found = only(advice("validation", SLOW))
    pick = found.advice.objectives["cost"]
    assert isinstance(pick, Pick)
    hours_per_day = 5.0 / (4.0 + 1.0 / 24.0)
    saved = hours_per_day * (1.0 - pick.usd_per_day / 24.0 * 10.0 / pick.units_per_hour.p50)
    assert found.payback_days == pytest.approx(Policy().switching_usd / saved)
    assert Policy().switching_usd == 400.0
    assert only(advice("validation", SLOW), policy=Policy(switching_hours=0.0)).payback_days == 0.0


def test_waiting_less_pays_back_where_it_is_worth_something() -> None:
    assert only(advice("production", FAST, value_of_time_usd_per_hour=0.0)).payback_days is not None
    dear = replace(FAST, price_usd_per_hour=7.0, accelerator="H100")
    asked = Constraints(max_usd_per_day=1e4)
    never, soon = (
        only(advice("production", dear, constraints=asked, value_of_time_usd_per_hour=usd)) for usd in (None, 50.0)
    )
    assert never.payback_days is None
    assert soon.payback_days is not None


def noisy(prices: list[float], chance: random.Random) -> list[Offer]:
    """The same offers a day later: each price up or down by all that noise allows, or not at all."""
    return [
        replace(each, price_usd_per_hour=price * chance.choice([0.97, 0.985, 1.0, 1.015, 1.03]))
        for each, price in zip(MARKET, prices, strict=True)
    ]


MARKET = [
    offer("A10G", 1.0, instance_type="g5.xlarge"),
    offer("A10G", 1.0, provider="gcp", region="north"),
    offer("L40S", 1.0, provider="gcp", region="west"),
    offer("H100", 1.0, provider="lambda"),
    offer("H100", 1.0, provider="lambda", accelerator_count=2),
]
near_edges = st.lists(st.floats(0.7, 1.4), min_size=4, max_size=4)


@settings(max_examples=12)
@given(near_edges, st.sampled_from(STAGES), st.integers(0, 1 << 30))
def test_no_finding_comes_and_goes_more_than_once_with_the_noise_of_prices(
    edges: list[float], stage: Stage, seed: int
) -> None:
    prices = [1.0, 0.9 * edges[0], 2.2 * edges[1], 6.0 * edges[2], 12.0 * edges[3]]
    chance, known, days = random.Random(seed), set[tuple[str, FindingKind]](), []
    workload = Workload("video-gen", stage=stage, filters=ON_DEMAND)
    for _ in range(12):
        today = settled(advise(DAILY, workload, index=index(Catalog.of(noisy(prices, chance), SHEETS))))
        known = {(each.workload, each.kind) for each in findings([today], Policy(), known)}
        days.append(known)
    for kind in FINDING_KINDS:
        stood = [("video-gen", kind) in day for day in days]
        comings = sum(now and not before for before, now in itertools.pairwise([False, *stood]))
        assert comings <= 1, (kind, stood)


def test_what_is_known_stays_while_noise_may_hide_it_and_goes_when_it_cannot() -> None:
    def at_price(usd: float, *known: tuple[str, FindingKind]) -> list[str]:
        given = advice("validation", replace(SLOW, price_usd_per_hour=usd))
        return [each.kind for each in findings([given], Policy(), known)]

    was: tuple[str, FindingKind] = ("video-gen", "dominated")
    assert [at_price(usd) for usd in (0.85, 0.88)] == [["dominated"], []]
    assert [at_price(usd, was) for usd in (0.88, 0.96, 0.97)] == [["dominated"], ["dominated"], []]
    assert at_price(0.88, ("another", "dominated")) == []


def test_what_is_about_evidence_comes_after_everything_at_stake_however_little_that_is() -> None:
    costly = Finding("drifted_stage", "z", advice("production"), "cost", -1.0, 500.0, "")
    thin = Finding("thin_evidence", "a", advice("production"), "cost", 0.0, 0.0, "")
    stale = Finding("stale_evidence", "b", advice("production"), "cost", 0.0, 0.0, "")
    assert min(thin, stale, costly, key=lambda each: each.rank) is costly
    assert (costly.is_weak, thin.is_weak, stale.is_weak) == (False, True, True)
