"""The smaller answers: help, lists, settings, refusals."""

from typing import Any

import pytest

from bot.usecases.asking.reading import STAGE_ALIASES, SUBCOMMANDS, Question, Subcommand, parse
from bot.usecases.words.keys import KEYS
from bot.views import UnknownView, as_text, message
from bot.views.help import help_
from bot.views.measure import Measure
from bot.views.phrases import constraint
from engine import STAGES
from tests.views.view_cases import CASES
from tests.views.view_samples import LATER, NOW, STATUS, decision, page_of, workload_row


def said(view: str, **data: Any) -> str:
    return as_text(message(view, data))


def test_a_view_that_nobody_has_is_refused_by_name() -> None:
    with pytest.raises(UnknownView, match="hologram"):
        message("hologram", {})


def test_help_shows_every_subcommand_key_and_stage() -> None:
    text = said("help")
    assert all(f"/gpu-advise {name}" in text or f" {name} " in text for name in SUBCOMMANDS)
    assert all(f"{key}=" in text for key in KEYS)
    assert all(stage in text for stage in STAGES)
    assert {"dev", "proto", "test", "staging", "prod"} <= set(STAGE_ALIASES)
    assert all(alias in text for alias in ("dev", "proto", "test", "staging", "prod"))


@pytest.mark.parametrize("typed", [typed for typed, _ in help_({})["ask"]])
def test_every_example_of_a_question_is_understood(typed: str) -> None:
    assert isinstance(parse(typed.removeprefix("/gpu-advise ")), Question)


@pytest.mark.parametrize("typed", [typed for typed, _ in help_({})["subcommands"]])
def test_every_example_of_a_subcommand_is_understood(typed: str) -> None:
    assert isinstance(parse(typed.removeprefix("/gpu-advise").strip()), Subcommand)


@pytest.mark.parametrize("typed", [typed for typed, _ in help_({})["keys"]])
def test_every_example_of_a_limit_is_understood(typed: str) -> None:
    assert isinstance(parse(f"video-gen {typed}"), Question)


def test_an_unknown_workload_is_answered_with_the_nearest_names() -> None:
    text = said("unknown_workload", asked="vido-gen", closest=["video-gen", "video-gan"], known=6)
    assert "I know no workload called “vido-gen”." in text
    assert "Did you mean video-gen, video-gan?" in text
    assert "6 workloads are known" in text
    assert "1 workload is known" in said("unknown_workload", asked="x", closest=[], known=1)


def test_without_any_history_the_answer_is_how_to_import_it() -> None:
    assert "gpu-advise import runs FILE" in said("unknown_workload", asked="x", closest=[], known=0)


def test_each_problem_of_a_question_comes_with_its_way_out() -> None:
    text = said("bad_request", asked="x y", problems=[{"what": "I know no stage 'y'", "hint": "did you mean prod?"}])
    assert "• I know no stage 'y'.\nDid you mean prod?" in text
    assert "/gpu-advise help" in text


def test_a_key_at_the_start_of_a_problem_stays_as_it_is_typed() -> None:
    text = said("bad_request", asked="x gpus=", problems=[{"what": "gpus= has no value", "hint": "gpus=8 is one"}])
    assert "• gpus= has no value.\ngpus=8 is one." in text


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (decision("approve", "cost"), "@U0G9QF9C6 was first and approved cost, 23 Nov 2026, 09:00 UTC."),
        (decision("dismiss"), "@U0G9QF9C6 was first and dismissed it, 23 Nov 2026, 09:00 UTC."),
        (decision("snooze", until=LATER), "@U0G9QF9C6 was first and snoozed it, 23 Nov 2026, 09:00 UTC."),
    ],
)
def test_who_comes_second_is_told_who_was_first_and_what_they_did(made: dict[str, Any], told: str) -> None:
    assert told in said("decision_refused", reason="already_decided", decision=made, workload="video-gen")


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("expired", "has expired"),
        ("replaced", "newer answer"),
        ("unknown_advice", "not known here"),
        ("nothing_feasible", "Nothing feasible"),
    ],
)
def test_every_refusal_says_why_and_how_to_ask_again(reason: str, told: str) -> None:
    text = said("decision_refused", reason=reason, decision=None, workload="nightly render")
    assert told in text
    assert '/gpu-advise "nightly render"' in text


def test_a_failure_gives_a_reference_and_promises_that_nothing_changed() -> None:
    text = said("failure", reference="7f3a")
    assert "nothing was changed" in text
    assert "7f3a" in text
    assert "7f3a" in message("failure", {"reference": "7f3a"}).text


def test_a_list_says_what_each_workload_is_and_when_it_ran_last() -> None:
    text = said("workload_list", **page_of(workload_row()))
    assert "video-gen – production · ai · 312 runs in clips · last 23 Nov 2026, 09:00 UTC" in text


