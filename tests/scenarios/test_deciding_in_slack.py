from datetime import timedelta

import pytest

from bot.local.workspace import ADMINISTRATOR, CHANNEL, MEMBER, PostedMessage
from bot.store import advices, decisions
from bot.usecases.advise import STANDS_FOR
from tests.scenarios.workspace_story import Story, blocks_text, buttons


def approve_of(message: PostedMessage) -> str:
    return next(action for action in buttons(message) if action.startswith("advice.approve."))


async def test_an_approval_takes_the_buttons_away_and_says_who_and_when(told: Story) -> None:
    card = await told.ask("video-gen production")
    await told.press(card, approve_of(card))
    decided = told.shown(card)
    assert buttons(decided) == []
    assert f"by <@{ADMINISTRATOR.id}>" in blocks_text(decided)
    assert "Approved" in blocks_text(decided)
    assert len(told.slack.messages(CHANNEL)) == 1


@pytest.mark.parametrize(("action", "word"), [("advice.dismiss", "Dismissed"), ("advice.snooze", "Snoozed")])
async def test_dismissing_and_snoozing_take_the_buttons_away_too(told: Story, action: str, word: str) -> None:
    card = await told.ask("video-gen production")
    await told.press(card, action)
    assert buttons(told.shown(card)) == []
    assert word in blocks_text(told.shown(card))


async def test_the_approval_is_stored_with_who_what_and_when(told: Story) -> None:
    card = await told.ask("video-gen production")
    advice_id, action = _advice_id(card), approve_of(card)
    await told.press(card, action)
    with told.bot.store.read(told.team_id) as scope:
        assert not advices.list_open(scope)
        decision = decisions.get(scope, advice_id)
    assert decision is not None
    assert (decision.kind, decision.decided_by) == ("approve", ADMINISTRATOR.id)
    assert f"advice.approve.{decision.objective}" == action


async def test_a_second_click_is_told_who_was_first(told: Story) -> None:
    card = await told.ask("video-gen production")
    first, second = await told.hands.press(card, approve_of(card)), await told.hands.press(card, "advice.dismiss")
    assert first.is_ok
    assert second.is_ok
    await told.settle()
    refusal = told.slack.messages(CHANNEL)[-1]
    assert refusal.visible_to == ADMINISTRATOR.id
    assert f"<@{ADMINISTRATOR.id}> was first" in blocks_text(refusal)
    assert "Approved" in blocks_text(told.shown(card))


async def test_why_tells_the_story_and_leaves_the_card_open(told: Story) -> None:
    card = await told.ask("video-gen production")
    await told.press(card, "advice.why")
    story = told.slack.messages(CHANNEL)[-1]
    assert story.visible_to == ADMINISTRATOR.id
    assert story.ts != card.ts
    assert buttons(told.shown(card)) == buttons(card)


async def test_an_old_advice_expires_instead_of_being_decided(told: Story) -> None:
    card = await told.ask("video-gen production")
    advice_id = _advice_id(card)
    told.clock.ahead += STANDS_FOR + timedelta(minutes=1)
    ack = await told.hands.press(card, approve_of(card))
    assert ack.is_ok
    await told.settle()
    said = [blocks_text(message) for message in told.slack.messages(CHANNEL)]
    assert any("expired" in text for text in said)
    with told.bot.store.read(told.team_id) as scope:
        assert decisions.get(scope, advice_id) is None


async def test_a_button_of_another_workspace_s_advice_is_refused(told: Story) -> None:
    card = await told.ask("video-gen production")
    with told.bot.store.read("T0OTHER") as scope:
        assert advices.get(scope, _advice_id(card)) is None


async def test_a_digest_loses_the_button_that_was_pressed(told: Story) -> None:
    await told.ask("digest now")
    digest = next(message for message in told.slack.messages(CHANNEL) if message.visible_to is None)
    approvals = [action for action in buttons(digest) if action.startswith("advice.approve.")]
    assert len(approvals) == 1
    await told.press(digest, approvals[0], user_id=MEMBER.id)
    redrawn = told.shown(digest)
    assert buttons(redrawn) == ["advice.why"]
    assert f"by <@{MEMBER.id}>" in blocks_text(redrawn)


def _advice_id(message: PostedMessage) -> str:
    actions = next(block for block in message.blocks if block["type"] == "actions")
    return str(actions["elements"][0]["value"])
