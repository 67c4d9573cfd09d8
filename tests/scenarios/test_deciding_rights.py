"""Who may approve, asked of Slack when the confirmation opens and again when it is submitted; nobody is left stuck."""

from dataclasses import replace
from typing import Any

import pytest

from bot.local.workspace import ADMINISTRATOR, CHANNEL, MEMBER, Person
from bot.store import workloads
from bot.store.workloads import OwnedWorkload
from engine import Workload
from tests.scenarios.deciding_story import (
    GUEST,
    advice_id_of,
    approve,
    approve_button,
    ask_openly,
    audited,
    choose,
    decision_about,
    join_in,
    open_modal,
    prefer,
    said_to,
    submit,
    view_text,
)
from tests.scenarios.workspace_story import Story, blocks_text, buttons, story

BUDGET_OWNER = Person("U0BUDGET1", "bea", "Bea (budget)")
OWNER = Person("U0OWNER01", "otto", "Otto (owner)")
COST = "advice.approve.cost"


def own(told: Story, owner: str) -> None:
    with told.bot.store.write(told.team_id) as scope:
        workloads.save(scope, OwnedWorkload(Workload("video-gen"), owner=owner))


def change_account(told: Story, person: Person, **changes: Any) -> None:
    """Slack knows this person differently now, and the minute that the bot believes it is over."""
    told.slack.workspace.people[person.id] = replace(person, **changes)
    told.bot.room.forget(told.team_id)


async def test_a_guest_is_told_in_private_that_members_decide(told: Story) -> None:
    join_in(told, GUEST)
    card = await ask_openly(told)
    confirmation = await open_modal(told, card, approve_button(card), GUEST.id)
    assert "Guests may ask, but only members of this workspace may approve" in view_text(confirmation)
    assert confirmation.content.get("submit") is None
    assert audited(told)[-1] == ("right.refuse", GUEST.id)


@pytest.mark.parametrize(("account", "why"), [("is_deactivated", "deactivated"), ("is_guest", "Guests may ask")])
async def test_whoever_lost_the_right_since_the_confirmation_opened_decides_nothing(
    told: Story, account: str, why: str
) -> None:
    card = await ask_openly(told)
    confirmation = await open_modal(told, card, approve_button(card), MEMBER.id)
    change_account(told, MEMBER, **{account: True})
    await submit(told, confirmation)
    assert why in said_to(told, MEMBER.id)
    assert decision_about(told, advice_id_of(card)) is None
    assert audited(told)[-1] == ("right.refuse", MEMBER.id)


@pytest.mark.parametrize("action", ["advice.why", "advice.whatif"])
async def test_whoever_is_deactivated_is_shown_no_story_and_no_form(told: Story, action: str) -> None:
    card = await ask_openly(told)
    change_account(told, MEMBER, is_deactivated=True)
    shown = await open_modal(told, card, action, MEMBER.id)
    assert "deactivated" in view_text(shown)
    assert shown.content.get("submit") is None
    assert audited(told)[-1] == ("right.refuse", MEMBER.id)


async def test_whoever_is_deactivated_turns_no_page(told: Story) -> None:
    before = await told.ask("list")
    change_account(told, MEMBER, is_deactivated=True)
    button = {"type": "button", "action_id": "list.turn.next", "block_id": "b", "value": "2"}
    await told.hands.act(before, button, user_id=MEMBER.id)
    await told.settle()
    assert "deactivated" in said_to(told, MEMBER.id)


@pytest.mark.parametrize("action", ["snooze", "dismiss", "undo"])
async def test_a_guest_neither_snoozes_nor_dismisses_nor_undoes(told: Story, action: str) -> None:
    join_in(told, GUEST)
    card = await ask_openly(told)
    advice_id = advice_id_of(card)
    if action == "snooze":
        await choose(told, card, "advice.snooze", f"{advice_id}:week", GUEST.id)
    elif action == "dismiss":
        form = await open_modal(told, card, "advice.dismiss", MEMBER.id)
        change_account(told, MEMBER, is_guest=True)
        await submit(told, form, reason="not_now")
    else:
        await approve(told, card)
        await told.press(told.shown(card), "advice.undo", user_id=GUEST.id)
    assert "Guests may ask" in said_to(told, MEMBER.id if action == "dismiss" else GUEST.id)
    assert audited(told)[-1][0] == "right.refuse"
    assert (decision_about(told, advice_id) is None) == (action != "undo")


