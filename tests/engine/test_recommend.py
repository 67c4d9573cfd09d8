"""The whole answer: from a history to three picks, or to a reason why not."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from engine.advice import Advice, NothingFeasible, Pick, as_document
from engine.catalog import Catalog
from engine.space import index
from engine.workload import Constraints, Filters, Policy, Workload
from tests.engine.instances import offer
from tests.engine.small_worlds import NOW, OFFERS, SHEETS, START, advise, catalog_index, run

DAILY = [run(day, provider="aws", region="east", instance_type="g5.xlarge", precision="fp16") for day in range(5)]


def pick(advice: Advice, objective: str) -> Pick:
    found = advice.objectives[objective]  # type: ignore[index]
    assert isinstance(found, Pick), found
    return found


def _count(advice: Advice, objective: str) -> int:
    return pick(advice, objective).configuration.accelerator_count


def ask(stage: str = "production", **asked: float) -> Workload:
    return Workload("video-gen", stage=stage, constraints=Constraints(**asked))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stage", "objective"), [("prototyping", "cost"), ("validation", "value"), ("production", "performance")]
)
def test_the_stage_decides_what_is_recommended(stage: str, objective: str) -> None:
    advice = advise(DAILY, ask(stage))
    assert advice.recommended == objective
    assert advice.reason.startswith(stage)
    assert set(advice.objectives) == {"cost", "value", "performance"}
    assert advice.undetermined is None


def test_today_is_what_runs_now_priced_exactly() -> None:
    current = advise(DAILY).current
    assert current.configuration.accelerator == "A10G"
    assert current.configuration.price_usd_per_hour == 1.0
    assert current.usd_per_day == 24.0
    assert current.units_per_hour.p50 == pytest.approx(10.0)
    assert current.seconds_per_unit.p50 == pytest.approx(360.0)
    assert current.usd_per_unit == pytest.approx(0.1)


def test_no_pick_is_slower_than_today_or_outside_the_guardrail_by_default() -> None:
    advice = advise(DAILY)
    assert pick(advice, "cost").units_per_hour.p50 >= 10.0 * (1 - 1e-9)
    assert pick(advice, "performance").usd_per_unit.p50 <= 0.11 * (1 + 1e-9)
    assert pick(advice, "value").units_per_hour.p50 >= 10.0 * (1 - 1e-9)
    assert pick(advice, "value").usd_per_unit.p50 <= 0.11 * (1 + 1e-9)


def test_the_cheapest_machine_that_is_as_fast_as_today_is_today_as_spot() -> None:
    found = pick(advise(DAILY), "cost")
    assert (found.configuration.accelerator, found.configuration.pricing_category) == ("A10G", "dynamic")
    assert found.evidence == "verified"
    assert found.units_per_hour.p50 == pytest.approx(10.0)
    assert found.constraint_probability == 1.0  # no slower than today, whatever its speed
    assert found.probability_better == 1.0


def test_intervals_are_ordered_and_turn_over_for_time_and_money() -> None:
    for objective in ("cost", "value", "performance"):
        found = pick(advise(DAILY), objective)
        for interval in (found.units_per_hour, found.seconds_per_unit, found.usd_per_unit):
            assert interval.p05 < interval.p50 < interval.p95
        assert found.seconds_per_unit.p05 == pytest.approx(3600.0 / found.units_per_hour.p95)
        assert found.usd_per_unit.p50 == pytest.approx(found.usd_per_day / 24.0 / found.units_per_hour.p50)
        assert 0.0 <= found.constraint_probability <= 1.0


def test_the_constraints_that_bind_the_recommended_pick_are_named() -> None:
    advice = advise(DAILY, ask(max_usd_per_day=100.0, max_nodes=2, confidence=0.8))
    assert advice.constraints == {"max_usd_per_day": 100.0, "max_nodes": 2.0, "confidence": 0.8}
    by_default = advise(DAILY, ask("production")).constraints
    assert by_default == {"max_usd_per_unit": pytest.approx(0.11), "max_accelerators": 8.0}


def test_filters_and_the_value_of_time_are_named_among_the_constraints() -> None:
    only = Filters(providers=("aws", "lambda"), pricing_categories=("standard",))
    asked = Workload("video-gen", stage="production", value_of_time_usd_per_hour=40.0, filters=only)
    named = advise(DAILY, asked).constraints
    assert named["providers"] == ("aws", "lambda")
    assert named["pricing_categories"] == ("standard",)
    assert named["value_of_time_usd_per_hour"] == 40.0
    assert "regions" not in named


def test_a_confidence_makes_the_floor_harder_to_meet() -> None:
    bold = advise(DAILY, ask("prototyping", floor_units_per_hour=12.0))
    careful = advise(DAILY, ask("prototyping", floor_units_per_hour=12.0, confidence=0.95))
    assert pick(careful, "cost").constraint_probability >= 0.95
    assert pick(bold, "cost").constraint_probability < 0.95
    assert pick(careful, "cost").usd_per_day >= pick(bold, "cost").usd_per_day


def test_an_impossible_floor_names_itself_and_what_is_reachable() -> None:
    advice = advise(DAILY, ask(floor_units_per_hour=1e9))
    found = advice.objectives["performance"]
    assert isinstance(found, NothingFeasible)
    assert (found.infeasible.binding, found.infeasible.asked) == ("floor_units_per_hour", 1e9)
    assert found.infeasible.reachable is not None
    assert 10.0 < found.infeasible.reachable < 1e9
    assert advice.recommended == "performance"
    assert (advice.flatness, advice.break_even_usd_per_hour, advice.next_trial) == (None, None, None)


def test_a_floor_just_out_of_reach_is_worth_a_trial() -> None:
    reachable = pick(advise(DAILY, ask(max_usd_per_day=1e6)), "performance").units_per_hour.p50
    advice = advise(DAILY, ask(floor_units_per_hour=1.2 * reachable, max_usd_per_day=1e6))
    assert isinstance(advice.objectives["performance"], NothingFeasible)
    assert advice.next_trial is not None


def test_break_even_stands_between_each_pair_of_picks() -> None:
    advice = advise(DAILY, ask(max_usd_per_day=200.0))
    picks = {name: pick(advice, name) for name in advice.objectives}
    assert {(each.from_, each.to) for each in advice.break_even_pairs} == {
        ("cost", "value"),
        ("cost", "performance"),
        ("value", "performance"),
    }
    for each in advice.break_even_pairs:
        burdens = [
            (picks[name].usd_per_day / 24.0 + each.value) / picks[name].units_per_hour.p50
            for name in (each.from_, each.to)
        ]
        assert burdens[0] == pytest.approx(burdens[1]) if each.value else burdens[0] >= burdens[1]
    assert advice.break_even_usd_per_hour in advice.break_even_pairs


def test_flatness_says_how_sure_it_is() -> None:
    thin, rich = advise(DAILY[:1], ask()), advise([*DAILY, run(5, accelerator="H100", units=80.0, precision="fp16")])
    for advice in (thin, rich):
        assert 0.0 <= advice.flatness.probability_flat <= 1.0
    assert thin.flatness.probability_flat < 0.9


def test_the_certificate_accounts_for_every_configuration() -> None:
    certificate = advise(DAILY, Workload("video-gen", filters=Filters(providers=("lambda",)))).certificate
    assert certificate.configurations == len(OFFERS)
    assert certificate.excluded["providers"] == 4
    assert certificate.configurations == certificate.feasible + sum(certificate.excluded.values())


def test_filters_bind_every_pick() -> None:
    advice = advise(DAILY, Workload("video-gen", stage="production", filters=Filters(pricing_categories=("standard",))))
    assert {pick(advice, name).configuration.pricing_category for name in advice.objectives} == {"standard"}


@pytest.mark.parametrize(
    ("runs", "changes", "reason"),
    [
        ([], {}, "no run of this workload is known"),
        ([run(0, status="failed"), run(1, status="oom")], {}, "none of its 2 runs succeeded: memory was too small"),
        ([run(0, accelerator="GTX 9999")], {}, "it runs on GTX 9999, which has no spec sheet"),
        ([run(0)], {"index": index(Catalog.of([], SHEETS))}, "no price is known"),
    ],
)
def test_what_history_cannot_answer_is_undetermined_with_a_way_out(
    runs: list[object], changes: dict[str, object], reason: str
) -> None:
    advice = advise(runs, **changes)  # type: ignore[arg-type]
    assert advice.undetermined.reason == reason
    assert advice.undetermined.settled_by
    assert (advice.recommended, advice.current, advice.certificate, dict(advice.objectives)) == (None, None, None, {})


def test_filters_that_nothing_passes_leave_it_undetermined() -> None:
    advice = advise(DAILY, Workload("video-gen", filters=Filters(providers=("nobody",))))
    assert advice.undetermined.reason.startswith("no offer passes the filters")


def test_a_latest_run_on_an_unknown_part_is_undetermined_even_after_known_ones() -> None:
    assert "GTX 9999" in advise([*DAILY, run(6, accelerator="GTX 9999")]).undetermined.reason


def test_a_tag_in_the_history_counts_unless_somebody_asks() -> None:
    tagged = [replace(each, stage="validation") for each in DAILY]
    assert (advise(tagged).stage.value, advise(tagged).stage.source) == ("validation", "tagged")
    assert advise(tagged, ask("production")).stage.source == "asked"
    assert advise(DAILY).stage.source == "inferred"


def test_a_workload_that_never_ran_is_prototyping() -> None:
    assert advise([]).stage.value == "prototyping"


def test_scaling_in_the_history_decides_the_kind() -> None:
    halved = [run(0), run(1, accelerator_count=4, units=12.0)]
    advice = advise(halved, ask("production"))
    assert (advice.kind.value, advice.kind.source) == ("traditional", "inferred")
    assert advice.recommended == "cost"
    assert "4 accelerators" in advice.reason
    assert pick(advice, "performance").bottleneck == ("parallelism" if _count(advice, "performance") > 1 else None)
    assert advise(DAILY).kind.source == "population"


def test_a_critical_traditional_workload_gets_the_bump() -> None:
    critical = Workload("video-gen", stage="production", kind="traditional", is_critical=True)
    assert advise(DAILY, critical).recommended == "value"


def test_telemetry_tells_compute_from_bandwidth() -> None:
    busy = [replace(each, tensor_active=0.9, dram_active=0.1) for each in DAILY]
    waiting = [replace(each, tensor_active=0.1, dram_active=0.9) for each in DAILY]
    assert pick(advise(busy), "cost").bottleneck == "compute"
    assert pick(advise(waiting), "cost").bottleneck == "bandwidth"
    assert pick(advise(DAILY), "cost").bottleneck is None


def test_measured_memory_gives_headroom() -> None:
    measured = [replace(each, memory_used_gib=20.0) for each in DAILY]
    assert pick(advise(measured), "cost").memory_headroom_gib == pytest.approx(4.0)
    assert pick(advise(DAILY), "cost").memory_headroom_gib is None


def test_what_does_not_fit_is_excluded_by_memory() -> None:
    large = [replace(each, accelerator="H100", memory_used_gib=60.0) for each in DAILY]
    advice = advise(large)
    assert advice.certificate.excluded["memory"] == 4
    assert {pick(advice, name).configuration.accelerator for name in advice.objectives} == {"H100"}


def test_old_prices_are_said_to_be_old() -> None:
    assert not any("prices" in warning for warning in advise(DAILY).warnings)
    late = advise(DAILY, now=NOW + timedelta(days=120))
    assert f"prices are {(NOW + timedelta(days=120) - late.prices_as_of).days} days old" in late.warnings[0]


def test_a_single_run_a_silent_workload_and_a_missing_price_are_warned_of() -> None:
    assert any("one successful run only" in warning for warning in advise(DAILY[:1]).warnings)
    assert not any("one successful run" in warning for warning in advise(DAILY).warnings)
    assert any("the last run is" in warning for warning in advise(DAILY, now=NOW + timedelta(days=60)).warnings)
    unpriced = advise([run(0, accelerator_count=3)], ask("production"))
    assert any("no known price" in warning for warning in unpriced.warnings)
    assert unpriced.current.usd_per_day is None
    assert pick(unpriced, "performance").probability_better is None
    assert "max_usd_per_unit" not in unpriced.constraints


def test_one_run_is_enough_for_an_answer_and_a_trial() -> None:
    advice = advise(DAILY[:1], ask("production"))
    found = pick(advice, "performance")
    assert found.units_per_hour.p95 / found.units_per_hour.p05 > 1.5
    assert advice.next_trial is not None
    assert advice.next_trial.expected_improvement > 0.0


def test_a_verified_pick_is_held_to_what_was_measured() -> None:
    """However the model shrinks it, a machine that missed the floor is not chosen for keeping it."""
    history = [*DAILY, run(5, accelerator="L40S", units=18.9, precision="fp16", is_trial=True)]
    advice = advise(history, ask("prototyping", floor_units_per_hour=19.0))
    for objective in advice.objectives:
        assert pick(advice, objective).configuration.accelerator != "L40S"
    kept = advise(history, ask("prototyping", floor_units_per_hour=18.9))
    assert pick(kept, "cost").configuration.accelerator == "L40S"
    assert pick(kept, "cost").evidence == "verified"
    assert pick(kept, "cost").units_per_hour.p50 == pytest.approx(18.9)


def test_a_trial_is_not_today() -> None:
    trial = run(6, accelerator="H100", units=90.0, is_trial=True)
    assert advise([*DAILY, trial]).current.configuration.accelerator == "A10G"


def test_only_precisions_and_batches_that_were_used_are_weighed() -> None:
    swept = [run(day, batch_size=float(8 << day), units=10.0 + day, precision="fp16") for day in range(3)]
    advice = advise(swept)
    assert advice.certificate.configurations == len(OFFERS) * 3
    assert pick(advice, "cost").configuration.precision == "fp16"
    assert pick(advice, "cost").configuration.batch_size in {8.0, 16.0, 32.0}
    assert advise(DAILY).certificate.configurations == len(OFFERS)


def test_nodes_are_as_many_as_allowed_or_used() -> None:
    assert advise(DAILY, ask(max_nodes=3)).certificate.configurations == 3 * len(OFFERS)
    assert advise(DAILY, policy=Policy(max_nodes=2)).certificate.configurations == 2 * len(OFFERS)
    used = [replace(each, node_count=4) for each in DAILY]
    assert advise(used).certificate.configurations == 4 * len(OFFERS)


def test_the_policy_s_ways_of_paying_for_production_are_named_as_limits() -> None:
    policy = Policy(production_pricing_categories=("standard",))
    advice, free = advise(DAILY, ask(), policy=policy), advise(DAILY, ask("validation"), policy=policy)
    assert advice.constraints["pricing_categories"] == ("standard",)
    assert "pricing_categories" not in free.constraints
    assert advice.certificate.excluded["pricing_categories"] == 1


def test_a_stage_that_is_inferred_or_tagged_is_paid_by_the_policy_like_one_that_is_asked() -> None:
    tagged = [replace(each, stage="production") for each in DAILY]
    advice = advise(tagged, policy=Policy(production_pricing_categories=("standard",)))
    assert advice.stage.source == "tagged"
    assert advice.constraints["pricing_categories"] == ("standard",)


def test_where_production_cannot_be_paid_as_the_policy_says_the_answer_says_so() -> None:
    advice = advise(DAILY, ask(), policy=Policy(production_pricing_categories=("committed",)), with_predictions=True)
    assert "none is left by pricing categories committed" in advice.reason
    assert advice.undetermined.settled_by == "allow more pricing categories"


def test_predictions_list_every_usable_offer_with_its_reason() -> None:
    history = Workload("video-gen", stage="prototyping", filters=Filters(providers=("aws", "lambda")))
    advice = advise(DAILY, history, with_predictions=True)
    assert len(advice.predictions) == 5
    reasons = {(row.configuration.accelerator, row.configuration.accelerator_count): row for row in advice.predictions}
    assert all(row.feasible == (row.reason is None) for row in advice.predictions)
    assert reasons["A10G", 1].units_per_hour.p50 == pytest.approx(10.0)
    assert advise(DAILY).predictions == ()
    infeasible = advise(DAILY, ask(floor_units_per_hour=1e9), with_predictions=True)
    assert {row.reason for row in infeasible.predictions} == {"floor_units_per_hour"}
    assert all(row.units_per_hour.p05 < row.units_per_hour.p95 for row in infeasible.predictions)


def test_the_same_question_has_the_same_bytes_but_for_the_time_it_took() -> None:
    ticks = count()
    one = advise(DAILY, timer=lambda: float(next(ticks)))
    assert one.certificate.seconds == 1.0
    bytes_of = [json.dumps(as_document(advise(DAILY, with_predictions=True))) for _ in range(2)]
    assert bytes_of[0] == bytes_of[1]
    assert advise(DAILY).certificate.seconds == 0.0


def test_the_order_of_the_price_list_changes_nothing_but_its_version() -> None:
    other = index(Catalog.of(list(reversed(OFFERS)), SHEETS))
    one, two = as_document(advise(DAILY)), as_document(advise(DAILY, index=other))
    assert one.pop("catalog_version") != two.pop("catalog_version")
    assert one == two


def test_an_answer_is_json_without_nan() -> None:
    for advice in (advise(DAILY, with_predictions=True), advise([]), advise(DAILY, ask(floor_units_per_hour=1e9))):
        assert json.loads(json.dumps(as_document(advice), allow_nan=False))


def test_demand_prices_the_work_that_is_asked_for() -> None:
    advice = advise(DAILY)
    found = pick(advice, "performance")
    units_per_day = 50.0 / (4.0 + 1.0 / 24.0)
    assert found.usd_per_day_at_demand == pytest.approx(units_per_day * found.usd_per_unit.p50)
    assert advice.current.usd_per_day_at_demand == pytest.approx(units_per_day * 0.1)


def test_a_cheaper_offer_is_found_and_dated() -> None:
    bargain = offer("H100", 0.05, provider="gcp", region="north", as_of=START)
    advice = advise(DAILY, index=catalog_index(bargain))
    assert pick(advice, "cost").configuration.provider == "gcp"
    assert advice.prices_as_of <= START


def test_an_absurd_number_of_nodes_is_not_weighed_and_the_answer_says_so() -> None:
    advice = advise(DAILY, ask(max_nodes=1_000_000))
    assert advice.certificate.configurations == 1024 * len(OFFERS)
    assert any("more than 1,024 nodes" in warning for warning in advice.warnings)
    once = [*DAILY[:-1], replace(DAILY[-1], node_count=1_000_000)]
    assert advise(once).certificate.configurations == 1024 * len(OFFERS)
    assert not any("nodes are not weighed" in warning for warning in advise(DAILY, ask(max_nodes=2)).warnings)
