"""The card says what was found, offers what can be decided, and nothing more once it is decided."""

from dataclasses import replace
from typing import Any

import pytest
from view_samples import (
    A10G,
    ADVICE,
    FOUR_A10G,
    H100,
    INFEASIBLE,
    L4,
    NOW,
    TODAY,
    UNDETERMINED,
    around,
    card,
    decision,
    pick,
    with_picks,
)

from bot.posts import Message
from bot.views import as_text, message
from engine.advice import Advice, BreakEven, Flatness, Infeasible, NothingFeasible, Undetermined, as_document


def shown(answer: Advice = ADVICE, **changes: Any) -> Message:
    return message("advice", card(answer, **changes))


def buttons(found: Message) -> list[dict[str, Any]]:
    return [button for block in found.blocks if block["type"] == "actions" for button in block["elements"]]


def actions(found: Message) -> list[str]:
    return [button["action_id"] for button in buttons(found)]


def fields(found: Message) -> list[str]:
    return [field["text"] for block in found.blocks for field in block.get("fields", ())]


def test_the_header_names_the_workload_and_its_stage() -> None:
    assert shown().blocks[0]["text"]["text"] == "video-gen · production"


def test_the_first_sentence_says_what_was_measured_and_not_what_is_believed() -> None:
    assert "*Performance:* 5.2× the clips per hour for 1.06× the cost per clip." in shown().blocks[1]["text"]["text"]


def test_the_reason_stands_under_it() -> None:
    assert "Production: people wait for results" in shown().blocks[1]["text"]["text"]


def test_the_recommended_pick_comes_first_and_is_marked_and_today_comes_last() -> None:
    titles = [field.splitlines()[0] for field in fields(shown())]
    assert titles == ["*★ Performance – recommended*", "*Cost*", "*Value*", "*Today*"]


def test_a_pick_says_where_how_fast_how_long_at_what_cost_and_how_sure() -> None:
    assert fields(shown())[0].splitlines() == [
        "*★ Performance – recommended*",
        "*4 × A10G*",
        "aws · g5.12xlarge · us-east-1",
        "on-demand · bf16",
        "64.1 clips/h (58.3–70.5)",
        "56.2 s per clip (51.1 s–1 min 2 s)",
        "$0.0885 per clip ($0.0804–0.0973)",
        "$136/day, $15.93 at your demand",
        "_verified by a run on it_",
        "_93 % likely to keep the limits_",
        "_97 % likely to beat today_",
    ]


@pytest.mark.parametrize(
    ("category", "word"), [("standard", "on-demand"), ("dynamic", "spot"), ("committed", "reserved")]
)
def test_ways_of_paying_are_said_in_peoples_words(category: Any, word: str) -> None:
    found = fields(shown(with_picks(performance=pick(replace(FOUR_A10G, pricing_category=category), 64.1))))
    assert f"\n{word} · bf16\n" in found[0]
    assert category not in found[0]


def test_several_machines_and_a_term_are_said() -> None:
    found = fields(
        shown(with_picks(performance=pick(replace(H100, node_count=2, term="3y", pricing_category="committed"), 99)))
    )
    assert "2 nodes × 1 × H100-80GB" in found[0]
    assert "reserved 3y" in found[0]


def test_an_open_card_offers_every_pick_and_the_recommended_one_first() -> None:
    assert actions(shown()) == [
        "advice.approve.performance",
        "advice.approve.cost",
        "advice.approve.value",
        "advice.why",
        "advice.snooze",
        "advice.dismiss",
    ]


def test_only_the_recommended_pick_is_primary() -> None:
    assert [button["action_id"] for button in buttons(shown()) if button.get("style")] == ["advice.approve.performance"]


def test_every_button_carries_the_advice() -> None:
    assert {button["value"] for button in buttons(shown())} == {"A-1"}


def test_no_two_buttons_of_a_card_share_an_action() -> None:
    assert len(set(actions(shown()))) == len(actions(shown()))


@pytest.mark.parametrize("state", ["approved", "dismissed", "snoozed", "expired", "replaced"])
def test_a_card_that_is_not_open_has_no_buttons(state: str) -> None:
    assert not buttons(shown(state=state, decision=decision("approve", "cost", NOW)))


