"""An approval is bound to a price: it is looked up when the confirmation opens, and again when it is submitted."""

from bot.local.workspace import ADMINISTRATOR
from tests.scenarios.deciding_story import (
    advice_id_of,
    approve,
    approve_button,
    ask_openly,
    audited,
    decision_about,
    open_modal,
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
    assert buttons(told.shown(card)) == ["advice.undo"]
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
    confirmation = await open_modal(told, card, approve_button(card), "U0MEMBER1")
    reprice(told, 1.05)
    moved = await open_modal(told, card, approve_button(card))
    reprice(told, 1.0)
    await submit(told, confirmation)
    await submit(told, moved)
    assert decision_about(told, advice_id) is not None
    assert "<@U0MEMBER1> was first" in said_to(told, ADMINISTRATOR.id)
    assert [action for action, _ in audited(told)] == ["advice.approve"]


async def test_words_given_at_another_price_do_not_count(told: Story) -> None:
    card = await ask_openly(told, two_approvers_above_usd_per_day=0.0)
    await approve(told, card, "U0MEMBER1")
    advice_id = advice_id_of(told.shown(card))
    reprice(told, 1.01)
    await approve(told, told.shown(card))
    assert decision_about(told, advice_id) is None
    assert "A second person must approve it too" in said_to(told, ADMINISTRATOR.id)