async def test_a_guest_is_not_even_asked_why(told: Story) -> None:
    join_in(told, GUEST)
    refused = await open_modal(told, await ask_openly(told), "advice.dismiss", GUEST.id)
    assert "only members of this workspace may dismiss" in view_text(refused)
    assert audited(told) == [("right.refuse", GUEST.id)]


async def test_a_guest_neither_shares_an_answer_nor_says_what_digests_watch(told: Story) -> None:
    join_in(told, GUEST)
    card = await told.ask("video-gen production", user_id=GUEST.id)
    await told.press(card, "advice.share", user_id=GUEST.id)
    assert "only members of this workspace may share an answer" in said_to(told, GUEST.id)
    assert "only members of this workspace may say what digests watch" in blocks_text(
        await told.ask("track video-gen", user_id=GUEST.id)
    )
    assert audited(told) == [("right.refuse", GUEST.id)] * 2
    assert all(message.visible_to == GUEST.id for message in told.slack.messages(CHANNEL))


async def test_spending_much_more_needs_a_budget_owner_who_is_named_to_whoever_tries(told: Story) -> None:
    join_in(told, BUDGET_OWNER)
    card = await ask_openly(
        told, spending_needs_budget_owner_above_usd_per_day=1000.0, budget_owners=(BUDGET_OWNER.id,)
    )
    said = view_text(await open_modal(told, card, approve_button(card), MEMBER.id))
    assert "a budget owner must approve it" in said
    assert f"Ask <@{BUDGET_OWNER.id}>, or an administrator" in said
    await approve(told, card, BUDGET_OWNER.id)
    assert f"by <@{BUDGET_OWNER.id}>" in blocks_text(told.shown(card))


async def test_spending_less_needs_nobody_in_particular(told: Story) -> None:
    card = await ask_openly(told, spending_needs_budget_owner_above_usd_per_day=0.0)
    advice_id = advice_id_of(card)
    await choose(told, card, "advice.choose", f"{advice_id}:cost", MEMBER.id)  # 52.80 a day, where today is 136
    confirmation = told.slack.state.views.top(MEMBER.id)
    assert confirmation is not None
    await submit(told, confirmation)
    decision = decision_about(told, advice_id)
    assert decision is not None
    assert (decision.objective, decision.decided_by) == ("cost", MEMBER.id)


async def test_without_a_budget_owner_whoever_tries_learns_what_to_set(told: Story) -> None:
    card = await ask_openly(told, spending_needs_budget_owner_above_usd_per_day=1000.0)
    said = view_text(await open_modal(told, card, approve_button(card), MEMBER.id))
    assert "No budget owner is named yet: an administrator of this workspace can approve it" in said
    await approve(told, card, ADMINISTRATOR.id)
    assert "Approved" in blocks_text(told.shown(card))


async def test_slowing_a_workload_down_needs_its_owner(told: Story) -> None:
    join_in(told, OWNER)
    own(told, f"<@{OWNER.id}>")
    prefer(told, answers_in="channel", slowing_needs_owner_above=0.1)
    card = await told.ask("video-gen prototyping floor=100/h")
    choice = approve_button(card)
    said = view_text(await open_modal(told, card, choice, MEMBER.id))
    assert "slows video-gen down by more than 10 % (this workspace's threshold), so its owner must approve it" in said
    assert f"Ask <@{OWNER.id}>" in said
    await approve(told, card, OWNER.id)
    assert f"by <@{OWNER.id}>" in blocks_text(told.shown(card))


async def test_whoever_asked_may_not_approve_alone_where_the_workspace_says_so(told: Story) -> None:
    card = await ask_openly(told, MEMBER.id, is_self_approval_allowed=False)
    said = view_text(await open_modal(told, card, approve_button(card), MEMBER.id))
    assert "You asked for this answer yourself" in said
    assert "Any other member of this workspace can." in said
    await approve(told, card, ADMINISTRATOR.id)
    assert "Approved" in blocks_text(told.shown(card))


