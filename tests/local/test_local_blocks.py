"""Which blocks are accepted. The limits are compared with those in Slack's own library."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import ActionsBlock, ContextBlock, HeaderBlock, SectionBlock
from slack_sdk.models.blocks.block_elements import ButtonElement
from slack_sdk.models.views import View

from bot.local.blocks import completed, message_problems, view_problems
from tests.local.showcase import CARD, INPUTS, MODAL, RICH

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def button(**more: Any) -> Block:
    return {"type": "button", "action_id": "go", "text": plain("Go"), **more}


def section(text: str = "hi", **more: Any) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def actions(*elements: Block, **more: Any) -> Block:
    return {"type": "actions", "elements": list(elements), **more}


@pytest.mark.parametrize("blocks", [CARD, INPUTS, [RICH], []])
def test_what_slack_documents_is_accepted(blocks: list[Block]) -> None:
    assert message_problems(blocks) == []


def test_a_modal_with_every_input_is_accepted() -> None:
    assert view_problems(MODAL) == []


@pytest.mark.parametrize(
    ("longest", "build"),
    [
        (HeaderBlock.text_max_length, lambda n: {"type": "header", "text": plain("x" * n)}),
        (3000, lambda n: section("x" * n)),
        (SectionBlock.fields_max_length, lambda n: {"type": "section", "fields": [plain("x")] * n}),
        (2000, lambda n: {"type": "section", "fields": [plain("x" * n)]}),
        (ActionsBlock.elements_max_length, lambda n: actions(*[button(action_id=str(i)) for i in range(n)])),
        (ContextBlock.elements_max_length, lambda n: {"type": "context", "elements": [plain("x")] * n}),
        (ButtonElement.text_max_length, lambda n: actions(button(text=plain("x" * n)))),
        (ButtonElement.value_max_length, lambda n: actions(button(value="x" * n))),
        (ButtonElement.url_max_length, lambda n: actions(button(url="x" * n))),
        (255, lambda n: actions(button(action_id="x" * n))),
        (255, lambda n: section(block_id="x" * n)),
    ],
)
def test_each_limit_is_slacks_and_one_more_is_refused(longest: int, build: Any) -> None:
    assert message_problems([build(longest)]) == []
    assert message_problems([build(longest + 1)]) != []


def test_a_message_has_at_most_fifty_blocks() -> None:
    assert message_problems([section()] * 50) == []
    assert message_problems([section()] * 51) == ["[ERROR] no more than 50 items allowed [json-pointer:/blocks]"]


@pytest.mark.parametrize(
    ("limit", "build"),
    [
        (View.title_max_length, lambda n: {**MODAL, "title": plain("x" * n)}),
        (View.submit_max_length, lambda n: {**MODAL, "submit": plain("x" * n)}),
        (View.close_max_length, lambda n: {**MODAL, "close": plain("x" * n)}),
        (View.private_metadata_max_length, lambda n: {**MODAL, "private_metadata": "x" * n}),
        (View.blocks_max_length, lambda n: {**MODAL, "blocks": [section()] * n}),
    ],
)
def test_each_limit_of_a_view_is_slacks(limit: int, build: Any) -> None:
    assert view_problems(build(limit)) == []
    assert view_problems(build(limit + 1)) != []


@pytest.mark.parametrize(
    "block",
    [
        {"type": "header", "text": {"type": "mrkdwn", "text": "no mrkdwn in headers"}},
        {"type": "header", "text": plain("")},
        {"type": "header", "text": "just a string"},
        {"type": "section"},
        {"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}},
        {"type": "section", "text": plain("x"), "color": "red"},
        {"type": "section", "text": plain("x"), "accessory": {"type": "hologram"}},
        {"type": "divider", "block_id": 7},
        {"type": "image", "alt_text": "no address"},
        {"type": "image", "image_url": "https://example.org/a.png"},
        {"type": "context", "elements": []},
        {"type": "actions", "elements": "go"},
        actions(button(style="loud")),
        actions(button(text={"type": "mrkdwn", "text": "*Go*"})),
        actions({"type": "static_select", "action_id": "s"}),
        actions({"type": "overflow", "options": [{"text": plain("x"), "value": "v"}] * 6}),
        {"type": "input", "label": plain("x"), "element": button(), "optional": "yes"},
        {"type": []},
        {},
        "section",
        None,
    ],
)
def test_what_slack_refuses_is_refused_with_a_reason(block: Any) -> None:
    problems = message_problems([block])
    assert problems
    assert all(problem.startswith("[ERROR] ") and "[json-pointer:/blocks/0" in problem for problem in problems)


def test_the_same_name_twice_is_refused() -> None:
    assert message_problems([section(block_id="a"), section(block_id="a")])
    assert message_problems([actions(button(), button())])
    assert message_problems([actions(button()), actions(button())]) == []


def test_inputs_in_a_modal_need_a_submit_button() -> None:
    assert view_problems({key: value for key, value in MODAL.items() if key != "submit"})
    assert view_problems({"type": "home", "blocks": INPUTS}) == []


def test_a_home_tab_has_no_title() -> None:
    assert view_problems({"type": "home", "title": plain("Home"), "blocks": []})


def test_identifiers_that_the_bot_left_out_are_filled_in() -> None:
    unnamed = {key: value for key, value in button().items() if key != "action_id"}
    filled = completed([section(accessory=unnamed), actions(unnamed, unnamed), section(block_id="mine")])
    assert filled[2]["block_id"] == "mine"
    assert len({block["block_id"] for block in filled}) == 3
    assert len({element["action_id"] for element in filled[1]["elements"]}) == 2
    assert message_problems(filled) == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "text", "elements", "blocks"]), inner)
    ),
    max_leaves=8,
)


@given(json_values)
def test_no_json_breaks_the_check(value: Any) -> None:
    assert isinstance(message_problems(value), list)
    assert isinstance(view_problems(value), list)
