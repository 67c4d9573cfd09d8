"""Every setting is written such that reading it again gives the same value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.usecases.words.problems import Unreadable
from bot.usecases.workspace.preferences import Preferences
from bot.usecases.workspace.setting_words import SETTINGS, Settings, named, read, spelled
from engine import Policy

NOT_WORDS = {"webhook_url", "webhook_secret"}  # these have a form of their own
FROM_A_PREFERENCE = {"production_pricing_categories"}  # the engine is told of `Preferences.production_pricing`


def percent(least: float = 0, most: float = 100) -> st.SearchStrategy[str]:
    return st.decimals(least, most, places=2).map(lambda number: f"{number}%")


DOLLARS = st.one_of(st.just("never"), st.integers(1, 10**9).map(lambda number: f"${number:,}/day"))
COUNTS = st.integers(1, 3650).map(str)
PEOPLE = st.lists(st.from_regex(r"[UW][A-Z0-9]{4,10}", fullmatch=True), max_size=5).map(", ".join)
TEXTS = {
    "answers": st.sampled_from(["private", "channel"]),
    "mentions": st.sampled_from(["yes", "no"]),
    "guardrail": percent(0, 1000),
    "worth-moving": percent(0, 1000),
    "flat-below": percent(),
    "price-move": percent(),
    "price-noise": percent(0, 50),
    "switching-hours": st.decimals(0, 10_000, places=1).map(str),
    "engineering-hour": st.integers(1, 10**6).map(lambda number: f"${number:,}/hour"),
    "slowing-above": st.one_of(st.just("never"), percent()),
    "spending-above": DOLLARS,
    "two-approvers-above": DOLLARS,
    "self-approval": st.sampled_from(["yes", "no"]),
    "budget-owners": PEOPLE,
    "administrators": PEOPLE,
    "production-pricing": st.lists(st.sampled_from(["spot", "reserved", "on-demand"]), min_size=1).map(",".join),
    "handoff": st.one_of(st.just("none"), st.just("skypilot, dstack"), st.just("terraform")),
}


@given(st.fixed_dictionaries({setting.key: TEXTS.get(setting.key, COUNTS) for setting in SETTINGS}))
def test_what_is_written_is_read_as_the_same_value(wanted: dict[str, str]) -> None:
    settings, wrong = read(Settings(), wanted)
    assert wrong == {}
    assert read(Settings(), spelled(settings)) == (settings, {})


def test_every_setting_that_there_is_can_be_written() -> None:
    fields = {*Policy.__dataclass_fields__, *Preferences.__dataclass_fields__}
    assert {setting.field for setting in SETTINGS} == fields - NOT_WORDS - FROM_A_PREFERENCE
    assert len({setting.key for setting in SETTINGS}) == len(SETTINGS)


def test_a_setting_is_kept_in_one_place() -> None:
    assert not {*Policy.__dataclass_fields__} & {*Preferences.__dataclass_fields__}


def test_an_empty_text_means_the_default() -> None:
    changed, _ = read(Settings(), {"guardrail": "50%", "two-approvers-above": "$5", "gpus": "64"})
    emptied = dict.fromkeys(spelled(changed), "") | {"handoff": "skypilot"}
    assert read(changed, emptied)[0] == Settings()


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("guardrail", "-1%"),
        ("guardrail", "1e3"),
        ("guardrail", "nan"),
        ("gpus", "１２x"),
        ("gpus", "9999999"),
        ("spending-above", "€5"),
        ("budget-owners", "@ada"),
        ("production-pricing", "barter"),
        ("answers", "everywhere"),
        ("mentions", "perhaps"),
    ],
)
def test_what_is_no_value_is_refused_with_a_hint(key: str, text: str) -> None:
    settings, wrong = read(Settings(), {key: text})
    assert settings == Settings()
    assert wrong[key].problem.hint


def test_a_misspelt_key_is_answered_with_the_nearest() -> None:
    assert named("Two_Approvers_Above").key == "two-approvers-above"
    with pytest.raises(Unreadable, match="did you mean handoff"):
        named("handof")
