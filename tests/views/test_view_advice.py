"""The card says what was found, offers what can be decided, and nothing more once it is decided."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.posts import Message
from bot.views import as_text, message
from engine.advice import Advice, as_document
from tests.views.view_samples import (
    ADVICE,
    FOUR_A10G,
    H100,
    INFEASIBLE,
    L4,
    NOW,
    UNDETERMINED,
    actions,
    buttons,
    card,
    decision,
    fields,
    pick,
    with_picks,
)


def shown(answer: Advice = ADVICE, **changes: Any) -> Message:
    return message("advice", card(answer, **changes))


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


def test_without_a_recommendation_there_is_nothing_to_approve() -> None:
    assert actions(shown(INFEASIBLE)) == actions(shown(UNDETERMINED)) == ["advice.why"]


def test_the_age_of_old_prices_is_said_by_the_warning_alone() -> None:
    old = replace(ADVICE, prices_as_of=datetime(2026, 6, 1, tzinfo=UTC))
    warned = replace(old, warnings=("prices are 175 days old: import newer offers before relying on them",))
    another = replace(old, warnings=("the last run is 175 days old",))
    assert "Prices 5 months old" in as_text(shown(old))
    assert "Prices 5 months old" in as_text(shown(another))
    assert "months old" not in as_text(shown(warned))
    assert "Prices are 175 days old: import newer" in as_text(shown(warned))


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


def test_every_warning_of_the_engine_is_shown() -> None:
    assert "⚠️ 3 runs were left out." in as_text(shown(replace(ADVICE, warnings=("3 runs were left out",))))


def test_a_screen_reader_hears_the_recommendation_every_pick_and_today() -> None:
    text = shown().text
    assert text.startswith("video-gen · production. Performance: 5.2× the clips per hour for 1.06× the cost per clip.")
    assert "Cost: 1 × L4 · aws g6.xlarge" in text
    assert (
        "Today: 1 × A10G · aws g5.xlarge · us-east-1 · on-demand · bf16, 12.4 clips/h, $0.0834 per clip, $24.14 a day."
        in text
    )
    assert "*" not in text


def test_an_answer_that_nobody_in_particular_asked_for_names_nobody() -> None:
    assert "Asked by" not in as_text(shown(asked_by=None))


def test_the_engines_own_document_is_all_the_view_needs() -> None:
    data = {"advice_id": "A", "document": as_document(ADVICE), "asked_by": None, "asked_at": NOW, "state": "open"}
    assert message("advice", data | {"decision": None}).blocks
    assert as_document(pick(L4, 1.0))["configuration"]["accelerator"] == "L4"
