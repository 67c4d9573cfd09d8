"""Undo: a quarter of an hour, for whoever decided or an administrator; then the button goes."""

from datetime import timedelta

import pytest

from bot.jobs.worker import Worker
from bot.local.workspace import ADMINISTRATOR, MEMBER
from bot.store import exclusions
from bot.usecases.handle import handle
from tests.scenarios.deciding_story import (
    advice_id_of,
    approve,
    approve_button,
    ask_openly,
    audited,
    choose,
    decision_about,
    dismiss,
    said_to,
)
from tests.scenarios.workspace_story import Story, blocks_text, buttons
from tests.store.store_samples import open_advices

QUARTER = timedelta(minutes=15)


async def work_off(told: Story) -> None:
    """What the bot asked itself to do by now."""
    worker = Worker(told.bot.store, lambda work: handle(told.bot.room, work), told.clock)
    await worker.take_once()
    await told.settle()


async def test_a_decision_that_is_undone_opens_the_advice_again_with_all_its_buttons(told: Story) -> None:
    card = await told.ask("video-gen production")
    advice_id, offered = advice_id_of(card), buttons(card)
    await approve(told, card)
    await told.press(told.shown(card), "advice.undo")
    assert buttons(told.shown(card)) == offered
    assert decision_about(told, advice_id) is None
    with told.bot.store.read(told.team_id) as scope:
        assert list(open_advices(scope)) == [advice_id]
    assert audited(told) == [("advice.approve", ADMINISTRATOR.id), ("advice.undo", ADMINISTRATOR.id)]


async def test_what_was_undone_can_be_decided_again(told: Story) -> None:
    card = await told.ask("video-gen production")
    advice_id = advice_id_of(card)
    await approve(told, card)
    await told.press(told.shown(card), "advice.undo")
    await choose(told, told.shown(card), "advice.snooze", f"{advice_id}:month")
    decision = decision_about(told, advice_id)
    assert decision is not None
    assert decision.kind == "snooze"


async def test_only_whoever_decided_or_an_administrator_undoes(told: Story) -> None:
    card = await ask_openly(told)
    await approve(told, card, ADMINISTRATOR.id)
    await told.press(told.shown(card), "advice.undo", user_id=MEMBER.id)
    said = said_to(told, MEMBER.id)
    assert "Only whoever decided, or an administrator, may undo a decision. Nothing was changed." in said
    assert f"Ask <@{ADMINISTRATOR.id}>, or an administrator" in said
    assert "Approved" in blocks_text(told.shown(card))


async def test_an_administrator_undoes_what_a_member_decided(told: Story) -> None:
    card = await ask_openly(told)
    await approve(told, card, MEMBER.id)
    await told.press(told.shown(card), "advice.undo", user_id=ADMINISTRATOR.id)
    assert approve_button(told.shown(card))


async def test_two_people_who_press_undo_undo_once(told: Story) -> None:
    card = await ask_openly(told)
    await approve(told, card)
    decided = told.shown(card)
    as_it_was = decided.blocks
    await told.press(decided, "advice.undo")
    told.slack.workspace.edit(told.shown(card), card.text, as_it_was)
    await told.press(told.shown(card), "advice.undo")
    assert "There is no decision to undo here any more" in said_to(told, ADMINISTRATOR.id)
    assert [action for action, _ in audited(told)].count("advice.undo") == 1


async def test_after_a_quarter_of_an_hour_the_button_has_gone_from_every_copy(told: Story) -> None:
    card = await ask_openly(told)
    await approve(told, card)
    assert buttons(told.shown(card)) == ["advice.undo", "advice.why"]
    told.clock.ahead += QUARTER + timedelta(seconds=1)
    await work_off(told)
    assert buttons(told.shown(card)) == ["advice.why"]
    assert "Approved" in blocks_text(told.shown(card))


async def test_the_button_of_a_private_card_goes_too(told: Story) -> None:
    card = await told.ask("video-gen production")
    await approve(told, card)
    told.clock.ahead += QUARTER + timedelta(seconds=1)
    await work_off(told)
    assert buttons(told.shown(card)) == ["advice.why", "advice.share"]


async def test_a_decision_taken_again_keeps_its_button_for_its_own_quarter(told: Story) -> None:
    card = await ask_openly(told)
    await approve(told, card)
    told.clock.ahead += timedelta(minutes=10)
    await told.press(told.shown(card), "advice.undo")
    await approve(told, told.shown(card))
    told.clock.ahead += timedelta(minutes=6)  # the first quarter is over, the second is not
    await work_off(told)
    assert buttons(told.shown(card)) == ["advice.undo", "advice.why"]


async def test_too_late_an_undo_is_told_what_to_do_instead(told: Story) -> None:
    card = await told.ask("video-gen production")
    advice_id = advice_id_of(card)
    await approve(told, card)
    told.clock.ahead += QUARTER
    await told.press(told.shown(card), "advice.undo")
    said = said_to(told, ADMINISTRATOR.id)
    assert "can be undone for 15 minutes, and this one is older" in said
    assert "Ask again with `/gpu-advise video-gen`" in said
    assert decision_about(told, advice_id) is not None


@pytest.mark.parametrize("reason", ["no_quota", "not_now"])
async def test_undoing_a_dismissal_allows_again_what_it_left_out(told: Story, reason: str) -> None:
    card = await ask_openly(told)
    await dismiss(told, card, reason)
    await told.press(told.shown(card), "advice.undo")
    with told.bot.store.read(told.team_id) as scope:
        assert exclusions.list_standing(scope) == []
    assert approve_button(told.shown(card))