@pytest.mark.parametrize(
    ("state", "made", "said"),
    [
        ("approved", decision("approve", "cost"), "*Approved:* cost, by <@U0G9QF9C6>, 23 Nov 2026, 09:00 UTC"),
        ("dismissed", decision("dismiss"), "*Dismissed* by <@U0G9QF9C6>, 23 Nov 2026, 09:00 UTC"),
        ("snoozed", decision("snooze", until=NOW), "*Snoozed* until 23 Nov 2026, 09:00 UTC, by <@U0G9QF9C6>"),
        ("expired", None, "*Expired:*"),
        ("replaced", None, "*Replaced* by a newer answer"),
    ],
)
def test_a_decided_card_says_who_and_when(state: str, made: Any, said: str) -> None:
    found = shown(state=state, decision=made)
    assert any(
        said in block["text"]["text"] for block in found.blocks if block["type"] == "section" and "text" in block
    )


def test_when_today_is_the_best_it_says_stay_and_offers_no_approval_of_it() -> None:
    found = shown(with_picks(performance=pick(A10G, 12.4)))
    assert (
        "*Stay where you are:* today's configuration is already the performance pick."
        in found.blocks[1]["text"]["text"]
    )
    assert "advice.approve.performance" not in actions(found)
    assert "advice.approve.cost" in actions(found)


def test_today_is_recognised_even_where_its_runs_did_not_say_everything() -> None:
    today = replace(A10G, provider=None, region=None, instance_type=None, precision=None)
    answer = replace(with_picks(performance=pick(A10G, 12.4)), current=replace(TODAY, configuration=today))
    assert "Stay where you are" in as_text(shown(answer))


def test_the_same_accelerator_elsewhere_is_not_today() -> None:
    assert "Stay where you are" not in as_text(
        shown(with_picks(performance=pick(replace(A10G, region="eu-west-1"), 12.4)))
    )


def test_one_configuration_that_wins_twice_is_shown_and_offered_once() -> None:
    found = shown(with_picks(value=ADVICE.objectives["cost"]))
    assert [field.splitlines()[0] for field in fields(found)][1] == "*Cost and value*"
    assert "The same configuration wins cost and value." in as_text(found)
    assert actions(found)[:3] == ["advice.approve.performance", "advice.approve.cost", "advice.why"]


def test_a_shared_win_is_approved_under_the_recommended_objective() -> None:
    found = shown(with_picks(cost=ADVICE.objectives["performance"]))
    assert actions(found)[:2] == ["advice.approve.performance", "advice.approve.value"]


def test_when_one_configuration_wins_everything_there_is_nothing_to_compare() -> None:
    best = ADVICE.objectives["performance"]
    text = as_text(shown(with_picks(cost=best, value=best)))
    assert "The same configuration wins cost, value and performance." in text
    assert "Break-even" not in text
    assert "[ Approve ]" in text


def test_an_objective_that_nothing_satisfies_says_which_limit_and_what_can_be_had() -> None:
    found = shown(with_picks(value=NothingFeasible(Infeasible("max_usd_per_day", 9.0, 19.32))))
    assert "*Value*\nNo configuration meets at most $9/day; the cheapest costs $19.32/day." in fields(found)
    assert "advice.approve.value" not in actions(found)


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
        ("max_accelerators", 1.0, 4.0, "meets at most 1 accelerators; the smallest has 4", "gpus=4"),
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


def test_without_a_recommendation_there_is_nothing_to_approve() -> None:
    assert actions(shown(INFEASIBLE)) == actions(shown(UNDETERMINED)) == ["advice.why"]


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
            "stays within 6 % from the cost pick to the performance pick: here, faster is nearly free.",
        ),
        (
            Flatness(0.41, "rising"),
            "varies by 41 % between the cost pick and the performance pick: here, faster costs more.",
        ),
        (
            Flatness(0.2, "falling"),
            "varies by 20 % between the cost pick and the performance pick: here, faster is cheaper.",
        ),
    ],
)
def test_flatness_is_what_was_measured(flatness: Flatness, said: str) -> None:
    assert f"Cost per clip {said}" in as_text(shown(replace(ADVICE, flatness=flatness)))


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


