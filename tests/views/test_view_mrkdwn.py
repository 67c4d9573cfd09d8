"""Whatever somebody typed is shown and does nothing."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.render import Mrkdwn, channel, escaped, join, mention, say, shown
from bot.render.mrkdwn import isolated, unformatted

MARKUP = st.text(
    alphabet=st.sampled_from("<>@#!&*_~`:|/ abU1\n\t\u200b\u202e\u2066\x00é\u0645\U0001f600-'\""), max_size=30
)
ADDED = re.compile("[\u200b\u2068\u2069]")


def as_read(mrkdwn: str) -> str:
    """What a person reads: entities decoded, the invisible characters that `escaped` added left out."""
    return html.unescape(ADDED.sub("", mrkdwn))


@pytest.mark.parametrize(
    "typed",
    [
        "<!channel>",
        "<!here>",
        "<@U024BE7LH>",
        "<#C024BE91L>",
        "<https://evil.example|click me>",
        "a < b & b > c",
        "&lt;",
    ],
)
def test_control_sequences_are_shown_as_typed(typed: str) -> None:
    assert not re.search("[<>]", escaped(typed))
    assert as_read(escaped(typed)) == typed


@pytest.mark.parametrize("typed", ["*bold*", "_italic_", "~struck~", "a *b* c", "*a", ":fire:", "> quoted"])
def test_formatting_is_broken_by_a_character_that_nobody_sees(typed: str) -> None:
    assert escaped(typed) != html.escape(typed, quote=False)
    assert as_read(escaped(typed)) == typed


@pytest.mark.parametrize("typed", ["video_gen_v2", "video-gen", "3*4", "a~b", "12:30", "größer", "d'Arc", '"x"'])
def test_a_name_that_formats_nothing_can_be_copied_as_it_is(typed: str) -> None:
    assert escaped(typed) == typed


def test_a_backtick_becomes_its_twin() -> None:
    assert escaped("`rm -rf`") == "ˋrm -rfˋ"


@given(typed=MARKUP | st.text(max_size=30))
@example(typed="&amp;<!channel>")
@example(typed="م_a_م")
def test_no_text_can_make_a_control_sequence_or_format_anything(typed: str) -> None:
    found = escaped(typed)
    assert not re.search(r"[<>`\n]", found)
    assert not re.search(r"&(?!amp;|lt;|gt;)", found)
    assert not re.search(r"(?:^|[^\w\u200b])[*_~][^\s\u200b]", found)
    assert not re.search(r":[\w+'-]+:", found)
    assert not found.startswith("&gt;")


@given(typed=MARKUP | st.text(max_size=30))
def test_what_is_read_is_what_was_typed_with_the_hidden_made_visible(typed: str) -> None:
    assert as_read(escaped(typed)) == ADDED.sub("", shown(typed)).replace("`", "ˋ")


@given(typed=st.text(max_size=30))
def test_shown_text_is_one_line_never_empty_and_shown_again_the_same(typed: str) -> None:
    found = shown(typed)
    assert found.strip()
    assert len(found.splitlines()) == 1
    assert shown(found) == found


@pytest.mark.parametrize(
    ("hidden", "name"),
    [
        ("\u200b", "zero-width space"),
        ("\u2060", "word joiner"),
        ("\ufeff", "byte order mark"),
        ("\u00ad", "soft hyphen"),
        ("\u202e", "right-to-left override"),
        ("\u2066", "isolate"),
        ("\x1b", "escape"),
        ("\x00", "null"),
        ("\ud800", "half a surrogate pair"),
        ("\U000e0041", "tag letter"),
    ],
)
def test_a_hidden_character_is_made_visible(hidden: str, name: str) -> None:
    assert shown(f"video{hidden}gen") == "video\ufffdgen", name


@pytest.mark.parametrize("typed", ["👩‍💻", "می‌خواهم", "🇩🇪", "é", "日本語", "한국어"])
def test_joiners_and_every_script_stay(typed: str) -> None:
    assert shown(typed) == typed


def test_text_of_nothing_but_space_says_so() -> None:
    assert shown(" \u3000\n") == "(blank)"
    assert shown("") == "(blank)"


def test_right_to_left_text_does_not_turn_its_neighbours_round() -> None:
    assert escaped("64.1 توليد الفيديو/h") == "64.1 \u2068توليد الفيديو\u2069/h"
    assert isolated("video-gen") == "video-gen"


def test_values_are_escaped_and_the_sentence_is_not() -> None:
    assert say("*{name}* costs {cost}", name="a<b", cost=3) == "*a&lt;b* costs 3"


def test_a_value_that_looks_like_a_placeholder_stays_text() -> None:
    assert say("{name}", name="{cost} {0} {name!r} {name.x}") == "{cost} {0} {name!r} {name.x}"


def test_mrkdwn_is_escaped_once_however_often_it_is_composed() -> None:
    inner = say("*{name}*", name="a&b")
    assert say("{inner}!", inner=inner) == "*a&amp;b*!"
    assert join(" ", [inner, "c&d", ""]) == "*a&amp;b* c&amp;d"


@pytest.mark.parametrize("user", ["U024BE7LH", "W012A3CDE"])
def test_a_user_is_mentioned(user: str) -> None:
    assert mention(user) == f"<@{user}>"
    assert isinstance(mention(user), Mrkdwn)


@pytest.mark.parametrize("user", ["", "u1", "U1>", "U1\n", "!channel", "U1|x", "S024BE7LH"])
def test_what_is_no_user_is_not_mentioned(user: str) -> None:
    assert "<" not in mention(user)


def test_a_channel_is_linked_and_what_is_none_is_not() -> None:
    assert channel("C024BE91L") == "<#C024BE91L>"
    assert channel("<!channel>") == "&lt;!channel&gt;"


def test_read_aloud_there_are_no_asterisks() -> None:
    assert unformatted("*Cost:* 3 of `x` _now_ for <@U1> 2*3*4") == "Cost: 3 of x now for <@U1> 2*3*4"