def test_a_workload_that_never_ran_and_was_never_tagged_is_listed_without_them() -> None:
    row = workload_row(stage=None, kind=None, runs=1, last_run_at=None)
    assert "video-gen – 1 run in clips · never ran" in said("workload_list", **page_of(row))


def test_a_list_has_buttons_to_the_pages_beside_it() -> None:
    text = said("workload_list", **page_of(workload_row()) | {"turns": {"previous": "1", "next": "3"}})
    assert "[ ◀ Previous ]  [ Next ▶ ]" in text


def test_a_list_says_what_was_found_of_a_workload_and_whose_it_is() -> None:
    text = said("workload_list", **page_of(workload_row(owner="film team", findings=["dominated"])))
    assert "film team · ⚑ the same speed can be had for less" in text


def test_a_page_of_the_longest_names_loses_none_of_them() -> None:
    names = [f"{number:03}".ljust(120, "ü") for number in range(100)]
    text = said("workload_list", **page_of(*map(workload_row, names)))
    assert all(name in text for name in names)


NEEDS = {
    "dead-letters": "2 messages could not be delivered. Next: the log of gpu-advise serve says why.",
    "webhook-away": "1 delivery to the webhook was given up. Next: Deliveries under /gpu-advise settings shows why.",
    "empty": "there is no history yet. Next: gpu-advise import runs FILE reads CSV and JSON Lines.",
    "no-prices": "there are no prices. Next: gpu-advise import offers FILE reads CSV and JSON Lines.",
    "old-prices": "the oldest price is 126 days old. Next: gpu-advise import offers FILE brings newer ones.",
}


@pytest.mark.parametrize("case", NEEDS)
def test_status_begins_with_what_needs_somebody_and_one_next_step(case: str) -> None:
    said = message("status", CASES["status"][case])
    first = as_text(said).splitlines()[3].replace("`", "")
    assert first == f"⚠️ Needs somebody: {NEEDS[case]}"
    assert said.text.replace("`", "").startswith(f"Status. {first}")


@pytest.mark.parametrize("state", [STATUS, STATUS | {"outbox": {"waiting": 12, "dead": 0}}])
def test_status_begins_by_saying_that_all_is_well(state: dict[str, Any]) -> None:
    assert message("status", state).text.startswith("Status. ✅ All is well.")
    assert "Needs somebody" not in as_text(message("status", state))


def test_of_several_troubles_status_names_the_one_to_look_at_first() -> None:
    troubled = CASES["status"]["old-prices"] | {"outbox": {"waiting": 0, "dead": 1}}
    text = as_text(message("status", troubled))
    assert text.count("Needs somebody") == 1
    assert "1 message could not be delivered" in text


def test_status_says_that_its_day_of_prices_is_the_oldest() -> None:
    assert "Oldest price" in as_text(message("status", STATUS))


def test_status_without_prices_or_model_says_so() -> None:
    text = as_text(message("status", CASES["status"]["empty"]))
    assert "unknown" in text
    assert "model none yet" in text
    assert "gpu-advise import runs FILE" in text


def test_a_subscription_says_when_the_next_digest_comes() -> None:
    text = as_text(message("subscribed", CASES["subscribed"]["weekly"]))
    assert "Monday, Thursday at 09:00 (Europe/Berlin)" in text
    assert "The next comes on Mon 30 Nov 2026." in text


def test_without_subscriptions_the_list_says_how_to_begin_one() -> None:
    assert "/gpu-advise digest monday 09:00 Europe/Berlin" in said("subscription_list", rows=[])


def test_tracking_and_untracking_say_what_changed() -> None:
    assert said("tracked", workload="video-gen") == "video-gen is in the digests now."
    assert said("untracked", workload="video-gen") == "video-gen stays out of the digests now."


def test_settings_are_explained_and_unset_ones_named_so() -> None:
    text = as_text(message("settings", CASES["settings"]["defaults"]))
    assert "More per unit that performance may cost: 10 %" in text
    assert "How production may be paid: on-demand, reserved" in text
    assert "More spending that needs a budget owner: never" in text
    assert "Budget owners: nobody" in text
    assert "No webhook." in text


def test_times_are_told_in_utc_whatever_zone_they_came_in() -> None:
    row = workload_row(last_run_at="2026-11-23T01:30:00+05:30")
    assert "last 22 Nov 2026, 20:00 UTC" in said("workload_list", **page_of(row))
    assert NOW.endswith("Z")


@pytest.mark.parametrize(
    ("name", "allowed", "told"),
    [
        ("providers", ["aws"], "only from aws"),
        ("pricing_categories", ["standard", "dynamic"], "only on-demand or spot"),
        ("regions", [f"r{number}" for number in range(7)], "only in r0 or r1 or r2 or r3 or r4 or 2 more"),
    ],
)
def test_a_filter_is_a_limit_in_words(name: str, allowed: list[str], told: str) -> None:
    assert constraint(name, allowed, Measure("clip")) == told