def test_the_small_print_has_limits_price_age_search_and_asker() -> None:
    text = as_text(shown())
    assert "Limits used: at least 12.4 clips/h, at most $0.0892 per clip, at most 8 accelerators" in text
    assert "Prices 11 days old" in text
    assert "3.2 million configurations searched, 801 k feasible" in text
    assert "Asked by @U024BE7LH, 23 Nov 2026, 09:00 UTC" in text


@pytest.mark.parametrize(
    ("asked_at", "said"),
    [
        ("2026-11-12T12:00:00Z", "from today"),
        ("2026-11-14T00:00:00Z", "2 days old"),
        ("2027-11-12T00:00:00Z", "11 months"),
    ],
)
def test_the_age_of_the_prices_is_counted_up_to_the_question(asked_at: str, said: str) -> None:
    assert f"Prices {said}" in as_text(shown(asked_at=asked_at))


def test_a_recommended_objective_that_nothing_satisfies_is_said_to_be_out_of_reach() -> None:
    found = shown(with_picks(performance=NothingFeasible(Infeasible("floor_units_per_hour", 500.0, 64.1))))
    said = (
        "*Performance is out of reach:* no configuration meets at least 500 clips/h; the fastest reaches 64.1 clips/h."
    )
    assert said in found.blocks[1]["text"]["text"]
    assert "/gpu-advise video-gen production floor=64.1/h" in as_text(found)
    assert [action for action in actions(found) if "approve" in action] == [
        "advice.approve.cost",
        "advice.approve.value",
    ]
    assert not [button for button in buttons(found) if button.get("style")]


def test_costs_and_speeds_of_a_card_are_counted_alike() -> None:
    cheap = pick(L4, 0.05, usd_per_unit=around(0.0011))
    found = fields(shown(with_picks(cost=cheap)))
    assert "$88.49 per 1,000 clips ($80.44–97.34)" in found[0]
    assert "0.05 clips/h (0.0455–0.055)" in found[1]
    assert "$83.40 per 1,000 clips" in found[-1]


def test_every_warning_of_the_engine_is_shown() -> None:
    assert "⚠️ 3 runs were left out." in as_text(shown(replace(ADVICE, warnings=("3 runs were left out",))))


def test_the_next_trial_says_what_it_costs_and_what_it_may_bring() -> None:
    text = as_text(shown())
    assert (
        "Next trial: one short run on 1 × H100-80GB · gcp a3-highgpu-1g · us-central1 · spot · bf16 · batch 8" in text
    )
    assert "about $1.40; it is expected to improve the choice by 12 %." in text


def test_a_screen_reader_hears_the_recommendation_every_pick_and_today() -> None:
    text = shown().text
    assert text.startswith("video-gen · production. Performance: 5.2× the clips per hour for 1.06× the cost per clip.")
    assert "Cost: 1 × L4 · aws g6.xlarge" in text
    assert (
        "Today: 1 × A10G · aws g5.xlarge · us-east-1 · on-demand · bf16, 12.4 clips/h, $0.0834 per clip, $24.14 a day."
        in text
    )
    assert "*" not in text


def test_costs_that_nobody_knows_are_called_unknown() -> None:
    today = replace(TODAY, usd_per_day=None, usd_per_unit=None, usd_per_day_at_demand=None)
    found = shown(replace(ADVICE, current=today))
    assert "cost per unit unknown\ncost per day unknown" in fields(found)[-1]
    assert "5.2× the clips per hour for $0.0885 per clip" in found.text


def test_a_pick_that_changes_nothing_but_the_place_is_said_to_be_the_same() -> None:
    today = replace(TODAY, units_per_hour=around(64.1), usd_per_unit=5.672 / 64.1)
    assert "the same clips per hour for the same cost per clip" in shown(replace(ADVICE, current=today)).text


def test_an_answer_that_nobody_in_particular_asked_for_names_nobody() -> None:
    assert "Asked by" not in as_text(shown(asked_by=None))


def test_the_engines_own_document_is_all_the_view_needs() -> None:
    data = {"advice_id": "A", "document": as_document(ADVICE), "asked_by": None, "asked_at": NOW, "state": "open"}
    assert message("advice", data | {"decision": None}).blocks
    assert as_document(pick(L4, 1.0))["configuration"]["accelerator"] == "L4"
