"""A digest ranks what sits in the wrong place, and is one line when nothing does."""

from typing import Any

import pytest

from bot.posts import Message
from bot.views import as_text, message
from tests.views.digest_cases import NEVER_RAN, ONE_RUN, SILENT
from tests.views.view_samples import ADVICE, UNDETERMINED, decision, digest, finding


def shown(*findings: Any, **changes: Any) -> Message:
    return message("digest", digest(*findings, **changes))


def actions(found: Message) -> list[tuple[str, str]]:
    elements = [element for block in found.blocks if block["type"] == "actions" for element in block["elements"]]
    return [(element["action_id"], element["value"]) for element in elements if element["type"] == "button"]


def snoozes(found: Message) -> list[str]:
    """What each choice of a snooze sends back."""
    elements = [element for block in found.blocks if block["type"] == "actions" for element in block["elements"]]
    return [option["value"] for element in elements for option in element.get("options", ())]


def test_a_digest_without_findings_is_one_line() -> None:
    found = shown()
    assert as_text(found) == "✅ Nothing needs anyone: all 6 workloads sit where they should."
    assert len(found.blocks) == 1


def test_a_single_workload_is_spoken_of_as_one() -> None:
    assert as_text(shown(workloads=1)) == "✅ Nothing needs anyone: 1 workload sits where they should."


def test_the_headline_counts_production_workloads_on_cost_optimal_configurations() -> None:
    headline = shown(finding(), finding(workload="nightly")).blocks[1]["text"]["text"]
    assert headline == (
        "*2 production workloads sit* on cost-optimal configurations while people wait for results. "
        "Shifting them to performance costs $1,568 a week."
    )


def test_money_that_a_shift_saves_is_called_saved() -> None:
    assert "Shifting it to performance saves $12 a week." in as_text(shown(finding(extra_usd_per_week=-12.0)))


def test_a_finding_says_what_moves_what_is_not_produced_and_what_it_costs() -> None:
    text = as_text(shown(finding()))
    assert "1. video-gen – on cost, should shift to performance" in text
    assert "Performance: 5.2× the clips per hour for 6.1 % more per clip." in text
    assert "1 × A10G → 4 × A10G" in text
    assert "8,686 more clips a week could be produced. The change costs $784 a week." in text
    assert "Production for 28 days, running on its cost pick." in text


def test_what_an_hour_of_waiting_was_taken_to_be_worth_is_said_where_it_was_counted() -> None:
    document = finding()["document"]
    counted = document | {"constraints": document["constraints"] | {"value_of_time_usd_per_hour": 40.0}}
    text = as_text(shown(finding(payback_days=0.5) | {"document": counted}))
    assert "The change pays for itself in 12 h, if an hour of waiting is worth $40." in text
    assert "waiting is worth" not in as_text(shown(finding(payback_days=0.5)))


def test_a_workload_that_would_stay_where_it_is_offers_nothing_to_approve() -> None:
    drifted = finding(kind="drifted_stage", extra_usd_per_week=0.0, gain_units_per_week=0.0)
    pick = drifted["document"]["objectives"]["performance"]["configuration"]
    document = drifted["document"] | {"current": drifted["document"]["current"] | {"configuration": pick}}
    found = shown(drifted | {"document": document})
    assert "It would stay where it is." in as_text(found)
    assert "→" not in as_text(found)
    assert not [action for action, _ in actions(found) if action.startswith("advice.approve")]


def test_a_move_between_equal_machines_says_what_changes() -> None:
    same = finding()
    pick = same["document"]["objectives"]["performance"]["configuration"]
    today = pick | {"pricing_category": "dynamic"}
    document = same["document"] | {"current": same["document"]["current"] | {"configuration": today}}
    text = as_text(shown(same | {"document": document}))
    moves = next(line for line in text.splitlines() if "→" in line)
    assert "spot" in moves.partition("→")[0]
    assert "on-demand" in moves.partition("→")[2]


def test_findings_keep_the_order_they_came_in() -> None:
    text = as_text(shown(finding(workload="second"), finding(workload="first")))
    assert text.index("1. second") < text.index("2. first")


def test_each_finding_can_be_approved_and_asked_about() -> None:
    found = shown(finding(advice_id="A-1"), finding(advice_id="A-2", objective="cost"))
    assert actions(found) == [
        ("advice.approve.performance", "A-1"),
        ("advice.why", "A-1"),
        ("digest.card", "A-1"),
        ("advice.approve.cost", "A-2"),
        ("advice.why", "A-2"),
        ("digest.card", "A-2"),
    ]


def test_each_finding_can_be_snoozed_for_a_week_a_month_or_until_its_price_moves() -> None:
    assert snoozes(shown(finding(advice_id="A-1"))) == ["A-1:week", "A-1:month", "A-1:price:performance"]


def test_a_finding_about_too_little_knowledge_says_what_would_settle_it_and_nothing_of_money() -> None:
    text = as_text(shown(NEVER_RAN))
    assert "1. video-gen – too little is known of it" in text
    assert "People rely on it, but none of its 3 runs succeeded: memory was too small." in text
    assert "What would settle it: one run that succeeds, imported with its units." in text
    assert "$" not in text
    assert "The change" not in text


def test_the_next_run_to_make_settles_what_rests_on_few_and_any_run_what_is_silent() -> None:
    assert "What would settle it: a short run on 1 × H100-80GB, about $1.40." in as_text(shown(ONE_RUN))
    silent = as_text(shown(SILENT))
    assert "one more run on 1 × A10G; or another stage, if nobody relies on it any more." in silent


