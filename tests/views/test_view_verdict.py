"""What an answer comes to, in sentences: what to do, what it is worth, what stands in the way."""

from dataclasses import replace
from typing import Any

import pytest

from bot.posts import Message
from bot.views import as_text, message
from engine.advice import Advice, BreakEven, Flatness, Infeasible, NothingFeasible, Trial, Undetermined
from tests.views.view_samples import (
    A10G,
    ADVICE,
    INFEASIBLE,
    L4,
    TODAY,
    UNDETERMINED,
    actions,
    around,
    buttons,
    card,
    fields,
    pick,
    with_picks,
)


def shown(answer: Advice = ADVICE, **changes: Any) -> Message:
    return message("advice", card(answer, **changes))


def offered(found: Message) -> list[str]:
    """What can be chosen besides the recommended pick."""
    menus = [element for element in buttons(found) if element["action_id"] == "advice.choose"]
    return [option["value"] for menu in menus for option in menu["options"]]


def test_when_today_is_the_best_it_says_stay_and_offers_no_approval_of_it() -> None:
    found = shown(with_picks(performance=pick(A10G, 12.4)))
    assert (
        "*Stay where you are:* today's configuration is already the performance pick."
        in found.blocks[1]["text"]["text"]
    )
    assert not [action for action in actions(found) if "approve" in action]
    assert "A-1:cost" in offered(found)


def test_today_is_recognised_even_where_its_runs_did_not_say_everything() -> None:
    today = replace(A10G, provider=None, region=None, instance_type=None, precision=None)
    answer = replace(with_picks(performance=pick(A10G, 12.4)), current=replace(TODAY, configuration=today))
    assert "Stay where you are" in as_text(shown(answer))


def test_the_same_accelerator_elsewhere_is_not_today() -> None:
    assert "Stay where you are" not in as_text(
        shown(with_picks(performance=pick(replace(A10G, region="eu-west-1"), 12.4)))
    )


def test_an_objective_that_nothing_satisfies_says_which_limit_and_what_can_be_had() -> None:
    found = shown(with_picks(value=NothingFeasible(Infeasible("max_usd_per_day", 9.0, 19.32))))
    assert "*Value*\nNo configuration meets at most $9/day; the cheapest costs $19.32/day." in fields(found)
    assert "A-1:value" not in offered(found)


@pytest.mark.parametrize(
    ("binding", "asked", "reachable", "said", "again"),
    [
        (
            "floor_units_per_hour",
            500.0,
            431.9,
            "meets at least 500 clips/h; the fastest reaches 432 clips/h",
            "floor=431/h",
        ),
        ("max_usd_per_day", 9.0, 19.321, "meets at most $9/day; the cheapest costs $19.32/day", "budget=$19.4/day"),
        (
            "max_usd_per_unit",
            0.01,
            0.06244,
            "meets at most $0.01 per clip; the cheapest costs $0.0624",
            "per-unit=$0.0625",
        ),
        ("max_accelerators", 1.0, 4.0, "meets one accelerator; the smallest has 4", "gpus=4"),
        ("max_seconds_per_unit", 5.0, 8.3, "meets at most 5 s per clip; the fastest takes 8.3 s per clip", None),
        ("memory", 96.0, 80.0, "has the 96 GiB per accelerator that it needs; the largest has 80 GiB", None),
        ("regions", None, None, "meets regions", None),
    ],
)
def test_a_question_without_an_answer_names_the_nearest_one_that_has(
    binding: str, asked: Any, reachable: float | None, said: str, again: str | None
) -> None:
    blocked = NothingFeasible(Infeasible(binding, asked, reachable))
    text = as_text(shown(replace(INFEASIBLE, objectives=dict.fromkeys(("cost", "value", "performance"), blocked))))
    assert f"Nothing is feasible: no configuration {said}" in text
    assert (f"/gpu-advise video-gen production {again}" in text) if again else "nearest that can be had" not in text


def test_the_suggested_question_quotes_a_name_with_a_space() -> None:
    assert '/gpu-advise "nightly render" production floor=431/h' in as_text(
        shown(replace(INFEASIBLE, workload="nightly render"))
    )


def test_an_answer_that_history_cannot_carry_says_why_and_what_would_settle_it() -> None:
    unknown = Undetermined("all 4 runs failed", "one run that succeeds")
    text = as_text(shown(replace(UNDETERMINED, undetermined=unknown)))
    assert "I cannot tell yet: all 4 runs failed." in text
    assert "What would settle it: one run that succeeds." in text
    assert "Next trial:" in text


