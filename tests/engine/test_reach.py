"""The frontier behind a chart: what nothing beats, under what was asked for and nothing else."""

from itertools import pairwise
from typing import Any

import pytest

from engine.advice import Advice, Pick, Reached, as_document
from engine.workload import Constraints, Workload
from tests.engine.small_worlds import OFFERS, advise, run

DAILY = [run(day, provider="aws", region="east", instance_type="g5.xlarge", precision="fp16") for day in range(5)]


def asked(**constraints: Any) -> Workload:
    return Workload("video-gen", stage="production", constraints=Constraints(**constraints))


def frontier(**constraints: Any) -> tuple[Reached, ...]:
    return answered(**constraints).frontier


def answered(**constraints: Any) -> Advice:
    found: Advice = advise(DAILY, asked(**constraints), with_frontier=True)
    return found


def price(point: Reached) -> float:
    return point.usd_per_unit / point.seconds_per_unit


def test_it_runs_from_the_cheapest_to_the_fastest_and_nothing_on_it_beats_another() -> None:
    points = frontier()
    assert len(points) > 2
    for slower, faster in pairwise(points):
        assert faster.seconds_per_unit < slower.seconds_per_unit
        assert price(faster) > price(slower)


def test_every_pick_stands_on_it() -> None:
    answer = answered()
    places = [(point.seconds_per_unit, point.usd_per_unit) for point in answer.frontier]
    for found in answer.objectives.values():
        assert isinstance(found, Pick)
        assert any(place == pytest.approx((found.seconds_per_unit.p50, found.usd_per_unit.p50)) for place in places)


def test_it_goes_beyond_the_defaults_but_not_beyond_what_was_asked() -> None:
    guardrail = answered().constraints["max_usd_per_unit"]
    assert isinstance(guardrail, float)
    assert any(point.usd_per_unit > guardrail for point in frontier())
    bound = frontier(max_usd_per_day=24.0)
    assert bound
    assert all(24 * 3600 * price(point) <= 24.0 * (1 + 1e-6) for point in bound)


def test_where_nothing_is_feasible_there_is_none() -> None:
    assert frontier(floor_units_per_hour=1e9) == ()


def test_it_is_worked_out_only_when_asked_for_and_stands_in_no_document() -> None:
    assert advise(DAILY, asked()).frontier == ()
    assert "frontier" not in as_document(answered())
    assert as_document(answered()) == as_document(advise(DAILY, asked()))


def test_a_long_frontier_is_thinned_and_keeps_its_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = frontier()
    monkeypatch.setattr("engine.reach._MOST", 3)
    thinned = frontier()
    assert len(thinned) == 3
    assert (thinned[0], thinned[-1]) == (whole[0], whole[-1])
    assert len(OFFERS) > len(thinned)
