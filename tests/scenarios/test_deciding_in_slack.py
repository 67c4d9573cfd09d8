"""Approve: a confirmation that says what changes, one decision, and no button that outlives it."""

import json
from datetime import timedelta

import pytest

from bot.local.faults import Fault
from bot.local.workspace import ADMINISTRATOR, CHANNEL, MEMBER
from bot.store import advices, decisions
from bot.usecases.asking.advise import STANDS_FOR
from tests.scenarios.deciding_story import (
    advice_id_of,
    approve,
    approve_button,
    ask_openly,
    audited,
    decision_about,
    modal,
    open_modal,
    said_to,
    submit,
    view_text,
)
from tests.scenarios.workspace_story import Story, blocks_text, buttons
from tests.store.store_samples import open_advices


async def test_pressing_approve_decides_nothing_but_says_what_would_change(told: Story) -> None:
    card = await told.ask("video-gen production")
    said = view_text(await open_modal(told, card, approve_button(card)))
    assert "8 × H200-141GB · aws p5en.48xlarge · us-east-1 · on-demand" in said
    assert "*Today*\n*4 × A10G*" in said
    assert "$136/day" in said  # today, at 5.672 an hour
    assert "$1,519/day" in said  # 63.296 an hour
    assert "*Money a day, around the clock*\n$1,383 more" in said
    assert "*Cost per clip*\n" in said
    assert "*Speed*\n10× today's" in said
    assert decision_about(told, advice_id_of(card)) is None


async def test_an_approval_leaves_only_what_decides_nothing_and_says_who_and_when(told: Story) -> None:
    card = await told.ask("video-gen production")
    await approve(told, card)
    decided = told.shown(card)
    assert buttons(decided) == ["advice.undo", "advice.why", "advice.share"]
    assert f"*Approved:* performance, by <@{ADMINISTRATOR.id}>, " in blocks_text(decided)


@pytest.mark.parametrize("end", ["approved", "snoozed", "expired"])
async def test_a_card_that_is_closed_still_says_why_and_is_shared(told: Story, end: str) -> None:
    card = await told.ask("video-gen production")
    if end == "approved":
        await approve(told, card)
    elif end == "snoozed":
        await submit(told, await open_modal(told, card, "snooze.ask"), how_long="week")
    else:
        told.clock.ahead += STANDS_FOR + timedelta(minutes=1)
        await open_modal(told, card, approve_button(card))
        await told.settle()
    closed = told.shown(card)
    assert "Why" in view_text(await open_modal(told, closed, "advice.why"))
    await told.press(closed, "advice.share")
    shared = told.slack.messages(CHANNEL)[-1]
    assert not shared.is_ephemeral
    assert f"*{end.capitalize()}" in blocks_text(shared)


async def test_the_approval_is_stored_with_what_it_was_bound_to(told: Story) -> None:
    card = await told.ask("video-gen production")
    advice_id = advice_id_of(card)
    await approve(told, card)
    decision = decision_about(told, advice_id)
    assert decision is not None
    assert (decision.kind, decision.objective, decision.decided_by) == ("approve", "performance", ADMINISTRATOR.id)
    assert decision.configuration is not None
    assert (decision.configuration["accelerator"], decision.configuration["price_usd_per_hour"]) == (
        "H200-141GB",
        63.296,
    )
    assert decision.forecast is not None
    assert decision.forecast["usd_per_day"] == 24 * 63.296
    assert set(decision.forecast["units_per_hour"]) == {"p05", "p50", "p95"}
    assert audited(told)[-1] == ("advice.approve", ADMINISTRATOR.id)


async def test_every_copy_of_the_card_loses_what_decides_wherever_it_was_decided(told: Story) -> None:
    private = await told.ask("video-gen production")
    await told.press(private, "advice.share")
    shared = told.slack.messages(CHANNEL)[-1]
    await approve(told, private)
    assert buttons(told.shown(private)) == ["advice.undo", "advice.why", "advice.share"]
    assert buttons(told.shown(shared)) == ["advice.undo", "advice.why"]


@pytest.mark.parametrize("action", ["advice.approve", "advice.dismiss"])
async def test_a_private_copy_loses_what_decides_at_the_first_click_after_a_decision(told: Story, action: str) -> None:
    private = await told.ask("video-gen production")
    await told.press(private, "advice.share")
    await approve(told, told.slack.messages(CHANNEL)[-1], MEMBER.id)
    pressed = next(each for each in buttons(private) if each.startswith(action))
    assert f"<@{MEMBER.id}> was first" in view_text(await open_modal(told, private, pressed))
    assert buttons(told.shown(private)) == ["advice.undo", "advice.why", "advice.share"]
    assert f"by <@{MEMBER.id}>" in blocks_text(told.shown(private))


async def test_a_confirmation_submitted_too_late_is_told_who_was_first(told: Story) -> None:
    card = await ask_openly(told)
    slow = await open_modal(told, card, approve_button(card), MEMBER.id)
    await approve(told, card)
    await submit(told, slow)
    assert f"<@{ADMINISTRATOR.id}> was first and approved performance" in said_to(told, MEMBER.id)
    assert [action for action, _ in audited(told)].count("advice.approve") == 1


async def test_a_confirmation_submitted_twice_approves_once(told: Story) -> None:
    card = await told.ask("video-gen production")
    confirmation = await open_modal(told, card, approve_button(card))
    await submit(told, confirmation)
    await submit(told, confirmation)
    assert [action for action, _ in audited(told)].count("advice.approve") == 1
    assert "was first" in said_to(told, ADMINISTRATOR.id)


