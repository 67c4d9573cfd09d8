"""The search finds exactly what trying everything finds, and accounts for everything it left out."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.accelerators import Accelerators
from engine.catalog import Catalog
from engine.certificate import certify
from engine.search import Limits, Speeds, candidates_of, find_points, shortlist
from engine.space import index
from engine.units import OBJECTIVES, Objective
from engine.workload import Filters
from tests.engine import brute_force
from tests.engine.agreement import Answer, Asked, differences, fleet_differences, random_fleet
from tests.engine.brute_force import Instance
from tests.engine.instances import (
    Table,
    limits_of,
    offer,
    random_instance,
    random_offer,
    sheet,
    space_of,
    speeds_of,
)

instances = st.integers(0, 1 << 40).map(random_instance)


def answer(instance: Instance, objective: Objective) -> Answer | None:
    """What the engine picks, by content."""
    return Asked.alone(instance).answer(objective)


def score(found: Answer | None, objective: Objective) -> float:
    """How good an answer is under cost or performance; nothing feasible is worst."""
    if found is None:
        return -np.inf
    return -found[3] if objective == "cost" else found[4]


@pytest.mark.parametrize("block", range(8))
def test_every_optimum_frontier_and_count_equals_brute_force_to_the_bit(block: int) -> None:
    for seed in range(150):
        assert not differences(random_instance(f"{block}/{seed}")), seed


@pytest.mark.parametrize("block", range(4))
def test_what_a_fleet_shares_between_workloads_and_policies_changes_no_answer(block: int) -> None:
    for seed in range(20):
        assert not fleet_differences(random_fleet(f"{block}/{seed}")), seed


def test_the_random_instances_cover_ties_and_infeasible_ones() -> None:
    found = [random_instance(f"0/{seed}") for seed in range(150)]
    optima = [brute_force.optimum(each, "cost") for each in found]
    assert 10 < sum(each is None for each in optima) < 100
    assert sum(_has_tie(each) for each in found) > 15


def _has_tie(instance: Instance) -> bool:
    best_found = brute_force.optimum(instance, "cost")
    key = None if best_found is None else (best_found.usd_per_hour, best_found.units_per_hour)
    same = [each for each in brute_force.candidates(instance) if (each.usd_per_hour, each.units_per_hour) == key]
    return sum(each.excluded_by is None for each in same) > 1


@given(instances, st.randoms(use_true_random=False))
@settings(max_examples=80)
def test_the_order_of_the_offers_changes_nothing(instance: Instance, rng: random.Random) -> None:
    shuffled = list(instance.catalog.offers)
    rng.shuffle(shuffled)
    other = replace(instance, catalog=Catalog.of(shuffled, instance.catalog.accelerators))
    for objective in OBJECTIVES:
        assert answer(instance, objective) == answer(other, objective)


@given(instances, st.integers(0, 1000))
@settings(max_examples=80)
def test_one_more_offer_never_makes_an_optimum_worse(instance: Instance, seed: int) -> None:
    more = random_offer(random.Random(seed), list(instance.catalog.accelerators))
    offers = (*instance.catalog.offers, more)
    richer = replace(instance, catalog=Catalog.of(offers, instance.catalog.accelerators))
    for objective in ("cost", "performance"):
        assert score(answer(richer, objective), objective) >= score(answer(instance, objective), objective)


@given(instances, st.integers(0, 1000))
@settings(max_examples=80)
def test_raising_a_price_never_wins_an_offer_the_choice(instance: Instance, which: int) -> None:
    offers = list(instance.catalog.offers)
    raised = offers[which % len(offers)]
    dearer = replace(raised, price_usd_per_hour=raised.price_usd_per_hour * 1.5)
    offers[which % len(offers)] = dearer
    after = replace(instance, catalog=Catalog.of(offers, instance.catalog.accelerators))
    for objective in ("cost", "performance"):
        before, now = answer(instance, objective), answer(after, objective)
        is_won = now is not None and now[0] == dearer and before is not None and before[0] != raised
        assert not is_won


@given(instances, st.sampled_from((0.5, 2.0, 1024.0)))
@settings(max_examples=60)
def test_another_currency_changes_no_choice(instance: Instance, rate: float) -> None:
    offers = [replace(each, price_usd_per_hour=each.price_usd_per_hour * rate) for each in instance.catalog.offers]
    money = {name: bound * rate for name, bound in instance.limits.items() if "usd" in name}
    time = None if instance.value_of_time is None else instance.value_of_time * rate
    other = Instance(
        Catalog.of(offers, instance.catalog.accelerators),
        instance.node_counts,
        instance.n_ways,
        instance.ways,
        instance.filters,
        {**instance.limits, **money},
        time,
    )
    for objective in OBJECTIVES:
        ours, theirs = answer(instance, objective), answer(other, objective)
        assert (ours is None) == (theirs is None)
        if ours is not None and theirs is not None:
            assert ours[0].price_usd_per_hour * rate == theirs[0].price_usd_per_hour
            assert ours[1:3] == theirs[1:3]


@given(instances)
@settings(max_examples=60)
def test_every_configuration_is_feasible_or_blamed_exactly_once(instance: Instance) -> None:
    space = space_of(instance)
    certificate = certify(space, speeds_of(instance, space), limits_of(instance), 0.0)
    n_implied = len(instance.catalog.offers) * len(instance.node_counts) * instance.n_ways
    assert certificate.configurations == n_implied == certificate.feasible + sum(certificate.excluded.values())
    assert all(count > 0 for count in certificate.excluded.values())


@given(instances)
@settings(max_examples=60)
def test_value_lies_between_cost_and_performance(instance: Instance) -> None:
    cost, value, performance = (answer(instance, objective) for objective in ("cost", "value", "performance"))
    if cost is not None and value is not None and performance is not None:
        assert cost[3] <= value[3] <= performance[3]
        assert cost[4] <= value[4] <= performance[4]


def test_the_fastest_way_that_keeps_every_limit_represents_a_machine() -> None:
    """The fastest way by median breaks a cautious floor that a slower, surer way keeps."""
    instance = replace(
        random_instance(0),
        catalog=Catalog.of([offer("H100", 1.0)], Accelerators([sheet("H100")])),
        node_counts=(1,),
        n_ways=2,
        ways=lambda shape: brute_force.Way(*((10.0, 2.0, True), (8.0, 7.0, True))[shape[-1]]),
        filters=Filters(),
        limits={"floor_units_per_hour": 5.0},
    )
    found = answer(instance, "performance")
    assert found is not None
    assert found[2] == 1


def test_where_memory_does_not_suffice_there_is_no_speed() -> None:
    median, fits = np.array([[[3.0, 2.0, 1.0]]]), np.array([[[False, True, True]]])
    alike, apart = Speeds.of(median, median, fits), Speeds.of(median, median / 2.0, fits)
    assert alike.cautious is alike.median
    assert alike.median.tolist() == [[[-np.inf, 2.0, 1.0]]]
    assert apart.cautious.tolist() == [[[-np.inf, 1.0, 0.5]]]
    assert alike.fits.tolist() == fits.tolist()


def test_what_does_not_fit_is_no_candidate_and_equals_stand_in_the_order_of_the_space() -> None:
    catalog = Catalog.of([offer("H100", 1.0), offer("A10G", 1.0)], Accelerators([sheet("H100"), sheet("A10G")]))
    space = space_of(Instance(catalog, (1,), 3, lambda _: brute_force.Way(1.0, 1.0, fits=True)))
    median = np.array([[[0.2, 0.7, 0.7]], [[-np.inf, 0.5, 0.7]]])
    nothing = np.full_like(median, -np.inf)
    every, one, none = (
        shortlist(candidates_of(space, speeds), Limits())
        for speeds in (Speeds(median, median.copy()), Speeds(median, median), Speeds(nothing, nothing))
    )
    assert (every.shape.tolist(), every.units_per_hour.tolist()) == ([1, 2, 5, 4, 0], [0.7, 0.7, 0.7, 0.5, 0.2])
    assert (one.shape.tolist(), one.units_per_hour.tolist()) == ([1, 5], [0.7, 0.7])
    assert none.shape.tolist() == []


@given(instances)
@settings(max_examples=60)
def test_points_stand_fastest_first_and_equals_in_the_order_of_the_space(instance: Instance) -> None:
    points = Asked.alone(instance).points
    stand = list(zip(-points.units_per_hour, points.shape, strict=True))
    assert stand == sorted(stand)
    n_ways = instance.n_ways
    assert len(set((points.shape // n_ways).tolist())) == len(points)  # one way of each class and node count


def test_one_shortlist_serves_filters_that_only_afford_less() -> None:
    """What the cheapest offer of all can afford is kept, what it cannot is dropped; dearer filters test again."""
    catalog = Catalog.of(
        [offer("H100", 1.0), offer("H100", 3.0, provider="gcp"), offer("A10G", 9.0, provider="gcp")],
        Accelerators([sheet("H100"), sheet("A10G")]),
    )
    instance = Instance(catalog, (1, 2), 1, lambda _: brute_force.Way(10.0, 10.0, fits=True))
    space = space_of(instance)
    listed = shortlist(candidates_of(space, speeds_of(instance, space)), Limits(max_usd_per_unit=0.2))
    assert (listed.classes.tolist(), listed.node_counts.tolist()) == ([1, 1], [1.0, 2.0])
    found = [find_points(listed, space.index.usable(Filters(providers=words))) for words in ((), ("aws",), ("gcp",))]
    assert [points.usd_per_hour.tolist() for points in found] == [[1.0, 2.0], [1.0, 2.0], []]


def test_a_limit_met_exactly_is_kept_and_rounding_is_forgiven() -> None:
    limits = Limits(floor_units_per_hour=3.0, max_usd_per_day=0.3 * 24, memory_required_gib=80.0)
    assert limits.relaxed.floor_units_per_hour < 3.0 < limits.relaxed.floor_units_per_hour * (1 + 1e-8)
    assert 0.1 * 3 * 24 < limits.relaxed.max_usd_per_day < 0.3 * 24 * (1 + 1e-8)
    assert limits.relaxed.memory_required_gib < 80.0
    assert Limits().relaxed == Limits()


def test_only_what_binds_is_reported_as_asked() -> None:
    assert Limits(floor_units_per_hour=3.0).binding == {"floor_units_per_hour": 3.0}
    assert Limits().binding == {}


def test_every_limit_is_a_least_throughput_at_a_price() -> None:
    limits = Limits(floor_units_per_hour=3.0, max_seconds_per_unit=600.0, max_usd_per_unit=0.5)
    assert limits.least_units_per_hour(np.array([1.0, 10.0])).tolist() == [6.0, 20.0]
    assert Limits(floor_units_per_hour=30.0, max_seconds_per_unit=600.0).least_units_per_hour(1.0) == 30.0
    assert Limits().least_units_per_hour(5.0) == 0.0


def test_limits_on_money_are_a_most_price_at_a_throughput() -> None:
    limits = Limits(max_usd_per_unit=0.5, max_usd_per_day=72.0, floor_units_per_hour=1.0)
    assert limits.most_usd_per_hour(np.array([2.0, 6.0, 10.0])).tolist() == [1.0, 3.0, 3.0]
    assert Limits().most_usd_per_hour(np.array([2.0])).tolist() == [np.inf]


def test_what_cannot_be_had_is_no_point_even_where_money_is_no_limit() -> None:
    catalog = Catalog.of(
        [offer("H100", 1.0), offer("A10G", 1.0, provider="gcp")], Accelerators([sheet("H100"), sheet("A10G")])
    )
    instance = Instance(catalog, (1,), 1, lambda _: brute_force.Way(10.0, 10.0, fits=True))
    space = space_of(instance)
    listed = shortlist(candidates_of(space, speeds_of(instance, space)), Limits())
    points = find_points(listed, space.index.usable(Filters(providers=("gcp",))))
    assert points.shape.tolist() == [0]
    assert points.usd_per_hour.tolist() == [1.0]


def test_a_filter_that_nothing_passes_excludes_everything_and_says_so() -> None:
    catalog = Catalog.of([offer("H100", 1.0), offer("H100", 2.0, region="west")], Accelerators([sheet("H100")]))
    instance = Instance(catalog, (1, 2), 1, Table(random.Random(0)), Filters(providers=("nobody",)))
    space = space_of(instance)
    certificate = certify(space, speeds_of(instance, space), Limits(), 0.0)
    assert answer(instance, "cost") is None
    assert (certificate.configurations, certificate.feasible, certificate.excluded) == (4, 0, {"providers": 4})


def test_an_index_serves_many_questions() -> None:
    instance = random_instance("many")
    prepared = index(instance.catalog)
    for seed in range(20):
        rng = random.Random(seed)
        limits = {"max_accelerators": float(rng.choice((1, 2, 8)))}
        asked = replace(instance, limits=limits, filters=Filters(providers=(rng.choice(("aws", "gcp")),)))
        space = space_of(asked, prepared)
        certificate = certify(space, speeds_of(asked, space), limits_of(asked), 0.0)
        everything = brute_force.candidates(asked)
        assert (certificate.configurations, certificate.feasible, dict(certificate.excluded)) == brute_force.count(
            everything
        )
