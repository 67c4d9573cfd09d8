"""Modals, Home tabs and menus stay within Slack's limits whatever is in them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.local.blocks import view_problems
from bot.views import UnknownView, message, options, surface
from tests.views.surface_cases import asking
from tests.views.view_samples import HOSTILE


def test_a_name_nobody_gave_to_a_surface_is_an_error() -> None:
    with pytest.raises(UnknownView):
        surface("modal_nothing", {})


def test_a_surface_sent_as_a_post_is_its_view() -> None:
    assert message("modal_waiting", {}).view == surface("modal_waiting", {})


@given(st.text(max_size=300), st.dictionaries(st.sampled_from(["floor", "gpus"]), st.text(min_size=1, max_size=400)))
def test_a_form_about_anything_is_one_that_slack_opens(name: str, values: dict[str, str]) -> None:
    shown = surface("modal_ask", asking(metadata='{"advice_id":"a"}', workload=name, values=values))
    assert not view_problems(shown)
    assert "cannot be shown" not in json.dumps(shown)


def test_text_from_people_is_never_markup_in_a_form() -> None:
    shown = surface("modal_ask", asking(metadata='{"advice_id":"a"}', workload=HOSTILE))
    words = shown["blocks"][0]["text"]["text"]
    assert "<!channel>" not in words
    assert "<@" not in words


@given(st.lists(st.tuples(st.text(max_size=200), st.text(min_size=1, max_size=150)), max_size=150))
def test_a_menu_has_at_most_a_hundred_options_with_words_on_each(found: list[tuple[str, str]]) -> None:
    shown = options(found)
    assert len(shown) == min(len(found), 100)
    assert all(1 <= len(option["text"]["text"]) <= 75 for option in shown)
    assert [option["value"] for option in shown] == [value for _, value in found[:100]]
