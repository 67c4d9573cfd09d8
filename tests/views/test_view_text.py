"""A message reads well in a terminal."""

import json
from typing import Any

import pytest
from structlog.testing import capture_logs

import bot.render
from bot.posts import Message
from bot.render import rendered
from bot.views import as_text


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def shown(*blocks: dict[str, Any]) -> str:
    return as_text(Message("fallback", blocks))


def test_a_message_without_blocks_is_its_text() -> None:
    assert as_text(Message("*done* &amp; dusted")) == "done & dusted"


def test_a_header_is_underlined() -> None:
    assert shown({"type": "header", "text": {"type": "plain_text", "text": "Status"}}) == "Status\n======"


def test_fields_stand_side_by_side_when_both_fit() -> None:
    text = shown({"type": "section", "fields": [mrkdwn("*a*\n1"), mrkdwn("b\n2"), mrkdwn("c")]})
    first, second, _, third = text.splitlines()
    assert first.split() == ["a", "b"]
    assert second.split() == ["1", "2"]
    assert first.index("b") == second.index("2")
    assert third == "c"


def test_fields_that_do_not_fit_stand_under_each_other() -> None:
    assert shown({"type": "section", "fields": [mrkdwn("a" * 80), mrkdwn("b" * 80)]}) == f"{'a' * 80}\n\n{'b' * 80}"


def test_buttons_stand_in_brackets() -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Why?"}, "action_id": "advice.why"}
    assert shown({"type": "actions", "elements": [button, button]}) == "[ Why? ]  [ Why? ]"


def test_an_image_is_its_description() -> None:
    assert (
        shown({"type": "image", "image_url": "https://x.example", "alt_text": "cost against time"})
        == "(cost against time)"
    )


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("*bold* and _leaning_", "bold and leaning"),
        ("`/gpu-advise help`", "/gpu-advise help"),
        ("by <@U024BE7LH> in <#C024BE91L>", "by @U024BE7LH in #C024BE91L"),
        ("<https://docs.example|the manual>", "the manual"),
        ("&lt;!channel&gt; &amp;amp;", "<!channel> &amp;"),
        ("2*3*4 video_gen_v2", "2*3*4 video_gen_v2"),
        ("\u200b*\u200bas typed\u200b*\u200b", "*as typed*"),
        ("\u2068توليد\u2069", "توليد"),
    ],
)
def test_markup_is_read_and_what_was_typed_is_not(marked: str, plain: str) -> None:
    assert shown({"type": "section", "text": mrkdwn(marked)}) == plain


def test_an_escape_sequence_never_reaches_the_terminal() -> None:
    assert "\x1b" not in as_text(rendered("failure", {"reference": "\x1b[31mred"}))


def test_a_block_that_slack_would_refuse_leaves_the_whole_text_and_a_word_in_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bot.render, "problems", lambda _blocks: ["header: too odd"])
    with capture_logs() as logged:
        found = rendered("failure", {"reference": "7f3a"})
    assert [block["text"]["text"] for block in found.blocks] == [found.text]
    assert "7f3a" in found.text
    assert logged == [
        {
            "event": "message_refused_by_block_models",
            "view": "failure",
            "problems": ["header: too odd"],
            "log_level": "error",
        }
    ]


def test_a_message_is_json_all_through() -> None:
    found = rendered("failure", {"reference": "7f3a"})
    assert json.loads(json.dumps(found.blocks)) == list(found.blocks)