async def test_a_lone_budget_owner_who_asked_is_told_which_setting_is_in_the_way(told: Story) -> None:
    card = await ask_openly(
        told,
        MEMBER.id,
        is_self_approval_allowed=False,
        budget_owners=(MEMBER.id,),
        spending_needs_budget_owner_above_usd_per_day=0.0,
    )
    said = view_text(await open_modal(told, card, approve_button(card), MEMBER.id))
    assert "Another administrator of this workspace can approve it" in said
    assert "let people approve what they asked for" in said


async def test_the_machine_s_administrators_count_as_administrators(slack: Story, sqlite_url: str) -> None:
    async with story(slack, sqlite_url, gpu_advise_admins=MEMBER.id) as told:  # type: ignore[arg-type]
        card = await ask_openly(told, spending_needs_budget_owner_above_usd_per_day=0.0)
        await approve(told, card, MEMBER.id)
        assert f"by <@{MEMBER.id}>" in blocks_text(told.shown(card))


class TestTwoApprovers:
    async def test_give_their_words_one_after_the_other(self, told: Story) -> None:
        card = await ask_openly(told, two_approvers_above_usd_per_day=1000.0)
        advice_id = advice_id_of(card)
        confirmation = await open_modal(told, card, approve_button(card), MEMBER.id)
        assert "yours will be the first word" in view_text(confirmation)
        await submit(told, confirmation)
        waiting = told.shown(card)
        assert f"*Waiting for a second person:* <@{MEMBER.id}> approved performance" in blocks_text(waiting)
        assert approve_button(waiting)
        assert decision_about(told, advice_id) is None
        second = await open_modal(told, waiting, approve_button(waiting))
        assert f"<@{MEMBER.id}> has approved, and yours will be the second word" in view_text(second)
        await submit(told, second)
        assert f"*Approved:* performance, by <@{MEMBER.id}> and <@{ADMINISTRATOR.id}>" in blocks_text(told.shown(card))
        assert [action for action, _ in audited(told)][-2:] == ["approval.give", "advice.approve"]

    async def test_are_two_people(self, told: Story) -> None:
        card = await ask_openly(told, two_approvers_above_usd_per_day=1000.0)
        confirmation = await open_modal(told, card, approve_button(card))
        await submit(told, confirmation)
        again = await open_modal(told, told.shown(card), approve_button(told.shown(card)))
        assert "You have approved this already. This workspace asks for two people above $1,000/day" in view_text(again)
        assert again.content.get("submit") is None
        await submit(told, confirmation)
        assert "the second must be somebody else" in said_to(told, ADMINISTRATOR.id)
        assert decision_about(told, advice_id_of(told.shown(card))) is None

    async def test_approve_the_same_configuration(self, told: Story) -> None:
        card = await ask_openly(told, two_approvers_above_usd_per_day=0.0)
        advice_id = advice_id_of(card)
        await approve(told, card, MEMBER.id)
        await choose(told, told.shown(card), "advice.choose", f"{advice_id}:value")
        other = told.slack.state.views.top(ADMINISTRATOR.id)
        assert other is not None
        await submit(told, other)
        assert decision_about(told, advice_id) is None
        said = blocks_text(told.shown(card))
        assert f"<@{MEMBER.id}> approved performance" in said
        assert f"<@{ADMINISTRATOR.id}> approved value" in said

    async def test_may_include_whoever_asked(self, told: Story) -> None:
        card = await ask_openly(told, MEMBER.id, two_approvers_above_usd_per_day=0.0, is_self_approval_allowed=False)
        advice_id = advice_id_of(card)
        await approve(told, card, MEMBER.id)
        await approve(told, told.shown(card), ADMINISTRATOR.id)
        assert decision_about(told, advice_id) is not None
        assert buttons(told.shown(card)) == ["advice.undo", "advice.why"]
        assert len([it for it in told.slack.messages(CHANNEL) if it.visible_to == MEMBER.id]) == 1
