"""What stands in the inputs of a form, whatever element holds it and whoever sent it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.inputs import chosen, flattened
from bot.slack.shapes import BlockActions, BlockSuggestion, Misshapen, ViewSubmission, read
from bot.usecases.requests import Submission, Typed

VIEW = {
    "type": "view_submission",
    "team": {"id": "T1"},
    "user": {"id": "U1"},
    "view": {
        "id": "V1",
        "callback_id": "ask",
        "private_metadata": '{"channel_id":"C1"}',
        "state": {"values": {"gpus": {"typed": {"type": "plain_text_input", "value": " 8 &amp; more\x00"}}}},
    },
}
JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("element", "holds"),
    [
        ({"type": "plain_text_input", "value": "8"}, ("8",)),
        ({"type": "plain_text_input", "value": None}, ()),
        ({"type": "static_select", "selected_option": {"value": "a", "text": {"text": "A"}}}, ("a",)),
        ({"type": "static_select", "selected_option": None}, ()),
        ({"type": "multi_static_select", "selected_options": [{"value": "a"}, {"value": "b"}]}, ("a", "b")),
        ({"type": "checkboxes", "selected_options": []}, ()),
        ({"type": "datepicker", "selected_date": "2026-11-23"}, ("2026-11-23",)),
        ({"type": "timepicker", "selected_time": "09:00"}, ("09:00",)),
        ({"type": "users_select", "selected_user": "U1"}, ("U1",)),
        ({"type": "multi_users_select", "selected_users": ["U1", "U2"]}, ("U1", "U2")),
        ({"type": "channels_select", "selected_channel": "C1"}, ("C1",)),
        ({"type": "button", "value": 5}, ()),
        ({"selected_options": "no list"}, ()),
        ({"selected_option": ["no option"]}, ()),
    ],
)
def test_every_kind_of_element_tells_what_it_holds(element: dict[str, Any], holds: tuple[str, ...]) -> None:
    assert chosen(element) == holds


def test_a_submitted_form_is_read_by_the_names_of_its_blocks() -> None:
    shape = read(VIEW)
    assert isinstance(shape, ViewSubmission)
    assert shape.request() == Submission(
        team_id="T1",
        user_id="U1",
        callback_id="ask",
        metadata='{"channel_id":"C1"}',
        values={"gpus": (" 8 & more\ufffd",)},
    )


def test_a_box_left_empty_holds_nothing() -> None:
    form = Submission(team_id="T1", user_id="U1", callback_id="ask", values={"gpus": ("  ",), "nodes": ("2",)})
    assert form.first("gpus") is None
    assert form.first("nodes") == "2"
    assert form.first("floor") is None


def test_letters_typed_into_a_menu_name_the_menu() -> None:
    shape = read({**VIEW, "type": "block_suggestion", "action_id": "find.workload", "block_id": "b", "value": "vi"})
    assert isinstance(shape, BlockSuggestion)
    assert shape.typed() == Typed(team_id="T1", user_id="U1", action_id="find.workload", text="vi")


def test_the_choice_from_a_menu_on_a_card_is_its_value() -> None:
    action = {"type": "static_select", "action_id": "advice.snooze", "selected_option": {"value": "a1:week"}}
    shape = read({"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1"}, "actions": [action]})
    assert isinstance(shape, BlockActions)
    assert shape.request().value == "a1:week"


def test_what_stood_in_the_view_comes_along_with_a_click_in_it() -> None:
    action = {"type": "button", "action_id": "x.y", "value": "v"}
    view = VIEW["view"] | {"type": "home"}  # type: ignore[operator]
    shape = read(
        {"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1"}, "actions": [action], "view": view}
    )
    assert isinstance(shape, BlockActions)
    click = shape.request()
    assert (click.is_home, click.view_id, click.metadata) == (True, "V1", '{"channel_id":"C1"}')
    assert click.values["gpus"] == (" 8 & more\ufffd",)


@pytest.mark.parametrize("kind", ["view_submission", "block_suggestion"])
def test_a_form_of_no_workspace_is_misshapen(kind: str) -> None:
    with pytest.raises(Misshapen):
        read({**VIEW, "type": kind, "team": None, "action_id": "a"})


@given(JUNK)
def test_no_state_whatever_is_more_than_short_texts_by_name(state: Any) -> None:
    found = flattened({"values": state})
    assert all(isinstance(text, str) and len(text) <= 3000 for texts in found.values() for text in texts)


@given(st.dictionaries(st.sampled_from(["view", "user", "team", "action_id", "value"]), JUNK))
def test_no_form_whatever_raises_anything_but_misshapen(changes: dict[str, Any]) -> None:
    for kind in ("view_submission", "block_suggestion"):
        try:
            read({**VIEW, **changes, "type": kind})
        except Misshapen:
            continue
