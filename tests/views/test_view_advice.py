"""The card says what was found, offers what can be decided, and nothing more once it is decided."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.posts import Message
from bot.usecases.handle import _CLICKS as CLICKS
from bot.usecases.opening import MODALS
from bot.views import as_text, message
from engine.advice import Advice, as_document
from tests.views.deciding_cases import excluded
from tests.views.view_samples import (
    ADVICE,
    FOUR_A10G,
    H100,
    INFEASIBLE,
    L4,
    NOW,
    PLANNED,
    UNDETERMINED,
    actions,
    buttons,
    card,
    decision,
    fields,
    pick,
    with_picks,
)

UNDOABLE = decision("approve", "cost") | {"can_undo": True}


def shown(answer: Advice = ADVICE, **changes: Any) -> Message:
    return message("advice", card(answer, **changes))


def test_the_header_names_the_workload_and_its_stage() -> None:
    assert shown().blocks[0]["text"]["text"] == "video-gen · production"


def test_the_first_sentence_says_what_was_measured_and_not_what_is_believed() -> None:
    assert "*Performance:* 5.2× the clips per hour for 6.1 % more per clip." in shown().blocks[1]["text"]["text"]


def test_the_reason_stands_under_it() -> None:
    assert "Production: people wait for results" in shown().blocks[1]["text"]["text"]


def test_the_recommended_pick_comes_first_and_is_marked_and_today_comes_last() -> None:
    titles = [field.splitlines()[0] for field in fields(shown())]
    assert titles == ["*★ Performance – recommended*", "*Cost*", "*Value*", "*Today*"]


def test_a_pick_says_where_how_fast_at_what_cost_how_sure_and_what_binds_it() -> None:
    assert fields(shown())[0].splitlines() == [
        "*★ Performance – recommended*",
        "*4 × A10G* · on-demand",
        "aws · g5.12xlarge · us-east-1",
        "64.1 clips/h (58.3–70.5)",
        "$0.0885 per clip ($0.0804–0.0973)",
        "$136/day, $15.93 at your demand",
        "_verified by a run on it · bf16_",
        "_bound by compute · 6.2 GiB spare_",
    ]


def test_limits_that_are_hardly_kept_are_said_on_the_card_and_sure_ones_are_not() -> None:
    doubtful = fields(shown(with_picks(performance=pick(FOUR_A10G, 64.1, constraint_probability=0.46))))
    assert "_only 46 % likely to keep the limits_" in doubtful[0]
    assert "likely" not in fields(shown())[0]


def test_what_is_not_known_of_a_pick_leaves_no_gap() -> None:
    found = fields(shown(with_picks(performance=pick(FOUR_A10G, 64.1, bottleneck=None, memory_headroom_gib=None))))
    assert found[0].splitlines()[-1] == "_scaled from your runs · bf16_"


@pytest.mark.parametrize(
    ("category", "word"), [("standard", "on-demand"), ("dynamic", "spot"), ("committed", "reserved")]
)
def test_ways_of_paying_are_said_in_peoples_words(category: Any, word: str) -> None:
    found = fields(shown(with_picks(performance=pick(replace(FOUR_A10G, pricing_category=category), 64.1))))
    assert f"*4 × A10G* · {word}\n" in found[0]
    assert category not in found[0]


def test_several_machines_and_a_term_are_said() -> None:
    found = fields(
        shown(with_picks(performance=pick(replace(H100, node_count=2, term="3y", pricing_category="committed"), 99)))
    )
    assert "2 nodes × 1 × H100-80GB" in found[0]
    assert "reserved 3y" in found[0]


def test_an_open_card_offers_the_recommended_pick_first_and_the_others_in_a_menu() -> None:
    assert actions(shown()) == [
        "advice.approve.performance",
        "advice.choose",
        "advice.try",
        "advice.whatif",
        "advice.why",
        "more",
    ]
    assert behind_the_dots(shown()) == ["snooze.ask", "advice.dismiss", "workload.settings"]


@pytest.mark.parametrize("answer", [ADVICE, INFEASIBLE, UNDETERMINED])
def test_no_card_shows_more_than_six_elements_nor_labels_that_a_phone_would_wrap(answer: Advice) -> None:
    found = shown(answer, is_private=True, exclusions=EXCLUSIONS)
    assert len(buttons(found)) <= 6
    labels = [element.get("text", element.get("placeholder", {"text": ""}))["text"] for element in buttons(found)]
    assert max(map(len, labels)) <= len("Choose another")
    assert len(behind_the_dots(found)) <= 5


def behind_the_dots(found: Message) -> list[str]:
    """The actions of the entries of the menu behind three dots, each of which must be about the advice."""
    entries = [value.partition(" ") for _, value in menu(found, "more")]
    assert {about for _, _, about in entries} == {"A-1"}
    return [action for action, _, _ in entries]


EXCLUSIONS = excluded("no_quota")


def menu(found: Message, action: str) -> list[tuple[str, str]]:
    """Labels and values of one menu."""
    options = next(element["options"] for element in buttons(found) if element["action_id"] == action)
    return [(option["text"]["text"], option["value"]) for option in options]


def test_the_menu_holds_every_other_pick_and_what_comes_near_the_recommended_one() -> None:
    assert menu(shown(), "advice.choose") == [
        ("Cost: 1 × L4 · aws · us-east-1 · on-demand", "A-1:cost"),
        ("Value: 1 × H100-80GB · gcp · us-central1 · spot", "A-1:value"),
        ("Nearly as good: 2 nodes × 1 × L40S · azure · eastus · reserved 1y", "A-1:fallback:0"),
        ("Nearly as good: 4 × A10G · aws · us-east-1 · on-demand", "A-1:fallback:1"),
    ]


def test_without_another_choice_there_is_no_menu() -> None:
    only = pick(FOUR_A10G, 64.1, fallbacks=())
    assert "advice.choose" not in actions(shown(with_picks(cost=only, value=only, performance=only)))


def test_only_a_private_card_can_be_shared() -> None:
    assert "advice.share" in behind_the_dots(shown(is_private=True))
    assert "advice.share" not in behind_the_dots(shown(is_private=False))


def test_what_is_left_out_can_be_looked_at_where_something_is() -> None:
    assert "exclusion.list" in behind_the_dots(shown(exclusions=EXCLUSIONS))
    assert "exclusion.list" not in behind_the_dots(shown())


@pytest.mark.parametrize("answer", [ADVICE, INFEASIBLE, UNDETERMINED])
@pytest.mark.parametrize("changes", [{}, {"is_private": True}, {"state": "approved", "decision": UNDOABLE}])
def test_whatever_a_card_offers_somebody_does(answer: Advice, changes: dict[str, Any]) -> None:
    found = shown(answer, **changes)
    offered = [*actions(found), *(behind_the_dots(found) if "more" in actions(found) else [])]
    verbs = {".".join(action.split(".")[:2]) for action in offered if action != "more"}
    assert verbs <= CLICKS.keys() | MODALS.keys()


def test_only_the_recommended_pick_is_primary() -> None:
    assert [button["action_id"] for button in buttons(shown()) if button.get("style")] == ["advice.approve.performance"]


def test_every_button_and_every_option_carries_the_advice() -> None:
    values = [button["value"] for button in buttons(shown()) if "value" in button]
    values += [value for _, value in menu(shown(), "advice.choose")]
    assert {value.split(":")[0] for value in values} == {"A-1"}


def test_no_two_buttons_of_a_card_share_an_action() -> None:
    assert len(set(actions(shown()))) == len(actions(shown()))


@pytest.mark.parametrize("state", ["approved", "dismissed", "snoozed", "expired", "replaced"])
def test_a_card_that_is_not_open_has_only_what_decides_nothing(state: str) -> None:
    made = decision("approve", "cost", NOW)
    assert actions(shown(state=state, decision=made)) == ["advice.why"]
    assert actions(shown(state=state, decision=made, is_private=True)) == ["advice.why", "advice.share"]


def test_a_planned_trial_is_named_and_withdrawn_in_place_of_planning_it_again() -> None:
    found = shown(trials=[PLANNED])
    assert "Trial planned: @U024BE7LH runs it on 4 × A10G" in as_text(found)
    assert "by 30 Nov 2026." in as_text(found)
    assert "trial.cancel" in actions(found)
    assert "advice.try" not in actions(found)
    assert "trial.cancel" in actions(shown(trials=[PLANNED], state="approved", decision=decision("approve", "cost")))


def test_of_many_trials_three_are_named() -> None:
    assert actions(shown(trials=[PLANNED] * 9)).count("trial.cancel") == 3


def test_what_was_just_decided_can_be_undone_and_nothing_else() -> None:
    assert actions(shown(state="approved", decision=UNDOABLE)) == ["advice.undo", "advice.why"]


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
    assert [value for _, value in menu(found, "advice.choose")][:2] == ["A-1:cost", "A-1:fallback:0"]


def test_a_shared_win_is_approved_under_the_recommended_objective() -> None:
    found = shown(with_picks(cost=ADVICE.objectives["performance"]))
    assert actions(found)[0] == "advice.approve.performance"
    assert [value for _, value in menu(found, "advice.choose")][:2] == ["A-1:value", "A-1:fallback:0"]


def test_when_one_configuration_wins_everything_there_is_nothing_to_compare() -> None:
    best = ADVICE.objectives["performance"]
    text = as_text(shown(with_picks(cost=best, value=best)))
    assert "The same configuration wins cost, value and performance." in text
    assert "Break-even" not in text
    assert "[ Approve ]" in text


def test_without_a_recommendation_there_is_nothing_to_approve() -> None:
    assert actions(shown(INFEASIBLE)) == actions(shown(UNDETERMINED)) == ["advice.whatif", "advice.why", "more"]
    assert behind_the_dots(shown(UNDETERMINED)) == ["workload.settings"]


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
    assert "3.2 million configurations searched, 801 k within every limit" in text
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
    assert text.startswith("video-gen · production. Performance: 5.2× the clips per hour for 6.1 % more per clip.")
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


def test_the_chart_stands_between_the_picks_and_what_they_come_to() -> None:
    blocks = shown(chart="F0123456789").blocks
    place = [block["type"] for block in blocks].index("image")
    assert "fields" in blocks[place - 1]
    assert "Break-even" in blocks[place + 1]["text"]["text"]
    assert blocks[place]["slack_file"] == {"id": "F0123456789"}


def test_a_card_without_a_chart_has_no_hole() -> None:
    assert not [block for block in shown().blocks if block["type"] == "image"]


def test_whoever_cannot_see_the_chart_is_told_what_it_says() -> None:
    (image,) = [block for block in shown(chart="F0123456789").blocks if block["type"] == "image"]
    assert image["alt_text"] == (
        "Chart of cost against time per clip: performance (recommended) takes 56.2 s at $0.0885 per clip; cost takes "
        "4 min 39 s at $0.0624 per clip; value takes 1 min 15 s at $0.0695 per clip; today takes 4 min 50 s at "
        "$0.0834 per clip. Faster costs more."
    )
    assert f"({image['alt_text']})" in as_text(shown(chart="F0123456789"))
