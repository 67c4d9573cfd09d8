"""Slack's limits are kept before Slack would say so."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.render.check import problems
from bot.render.limits import BLOCKS, fitted, shortened

TEXTS = st.text(alphabet=st.sampled_from("ab <>&;é\u0301\u200d🎬"), max_size=60)


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(label: str) -> dict[str, Any]:
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": label},
        "action_id": "advice.why",
        "value": "A-1",
        "accessibility_label": label,
    }


@given(text=TEXTS, limit=st.integers(min_value=8, max_value=40))
@example(text="a&amp;b" * 9, limit=9)
def test_a_shortened_text_fits_even_where_length_is_counted_in_utf_16(text: str, limit: int) -> None:
    found = shortened(text, limit)
    assert len(found.encode("utf-16-le")) // 2 <= limit
    assert found


@given(text=TEXTS)
def test_what_fits_stays_as_it_is(text: str) -> None:
    assert shortened(text, 200) == (text if text.strip() else "–")


def test_a_cut_ends_in_an_ellipsis() -> None:
    assert shortened("one two three", 9) == "one two…"


@pytest.mark.parametrize("text", ["12345&amp;x", "12345<@U024BE7LH>", "12345 &lt;!channel&gt;"])
def test_a_cut_never_goes_through_an_entity_or_a_mention(text: str) -> None:
    assert shortened(text, 9) == "12345…"


def test_a_cut_never_goes_through_a_letter() -> None:
    assert shortened("ab👩‍💻cdefgh", 6) == "ab👩…"
    assert shortened("abce\u0301fghij", 6) == "abce…"


LONG = "x" * 4000
BLOCKS_TOO_LONG = [
    {"type": "header", "text": {"type": "plain_text", "text": LONG}},
    section(LONG),
    {"type": "section", "fields": [{"type": "mrkdwn", "text": LONG}] * 12},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": LONG}] * 12},
    {"type": "actions", "elements": [button(LONG)] * 30},
    {"type": "image", "image_url": "https://charts.example/a.png", "alt_text": LONG},
    {"type": "divider"},
]


@pytest.mark.parametrize("block", BLOCKS_TOO_LONG, ids=lambda block: block["type"])
def test_a_block_that_is_too_long_is_accepted_once_it_is_fitted(block: dict[str, Any]) -> None:
    assert problems(fitted([block])) == []


@pytest.mark.parametrize("block", BLOCKS_TOO_LONG[:5], ids=lambda block: block["type"])
def test_slacks_models_would_have_refused_it(block: dict[str, Any]) -> None:
    assert problems([block])


def test_an_action_keeps_its_identifier_and_value_whole() -> None:
    (found,) = fitted([{"type": "actions", "elements": [button(LONG)]}])
    assert found["elements"][0]["action_id"] == "advice.why"
    assert found["elements"][0]["value"] == "A-1"


def test_a_text_without_anything_in_it_is_never_sent() -> None:
    (found,) = fitted([section(" ")])
    assert found["text"]["text"] == "–"


def test_a_message_of_too_many_blocks_says_how_many_are_missing() -> None:
    found = fitted([section(str(number)) for number in range(80)])
    assert len(found) == BLOCKS
    assert [block["text"]["text"] for block in found[:-1]] == [str(number) for number in range(49)]
    assert "31 more" in json.dumps(found[-1])


def test_fifty_blocks_are_not_too_many() -> None:
    assert fitted([section("x")] * BLOCKS) == tuple([section("x")] * BLOCKS)


def test_a_block_that_nobody_knows_is_a_problem() -> None:
    assert problems([{"type": "hologram"}]) == ["hologram: unknown block"]