def test_what_too_little_is_known_of_is_never_approved_from_a_digest() -> None:
    taught = [(it, value) for it, value in actions(shown(ONE_RUN)) if it != "advice.why"]
    assert taught == [("advice.try", "A-1"), ("digest.card", "A-1")]
    demoted = [("advice.why", "A-1"), ("digest.card", "A-1"), ("workload.stage", "A-1:prototyping")]
    assert actions(shown(NEVER_RAN)) == demoted
    assert snoozes(shown(NEVER_RAN)) == ["A-1:week", "A-1:month"], "it has no price to wait for"


def test_the_headline_counts_everything_that_is_new_and_not_only_what_is_shown() -> None:
    counts = {"shifting": 12, "shifting_usd_per_week": 4_800.0, "moving": 40, "unsure": 3}
    text = as_text(message("digest", digest(finding(), more=39) | {"counts": counts}))
    assert "12 production workloads sit on cost-optimal configurations" in text
    assert "costs $4,800 a week" in text


def test_a_finding_takes_two_blocks() -> None:
    assert len(shown(finding(), finding()).blocks) - len(shown(finding()).blocks) == 2


def test_a_stage_that_has_drifted_is_changed_in_one_click() -> None:
    drifted = finding(kind="drifted_stage")
    document = drifted["document"] | {"stage": drifted["document"]["stage"] | {"inferred": "validation"}}
    assert actions(shown(drifted | {"document": document}))[-1] == ("workload.stage", "A-1:validation")


def test_an_owner_is_named_in_the_words_of_the_finding() -> None:
    assert "Owner: <@U024BE7LH>" in shown(finding(owner="U024BE7LH")).text
    assert "<!channel>" not in shown(finding(owner="<!channel>")).text


@pytest.mark.parametrize(("days", "said"), [(3.4, True), (2_000.0, False), (None, False)])
def test_a_change_that_pays_for_itself_soon_says_so(days: float | None, *, said: bool) -> None:
    assert ("pays for itself in 3.4 days" in as_text(shown(finding(payback_days=days)))) is said


def test_everything_behind_a_digest_is_one_click_away() -> None:
    rest = {"digest_id": "D-1", "standing": 2}
    found = message("digest", digest(finding(), more=30) | rest)
    [button] = [block["accessory"] for block in found.blocks if "accessory" in block]
    assert (button["action_id"], button["value"], button["text"]["text"]) == ("digest.all", "D-1:0", "Show all 33")


def test_one_line_when_nothing_is_new() -> None:
    found = message("digest", digest() | {"digest_id": "D-1", "standing": 2})
    assert found.text == "✅ Nothing new: 2 findings said before still stand."
    assert len(found.blocks) == 1


def test_a_finding_without_a_pick_to_approve_can_still_be_asked_about() -> None:
    assert actions(shown(finding(UNDETERMINED))) == [("advice.why", "A-1"), ("digest.card", "A-1")]


def test_a_finding_is_judged_by_its_own_pick_and_not_by_the_recommended_one() -> None:
    text = as_text(shown(finding(kind="dominated", objective="cost", extra_usd_per_week=-310.0)))
    assert ADVICE.recommended == "performance"
    assert "Cost: 1.04× the clips per hour for 25 % less per clip." in text
    assert "The change saves $310 a week." in text
    assert "could be produced" not in text


def test_other_findings_have_a_headline_of_their_own() -> None:
    assert "1 of 6 workloads could be placed better." in as_text(shown(finding(kind="overbuilt_prototype")))


def test_what_is_overbuilt_says_how_much_nobody_asks_for() -> None:
    text = as_text(shown(finding(kind="overbuilt_prototype", gain_units_per_week=-500.0)))
    assert "500 clips a week more than anybody asks for." in text


def test_a_kind_of_finding_that_is_new_is_named_by_its_own_words() -> None:
    assert "video-gen – running hot" in as_text(shown(finding(kind="running_hot")))


@pytest.mark.parametrize(
    ("more", "said"), [(1, "1 more finding not shown here"), (9_980, "9,980 more findings not shown here")]
)
def test_what_was_left_off_is_counted(more: int, said: str) -> None:
    assert said in as_text(shown(finding(), more=more)).splitlines()


def test_a_long_digest_shows_ten_and_counts_the_rest() -> None:
    found = shown(*[finding()] * 14, more=3)
    assert len(actions(found)) == 30
    assert "7 more findings" in as_text(found)


def test_a_screen_reader_hears_the_headline_and_the_findings() -> None:
    text = shown(finding()).text
    assert text.startswith("1 production workload sits on a cost-optimal configuration while people wait")
    assert "8,686 more clips a week" in text


def test_a_finding_that_was_decided_says_so_and_can_only_be_asked_about() -> None:
    found = shown(finding(state="approved", decision=decision("approve", "performance")), finding(advice_id="A-2"))
    assert "✅ Approved: performance, by @U0G9QF9C6, 23 Nov 2026, 09:00 UTC" in as_text(found)
    assert actions(found) == [
        ("advice.why", "A-1"),
        ("advice.approve.performance", "A-2"),
        ("advice.why", "A-2"),
        ("digest.card", "A-2"),
    ]


def test_no_more_is_claimed_of_a_fleet_than_is_known() -> None:
    well = as_text(message("digest", digest() | {"unknown": 2}))
    assert well == "✅ Nothing needs anyone: 4 workloads sit where they should. Of 2 others nothing can be said yet."
    nothing = as_text(message("digest", digest(workloads=0) | {"unknown": 0}))
    assert nothing == "Nothing to say yet: no workload has runs that could be judged."


def test_a_preview_that_stored_nothing_has_nothing_to_press() -> None:
    assert actions(shown(finding(advice_id=None))) == []
