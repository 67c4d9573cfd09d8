"""An approval is bound to a price: it is looked up when the confirmation opens, and again when it is submitted."""

from bot.local.workspace import ADMINISTRATOR, CHANNEL, MEMBER
from tests.scenarios.deciding_story import (
    advice_id_of,
    approve,
    approve_button,
    ask_openly,
    audited,
    decision_about,
    modal,
    open_modal,
    prefer,
    reprice,
    said_to,
    submit,
    view_text,
)
from tests.scenarios.workspace_story import Story, blocks_text, buttons


async def test_a_small_move_is_confirmed_at_the_price_of_the_moment(told: Story) -> None:
    card = await told.ask("video-gen production")
    advice_id = advice_id_of(card)
    reprice(told, 1.01)
    confirmation = await open_modal(told, card, approve_button(card))
    assert "1 % more than on the card" in view_text(confirmation)
    await submit(told, confirmation)
    decision = decision_about(told, advice_id)
    assert decision is not None
    assert decision.configuration is not None
    assert decision.forecast is not None
    assert decision.configuration["price_usd_per_hour"] == 63.296 * 1.01
    assert abs(decision.forecast["usd_per_day"] / (24 * 63.296 * 1.01) - 1.0) < 1e-12


async def test_a_large_move_offers_a_fresh_answer_instead(told: Story) -> None:
    card = await told.ask("video-gen production")
    advice_id = advice_id_of(card)
    reprice(told, 1.05)
    moved = await open_modal(told, card, approve_button(card))
    assert moved.content["title"]["text"] == "The price has moved"
    assert "$63.30 → *$66.46 an hour a machine*" in view_text(moved)
    await submit(told, moved)
    fresh = told.shown(card)
    assert advice_id_of(fresh) != advice_id
    assert "$1,595/day" in blocks_text(fresh)
    assert approve_button(fresh)
    assert decision_about(told, advice_id) is None
    assert audited(told) == [("advice.replace", ADMINISTRATOR.id)]


async def test_the_fresh_answer_can_be_approved_in_every_copy(told: Story) -> None:
    card = await ask_openly(told)
    reprice(told, 1.05)
    await submit(told, await open_modal(told, card, approve_button(card)))
    fresh_id = advice_id_of(told.shown(card))
    await approve(told, told.shown(card))
    assert buttons(told.shown(card)) == ["advice.undo", "advice.why"]
    assert decision_about(told, fresh_id) is not None


async def test_a_move_while_the_confirmation_is_open_refreshes_the_card_and_approves_nothing(told: Story) -> None:
    card = await told.ask("video-gen production")
    advice_id = advice_id_of(card)
    confirmation = await open_modal(told, card, approve_button(card))
    reprice(told, 1.01)  # small enough for a confirmation, but not what this one showed
    await submit(told, confirmation)
    assert decision_about(told, advice_id) is None
    assert "nothing was approved" in said_to(told, ADMINISTRATOR.id)
    assert advice_id_of(told.shown(card)) != advice_id


async def test_what_is_not_on_offer_any_more_cannot_be_approved(told: Story) -> None:
    card = await told.ask("video-gen production")
    reprice(told, 1.0, is_gone=True)
    gone = await open_modal(told, card, approve_button(card))
    assert gone.content["title"]["text"] == "Not on offer any more"
    await submit(told, gone)
    assert "H200-141GB" not in blocks_text(told.shown(card))


async def test_the_threshold_is_the_workspace_s(told: Story) -> None:
    card = await ask_openly(told, price_move_refreshes_above=0.1)
    reprice(told, 1.05)
    assert (await open_modal(told, card, approve_button(card))).content["callback_id"] == "approve"


async def test_a_card_that_was_decided_meanwhile_is_not_answered_anew(told: Story) -> None:
    card = await ask_openly(told)
    advice_id = advice_id_of(card)
    confirmation = await open_modal(told, card, approve_button(card), MEMBER.id)
    reprice(told, 1.05)
    moved = await open_modal(told, card, approve_button(card))
    reprice(told, 1.0)
    await submit(told, confirmation)
    await submit(told, moved)
    assert decision_about(told, advice_id) is not None
    assert "<@U0MEMBER1> was first" in said_to(told, ADMINISTRATOR.id)
    assert [action for action, _ in audited(told)] == ["advice.approve"]


class TestAMoveBetweenTwoWords:
    async def test_is_explained_before_the_second_is_given(self, told: Story) -> None:
        card = await ask_openly(told, two_approvers_above_usd_per_day=0.0)
        await approve(told, card, MEMBER.id)
        reprice(told, 1.01)
        confirmation = await open_modal(told, told.shown(card), approve_button(told.shown(card)))
        said = f"The price has moved from $63.30 to $63.93 an hour since <@{MEMBER.id}> approved"
        assert said in view_text(confirmation)
        assert "yours will be the first one at this price" in view_text(confirmation)

    async def test_makes_the_second_word_a_first_one_and_tells_both_why(self, told: Story) -> None:
        card = await ask_openly(told, two_approvers_above_usd_per_day=0.0)
        advice_id = advice_id_of(card)
        await approve(told, card, MEMBER.id)
        reprice(told, 1.01)
        await approve(told, told.shown(card))
        assert decision_about(told, advice_id) is None
        assert "it is the first one at today's price" in said_to(told, ADMINISTRATOR.id)
        [lapsed] = [it for it in told.slack.messages(CHANNEL) if it.thread_ts == card.ts]
        assert f"What <@{MEMBER.id}> approved does not count any more" in blocks_text(lapsed)
        waiting = blocks_text(told.shown(card))
        assert f"<@{ADMINISTRATOR.id}> approved performance" in waiting
        assert f"<@{MEMBER.id}> approved performance" not in waiting
        assert ("approval.lapse", None) in audited(told)

    async def test_can_be_mended_from_the_thread(self, told: Story) -> None:
        card = await ask_openly(told, two_approvers_above_usd_per_day=0.0)
        advice_id = advice_id_of(card)
        await approve(told, card, MEMBER.id)
        reprice(told, 1.01)
        await approve(told, told.shown(card))
        [lapsed] = [it for it in told.slack.messages(CHANNEL) if it.thread_ts == card.ts]
        again = await open_modal(told, lapsed, approve_button(lapsed), MEMBER.id)
        assert f"<@{ADMINISTRATOR.id}> has approved, and yours will be the second word" in view_text(again)
        await submit(told, again)
        decision = decision_about(told, advice_id)
        assert decision is not None
        assert decision.configuration is not None
        assert decision.configuration["price_usd_per_hour"] == 63.296 * 1.01

    async def test_of_a_private_card_is_told_in_a_direct_message(self, told: Story) -> None:
        prefer(told, two_approvers_above_usd_per_day=0.0)
        card = await told.ask("video-gen production", MEMBER.id)
        advice_id, button = advice_id_of(card), approve_button(card)
        await submit(told, await open_modal(told, card, button, MEMBER.id))
        reprice(told, 1.01)
        click = {"type": "button", "action_id": button, "block_id": "b", "value": advice_id}
        await told.hands.act(card, click, user_id=ADMINISTRATOR.id)
        await told.settle()
        await submit(told, modal(told))
        direct = told.slack.workspace.direct_channel(MEMBER.id).id
        assert "does not count any more" in blocks_text(told.slack.messages(direct)[-1])
