"""The card as people meet it: its chart in every copy, Why beside it, and names that are only names."""

import re

import pytest

from bot.local.workspace import ADMINISTRATOR, CHANNEL, MEMBER, PostedMessage
from bot.render.mrkdwn import isolated
from tests.scenarios.deciding_story import approve, newest, open_modal, view_text
from tests.scenarios.workspace_story import PICTURE, Story, blocks_text, keep_runs, runs
from tests.views.view_samples import LONGEST, RTL


def file_of(message: PostedMessage) -> str | None:
    """The file that a card shows as its chart."""
    return next((block["slack_file"]["id"] for block in message.blocks if block["type"] == "image"), None)


def uploads(told: Story) -> int:
    return len(told.slack.calls("files.completeUploadExternal"))


async def test_an_answer_carries_a_chart_that_says_in_words_what_it_shows(told: Story) -> None:
    card = await told.ask("video-gen production")
    file_id = file_of(card)
    assert file_id is not None
    assert told.slack.workspace.files[file_id].content == PICTURE
    (picture,) = [block for block in card.blocks if block["type"] == "image"]
    assert picture["alt_text"].startswith("Chart of cost against time per clip: ")
    assert "performance (recommended)" in picture["alt_text"]


async def test_the_chart_is_uploaded_once_for_the_private_card_the_shared_one_and_the_decided_one(told: Story) -> None:
    private = await told.ask("video-gen production")
    await told.press(private, "advice.share")
    shared = newest(told)
    await approve(told, shared, MEMBER.id)
    decided = told.shown(shared)
    assert "Approved" in blocks_text(decided)
    assert file_of(private) == file_of(shared) == file_of(decided) is not None
    assert uploads(told) == 1


async def test_another_question_has_another_chart(told: Story) -> None:
    first, second = await told.ask("video-gen production"), await told.ask("video-gen prototyping")
    assert file_of(first) != file_of(second)
    assert uploads(told) == 2


async def test_an_answer_without_anything_to_compare_has_no_chart(told: Story) -> None:
    card = await told.ask("video-gen floor=900000000/h")
    assert file_of(card) is None
    assert uploads(told) == 0


async def test_why_opens_beside_the_card_for_whoever_asks_and_leaves_no_trace_in_the_channel(told: Story) -> None:
    card = await told.ask("video-gen production")
    said = view_text(await open_modal(told, card, "advice.why"))
    for part in ("What was learned", "What is predicted", "What limits the choice", "What was searched"):
        assert part in said
    assert "4 × A10G-24GB: 40 runs, 240 clips/h" in said
    assert told.slack.messages(CHANNEL) == (card,)


async def test_why_is_there_for_everybody_who_sees_a_shared_card(told: Story) -> None:
    await told.press(await told.ask("video-gen production"), "advice.share")
    assert "video-gen" in view_text(await open_modal(told, newest(told), "advice.why", MEMBER.id))


async def test_why_about_an_advice_that_nobody_gave_says_so(told: Story) -> None:
    card = await told.ask("video-gen production")
    forged = {"type": "button", "action_id": "advice.why", "block_id": "b", "value": "no-such-advice"}
    ack = await told.hands.act(card, forged, user_id=ADMINISTRATOR.id)
    assert ack.is_ok
    await told.settle()
    view = told.slack.state.views.top(ADMINISTRATOR.id)
    assert view is not None
    assert "What was learned" not in view_text(view)


NAMES = (
    "<!channel> <@U024BE7LH> *bold* _it_ ~no~",
    "$x^2$ `rm -rf` {{ 7*7 }} {workload}",
    "R&D :fire: '; DROP TABLE run",
    RTL,
    LONGEST,
)


@pytest.mark.parametrize("name", NAMES)
async def test_a_name_is_shown_as_typed_on_the_card_and_behind_why_and_nothing_in_it_fires(
    told: Story, name: str
) -> None:
    keep_runs(told.bot.store, told.team_id, runs(workload=name, unit=name[:40], count=6))
    card = await told.ask(f'"{name}"')
    view = await open_modal(told, card, "advice.why")
    assert told.shown(card).blocks[0]["text"]["text"].startswith(isolated(name))
    assert isolated(name) in view_text(view)
    for said in (blocks_text(card), view_text(view)):
        marked = said.replace(isolated(name), "")  # plain text, in the headings
        assert not re.search(r"<(?!@U0ADMIN01>)[^>]*>", marked)
        assert "{'" not in marked