async def test_a_button_that_stayed_somewhere_opens_an_explanation_instead(told: Story) -> None:
    card = await ask_openly(told)
    stale = approve_button(card)
    as_it_was = card.blocks
    await approve(told, card)
    told.slack.workspace.edit(told.shown(card), card.text, as_it_was)
    said = view_text(await open_modal(told, card, stale, MEMBER.id))
    assert f"<@{ADMINISTRATOR.id}> was first" in said
    assert modal(told, MEMBER.id).content.get("submit") is None


async def test_an_old_advice_expires_instead_of_being_decided(told: Story) -> None:
    card = await told.ask("video-gen production")
    advice_id = advice_id_of(card)
    confirmation = await open_modal(told, card, approve_button(card))
    told.clock.ahead += STANDS_FOR + timedelta(minutes=1)
    await submit(told, confirmation)
    assert "expired" in said_to(told, ADMINISTRATOR.id)
    assert buttons(told.shown(card)) == ["advice.why", "advice.share"]
    assert decision_about(told, advice_id) is None


@pytest.mark.parametrize("seen_by", ["everybody", "one"])
async def test_an_old_advice_says_so_before_anything_is_confirmed_and_is_answered_anew(
    told: Story, seen_by: str
) -> None:
    card = await (ask_openly(told) if seen_by == "everybody" else told.ask("video-gen production"))
    old_id, button = advice_id_of(card), approve_button(card)
    told.clock.ahead += STANDS_FOR + timedelta(minutes=1)
    expired = await open_modal(told, card, button)
    assert "expired" in view_text(expired)
    await told.settle()
    assert buttons(told.shown(card))[0] == "advice.why"
    await submit(told, expired)
    fresh = told.shown(card)
    assert advice_id_of(fresh) != old_id
    assert "The old answer for *video-gen* has been replaced; nothing was approved" in said_to(told, ADMINISTRATOR.id)
    await approve(told, fresh)
    assert decision_about(told, old_id) is None
    assert "*Approved:*" in blocks_text(told.shown(card))


async def test_nobody_decides_while_slack_does_not_say_who_they_are(told: Story) -> None:
    card = await told.ask("video-gen production")
    told.bot.room.forget(told.team_id)
    told.slack.fail_next("users.info", Fault.down())
    said = view_text(await open_modal(told, card, approve_button(card)))
    assert "Slack does not say at this moment who you are" in said
    assert decision_about(told, advice_id_of(card)) is None


async def test_a_confirmation_is_not_taken_while_slack_does_not_say_who_submits_it(told: Story) -> None:
    card = await told.ask("video-gen production")
    confirmation = await open_modal(told, card, approve_button(card))
    told.bot.room.forget(told.team_id)
    told.slack.fail_next("users.info", Fault.reset())
    await submit(told, confirmation)
    assert "Try again in a minute" in said_to(told, ADMINISTRATOR.id)
    assert decision_about(told, advice_id_of(card)) is None


async def test_a_modal_whose_metadata_is_not_ours_decides_nothing(told: Story) -> None:
    card = await told.ask("video-gen production")
    confirmation = await open_modal(told, card, approve_button(card))
    confirmation.content = {**confirmation.content, "private_metadata": '{"advice_id": ["x"], "more": 1}'}
    await submit(told, confirmation)
    with told.bot.store.read(told.team_id) as scope:
        assert len(open_advices(scope)) == 1


async def test_the_advice_of_another_workspace_is_known_to_nobody_here(told: Story) -> None:
    card = await told.ask("video-gen production")
    with told.bot.store.read("T0OTHER") as scope:
        assert advices.get(scope, advice_id_of(card)) is None
        assert decisions.get(scope, advice_id_of(card)) is None


async def test_a_digest_loses_the_button_of_a_finding_that_was_decided_elsewhere(told: Story) -> None:
    await told.ask("digest now")
    digest = next(message for message in told.slack.messages(CHANNEL) if message.visible_to is None)
    confirmation = await open_modal(told, digest, approve_button(digest), MEMBER.id)
    bound = json.loads(confirmation.content["private_metadata"])
    at_home = json.dumps({name: bound[name] for name in ("advice_id", "choice", "digest")})
    confirmation.content = {**confirmation.content, "private_metadata": at_home}
    await submit(told, confirmation)
    assert f"by <@{MEMBER.id}>" in blocks_text(told.shown(digest))
    assert not any(action.startswith("advice.approve") for action in buttons(told.shown(digest)))


async def test_a_digest_loses_the_button_that_was_pressed_and_can_be_undone(told: Story) -> None:
    await told.ask("digest now")
    digest = next(message for message in told.slack.messages(CHANNEL) if message.visible_to is None)
    approvals = [action for action in buttons(digest) if action.startswith("advice.approve")]
    assert len(approvals) == 1
    await submit(told, await open_modal(told, digest, approvals[0], MEMBER.id))
    redrawn = told.shown(digest)
    assert buttons(redrawn) == ["advice.why", "advice.undo"]
    assert f"by <@{MEMBER.id}>" in blocks_text(redrawn)
    await told.press(redrawn, "advice.undo", user_id=MEMBER.id)
    assert approvals[0] in buttons(told.shown(digest))
