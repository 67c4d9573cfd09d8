"""A chart's words and numbers: what is marked where, and which round numbers its axes have."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.charts import Chart, Mark
from bot.views.axes import money_axis, time_axis
from bot.views.chart import chart, chart_in_words
from engine import AdviceDocument
from engine.advice import Advice, as_document
from tests.views.test_view_properties import documents
from tests.views.view_samples import A10G, ADVICE, HIDDEN, INFEASIBLE, TODAY, UNDETERMINED, pick, with_picks

SECONDS = st.floats(1e-12, 1e12)


def made(answer: Advice = ADVICE) -> Chart:
    found = chart(as_document(answer), [])
    assert found is not None
    return found


def marked(answer: Advice = ADVICE) -> dict[str, Mark]:
    return {mark.hue: mark for mark in made(answer).marks}


def titles(answer: Advice) -> list[str]:
    return [mark.title for mark in made(answer).marks]


def test_every_pick_and_today_are_marked_and_the_recommended_one_is_starred() -> None:
    assert titles(ADVICE) == ["★ Performance", "Cost", "Value", "Today"]
    assert [mark.is_recommended for mark in made().marks] == [True, False, False, False]


def test_a_mark_stands_at_the_medians_and_reaches_over_its_interval() -> None:
    mark, found = marked()["performance"], as_document(ADVICE.objectives["performance"])
    seconds, usd = found["seconds_per_unit"], found["usd_per_unit"]
    assert (mark.at.seconds_per_unit, mark.at.usd_per_unit) == (seconds["p50"], usd["p50"])
    assert mark.interval is not None
    assert [(spot.seconds_per_unit, spot.usd_per_unit) for spot in mark.interval] == [
        (seconds["p05"], usd["p05"]),
        (seconds["p95"], usd["p95"]),
    ]


def test_the_tick_is_explained_where_there_is_one() -> None:
    assert "✓" in made().note
    unverified = with_picks(performance=pick(A10G, 40.0))
    assert made(unverified).note == "bars: 90 % intervals"


@pytest.mark.parametrize(("frontier", "is_explained"), [([(9.0, 0.1), (5.0, 0.2)], True), ([(9.0, 0.1)], False)])
def test_the_line_is_explained_where_there_is_one(*, frontier: list[tuple[float, float]], is_explained: bool) -> None:
    found = chart(as_document(ADVICE), frontier)
    assert found is not None
    assert ("line: nothing faster for less an hour" in found.note) == is_explained


def test_what_a_run_verified_bears_a_tick_and_nothing_else_does() -> None:
    assert {hue for hue, mark in marked().items() if mark.is_verified} == {"performance"}


def test_what_today_costs_is_known_so_that_only_its_time_has_an_interval() -> None:
    today = marked()["today"]
    assert today.interval is not None
    assert {spot.usd_per_unit for spot in today.interval} == {TODAY.usd_per_unit}
    assert today.interval[0].seconds_per_unit < today.interval[1].seconds_per_unit


def test_a_pick_that_is_what_runs_today_says_so_and_today_is_not_marked_twice() -> None:
    assert titles(with_picks(performance=pick(A10G, 12.4))) == ["★ Performance = today", "Cost", "Value"]


def test_one_configuration_that_wins_twice_is_marked_once() -> None:
    assert titles(with_picks(value=ADVICE.objectives["cost"])) == ["★ Performance", "Cost and value", "Today"]


@pytest.mark.parametrize("unknown", [{"current": None}, {"current": replace(TODAY, usd_per_unit=None)}])
def test_a_today_without_a_known_cost_has_no_place(unknown: Any) -> None:
    assert "Today" not in titles(replace(ADVICE, **unknown))


@pytest.mark.parametrize("answer", [INFEASIBLE, UNDETERMINED])
def test_where_there_is_nothing_to_compare_there_is_no_chart(answer: Advice) -> None:
    assert chart(as_document(answer), [(1.0, 2.0)]) is None


def test_the_axes_count_as_the_card_does() -> None:
    cheap = replace(ADVICE, unit="tokens", objectives={"cost": pick(A10G, 1e9)}, recommended="cost", current=None)
    assert made(cheap).up.title == "Cost per billion tokens  (↓ cheaper)"
    assert made(cheap).across.title == "Time per token  (← faster)"
    assert all(text.startswith("$") for _, text in made(cheap).up.ticks)


def test_hidden_characters_of_a_unit_are_seen() -> None:
    assert "\u202e" not in made(replace(ADVICE, unit=HIDDEN)).across.title
    assert "\ufffd" in made(replace(ADVICE, unit=HIDDEN)).across.title


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        ([50.0, 300.0], ["1 min", "2 min", "5 min"]),
        ([0.002, 0.2], ["1 ms", "10 ms", "100 ms"]),
        ([60.0, 62.0], ["1 min"]),
        ([20.0, 4 * 3600.0], ["10 s", "1 min", "10 min", "1 h", "8 h"]),
        ([86400.0, 86400.0 * 30], ["1 day", "5 days", "30 days"]),
    ],
)
def test_times_are_written_at_numbers_that_people_call_round(seconds: list[float], written: list[str]) -> None:
    found = [text for _, text in time_axis("", seconds).ticks]
    assert set(written) & set(found), found
    assert found


@given(values=st.lists(SECONDS, min_size=1, max_size=9), scale=st.sampled_from([1.0, 1e3, 1e6, 1e12]))
def test_any_axis_has_room_at_its_ends_and_at_most_five_numbers_in_order(values: list[float], scale: float) -> None:
    for axis in (time_axis("", values), money_axis("", values, scale)):
        assert axis.low < min(values) <= max(values) < axis.high
        assert axis.high / axis.low >= 2.49
        places = [value for value, _ in axis.ticks]
        assert 1 <= len(places) <= 5
        assert all(axis.low * 0.999 <= value <= axis.high * 1.001 for value in places)
        assert all(one < other for one, other in pairwise(places))


@given(document=documents())
@settings(phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_any_answer_has_a_chart_or_none_and_words_for_it(document: AdviceDocument) -> None:
    found = chart(document, [])
    assert found is None or all(mark.at.seconds_per_unit > 0 and mark.at.usd_per_unit > 0 for mark in found.marks)
    assert chart_in_words(document).startswith("Chart of cost against time per ")


def test_the_words_say_what_faster_costs_only_where_there_is_a_choice() -> None:
    best = ADVICE.objectives["performance"]
    assert chart_in_words(as_document(ADVICE)).endswith(" Faster costs more.")
    assert "Faster" not in chart_in_words(as_document(with_picks(cost=best, value=best)))