@pytest.mark.parametrize(
    ("flatness", "said"),
    [
        (
            Flatness(0.06, "flat"),
            "stays within 6 % all the way from the cost pick to the performance pick: here, faster is nearly free.",
        ),
        (Flatness(0.06, "flat", 0.834), "here, faster is nearly free (83 % likely to be flat)."),
        (
            Flatness(0.41, "rising"),
            "varies by 41 % on the way from the cost pick to the performance pick: here, faster costs more.",
        ),
        (Flatness(3.58, "rising"), "varies by a factor of 4.6 on the way"),
        (
            Flatness(0.2, "falling"),
            "varies by 20 % on the way from the cost pick to the performance pick: here, faster is cheaper.",
        ),
    ],
)
def test_flatness_is_what_was_measured(flatness: Flatness, said: str) -> None:
    text = as_text(shown(replace(ADVICE, flatness=flatness)))
    assert said in text
    assert "Cost per clip " in text


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.83, "once an hour of waiting is worth more than $0.83."),
        (0.0, "once an hour of waiting is worth anything at all."),
    ],
)
def test_break_even_is_in_words(value: float, said: str) -> None:
    text = as_text(shown(replace(ADVICE, break_even_usd_per_hour=BreakEven("cost", "performance", value))))
    assert f"Break-even: performance over cost pays {said}" in text


def test_a_recommended_objective_that_nothing_satisfies_is_said_to_be_out_of_reach() -> None:
    found = shown(with_picks(performance=NothingFeasible(Infeasible("floor_units_per_hour", 500.0, 64.1))))
    said = (
        "*Performance is out of reach:* no configuration meets at least 500 clips/h for at most $0.0892 per clip; "
        "the fastest reaches 64.1 clips/h."
    )
    assert said in found.blocks[1]["text"]["text"]
    assert "/gpu-advise video-gen production floor=64.1/h" in as_text(found)
    assert offered(found) == ["A-1:cost", "A-1:value"]
    assert not [button for button in buttons(found) if button.get("style")]


def test_costs_and_speeds_of_a_card_are_counted_alike() -> None:
    cheap = pick(L4, 0.05, usd_per_unit=around(0.0011))
    found = fields(shown(with_picks(cost=cheap)))
    assert "$88.49 per 1,000 clips ($80.44–97.34)" in found[0]
    assert "0.05 clips/h (0.0455–0.0550)" in found[1]
    assert "$83.40 per 1,000 clips" in found[-1]


def test_the_next_trial_says_what_it_costs_and_what_it_may_bring() -> None:
    said = "Next trial: a short run on 1 × H100-80GB from gcp, about $1.40, is expected to make the choice 12 % better."
    assert said in as_text(shown())


def test_costs_that_nobody_knows_are_called_unknown() -> None:
    today = replace(TODAY, usd_per_day=None, usd_per_unit=None, usd_per_day_at_demand=None)
    found = shown(replace(ADVICE, current=today))
    assert "cost per unit unknown\ncost per day unknown" in fields(found)[-1]
    assert "5.2× the clips per hour for $0.0885 per clip" in found.text


def test_a_pick_that_changes_nothing_but_the_place_is_said_to_be_the_same() -> None:
    today = replace(TODAY, units_per_hour=around(64.1), usd_per_unit=5.672 / 64.1)
    assert "the same clips per hour for the same cost per clip" in shown(replace(ADVICE, current=today)).text


@pytest.mark.parametrize(("improvement", "said"), [(0.12, "12 % better"), (6.2, "7.2× as good")])
def test_what_a_trial_may_bring_reads_as_a_share_or_as_a_multiple(improvement: float, said: str) -> None:
    text = as_text(shown(replace(ADVICE, next_trial=Trial(L4, improvement, 1.4))))
    assert f"is expected to make the choice {said}." in text


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        (0.069, "for 93 % less per clip"),
        (0.997, "for the same cost per clip"),
        (1.5, "for 50 % more per clip"),
        (2.4, "for 2.4× the cost per clip"),
    ],
)
def test_what_a_result_costs_more_or_less_is_a_share_and_from_twice_on_a_multiple(factor: float, said: str) -> None:
    usd = ADVICE.objectives["performance"].usd_per_unit.p50  # type: ignore[union-attr]
    assert said in shown(replace(ADVICE, current=replace(TODAY, usd_per_unit=usd / factor))).text


def test_a_trial_is_paid_in_cents() -> None:
    text = as_text(shown(replace(ADVICE, next_trial=Trial(L4, 0.12, 0.841))))
    assert "about $0.84, is expected" in text


def test_a_speed_that_the_cost_pick_reaches_is_missed_only_for_the_money_that_performance_may_cost() -> None:
    answer = replace(
        with_picks(performance=NothingFeasible(Infeasible("floor_units_per_hour", 600.0, 529.0))),
        constraints={"floor_units_per_hour": 600.0, "max_usd_per_unit": 0.0885},
    )
    text = as_text(shown(answer))
    assert "no configuration meets at least 600 clips/h for at most $0.0885 per clip; the fastest reaches" in text


def test_what_stands_in_the_way_of_the_recommended_objective_is_said_first() -> None:
    answer = with_picks(
        cost=NothingFeasible(Infeasible("max_usd_per_day", 9.0, 19.32)),
        performance=NothingFeasible(Infeasible("max_accelerators", 1.0, 4.0)),
    )
    said = "*Performance is out of reach:* no configuration meets one accelerator; the smallest has 4."
    assert said in shown(answer).blocks[1]["text"]["text"]
