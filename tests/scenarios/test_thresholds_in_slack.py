"""A workload's own thresholds: who sets them, how far they reach, and how everybody learns whose word they are."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.local.slack import LocalSlack
from bot.local.views import OpenView
from bot.local.workspace import ADMINISTRATOR, MEMBER, Person
from bot.store import audit, workloads
from bot.store.workloads import OwnedWorkload
from bot.usecases.workspace.thresholds import Own, own
from engine import Stage, Workload
from tests.scenarios.deciding_story import (
    advice_id_of,
    approve,
    approve_button,
    ask_openly,
    decision_about,
    filled,
    join_in,
    modal,
    open_modal,
    prefer,
    said_to,
    submit,
    view_text,
)
from tests.scenarios.workspace_story import Story, blocks_text, keep_runs, runs, story

OWNER = Person("U0OWNER01", "otto", "Otto (owner)")
FORM = "workload.settings"


@pytest_asyncio.fixture
async def anywhere(slack: LocalSlack, database_url: str) -> AsyncIterator[Story]:
    """A story on either database."""
    async with story(slack, database_url) as begun:
        keep_runs(begun.bot.store, begun.team_id, runs())
        yield begun


def give_an_owner(told: Story, stage: Stage | None = None) -> None:
    join_in(told, OWNER)
    with told.bot.store.write(told.team_id) as scope:
        workloads.save(scope, OwnedWorkload(Workload("video-gen", stage=stage), owner=OWNER.id))


def standing(told: Story) -> dict[str, Own]:
    with told.bot.store.read(told.team_id) as scope:
        return {str(name): each for name, each in own(scope, "video-gen").items()}


def attempts(told: Story) -> list[str | None]:
    """Who tried to change the thresholds and may not."""
    with told.bot.store.read(told.team_id) as scope:
        refused = [entry for entry in audit.entries(scope) if entry.action == "right.refuse"]
    assert all(entry.detail["right"] == "thresholds" for entry in refused)
    return [entry.actor for entry in refused]


def changes(told: Story) -> list[tuple[str | None, Any, Any]]:
    with told.bot.store.read(told.team_id) as scope:
        entries = [entry for entry in audit.entries(scope) if entry.action == "thresholds.change"]
    return [(entry.actor, entry.detail["before"], entry.detail["after"]) for entry in entries]


async def opened(told: Story, user_id: str) -> OpenView:
    """The form, from behind the three dots of a card."""
    return await open_modal(told, await told.ask("video-gen production", user_id), FORM, user_id)


async def test_an_owner_asks_for_two_people_and_everybody_learns_whose_word_that_is(anywhere: Story) -> None:
    give_an_owner(anywhere)
    answer = await anywhere.ask("settings video-gen two-approvers=$500", OWNER.id)
    assert answer.visible_to == OWNER.id
    assert "two-approvers-above* workspace → $500/day" in blocks_text(answer)
    assert changes(anywhere) == [(OWNER.id, {"two-approvers-above": "workspace"}, {"two-approvers-above": "$500/day"})]

    card = await ask_openly(anywhere)
    advice_id = advice_id_of(card)
    confirmation = await open_modal(anywhere, card, approve_button(card), MEMBER.id)
    assert "This workload's owner asks for two people above $500/day: yours will be the first" in view_text(
        confirmation
    )
    await submit(anywhere, confirmation)
    assert "This workload's owner asks for two people above $500/day" in said_to(anywhere, MEMBER.id)
    assert decision_about(anywhere, advice_id) is None

    await approve(anywhere, anywhere.shown(card))
    assert decision_about(anywhere, advice_id) is not None


async def test_a_form_sets_them_and_an_empty_box_gives_them_up(anywhere: Story) -> None:
    give_an_owner(anywhere)
    view = await opened(anywhere, OWNER.id)
    await submit(anywhere, view, **{"spending-above": "$10", "slowing-above": "5%"})
    assert standing(anywhere) == {
        "spending-above": Own(10.0, OWNER.id, is_administrators=False),
        "slowing-above": Own(0.05, OWNER.id, is_administrators=False),
    }
    view = await opened(anywhere, OWNER.id)
    state = filled(view)
    assert state["spending-above"]["typed"]["value"] == "$10/day"
    state["spending-above"]["typed"]["value"] = None
    assert (await anywhere.hands.submit(view, state)).is_ok
    await anywhere.settle()
    assert set(standing(anywhere)) == {"slowing-above"}


async def test_an_import_of_workloads_leaves_them_as_they_are(anywhere: Story) -> None:
    await anywhere.ask("settings video-gen slowing=5%")
    give_an_owner(anywhere)
    assert standing(anywhere) == {"slowing-above": Own(0.05, ADMINISTRATOR.id, is_administrators=True)}


class TestAnOwner:
    @pytest.mark.parametrize("words", ["spending=$900", "spending=never"])
    async def test_loosens_nothing_that_the_workspace_asks_for(self, told: Story, words: str) -> None:
        give_an_owner(told)
        prefer(told, spending_needs_budget_owner_above_usd_per_day=500.0)
        refused = blocks_text(await told.ask(f"settings video-gen {words}", OWNER.id))
        assert "would loosen spending-above, which this workspace set to $500/day" in refused
        assert "ask an administrator" in refused
        assert standing(told) == {}

    async def test_is_told_beside_the_box(self, told: Story) -> None:
        give_an_owner(told)
        prefer(told, two_approvers_above_usd_per_day=500.0)
        view = await opened(told, OWNER.id)
        ack = await told.hands.submit(view, filled(view, **{"two-approvers-above": "never"}))
        assert list(ack.answer()["errors"]) == ["two-approvers-above"]

    @pytest.mark.parametrize("words", ["two-approvers=$900", "two-approvers=workspace"])
    async def test_lifts_nothing_that_an_administrator_set(self, told: Story, words: str) -> None:
        give_an_owner(told)
        await told.ask("settings video-gen two-approvers=$100")
        assert "an administrator set to $100/day" in blocks_text(
            await told.ask(f"settings video-gen {words}", OWNER.id)
        )
        assert standing(told)["two-approvers-above"].above == 100.0

    async def test_alone_decides_from_when_on_slowing_down_needs_them(self, told: Story) -> None:
        give_an_owner(told)
        prefer(told, slowing_needs_owner_above=0.1)
        await told.ask("settings video-gen slowing=50%", OWNER.id)
        assert standing(told)["slowing-above"] == Own(0.5, OWNER.id, is_administrators=False)

    async def test_is_held_to_a_workspace_that_has_become_stricter_since(self, told: Story) -> None:
        give_an_owner(told)
        await told.ask("settings video-gen two-approvers=$5000", OWNER.id)
        prefer(told, two_approvers_above_usd_per_day=500.0, answers_in="channel")
        card = await told.ask("video-gen production")
        confirmation = await open_modal(told, card, approve_button(card), MEMBER.id)
        assert "This workspace asks for two people above $500/day" in view_text(confirmation)

    async def test_keeps_whatever_they_leave_as_it_was(self, told: Story) -> None:
        give_an_owner(told)
        await told.ask("settings video-gen spending=$200")
        await submit(told, await opened(told, OWNER.id), **{"slowing-above": "5%"})
        assert standing(told)["spending-above"] == Own(200.0, ADMINISTRATOR.id, is_administrators=True)


class TestAnAdministrator:
    async def test_may_ask_for_less_than_the_workspace(self, told: Story) -> None:
        prefer(told, two_approvers_above_usd_per_day=0.0, answers_in="channel")
        await told.ask("settings video-gen two-approvers=never")
        card = await told.ask("video-gen production")
        advice_id = advice_id_of(card)
        await approve(told, card, MEMBER.id)
        assert decision_about(told, advice_id) is not None

    async def test_is_named_to_whoever_may_not(self, told: Story) -> None:
        await told.ask("settings video-gen spending=$100")
        card = await ask_openly(told)
        refused = view_text(await open_modal(told, card, approve_button(card), MEMBER.id))
        assert "over $100/day more than today" in refused
        assert "(an administrator's threshold for this workload), so a budget owner must approve it" in refused


class TestAMember:
    async def test_sees_what_holds_and_whose_word_it_is(self, told: Story) -> None:
        give_an_owner(told)
        await told.ask("settings video-gen slowing=5%", OWNER.id)
        shown = blocks_text(await told.ask("settings video-gen", MEMBER.id))
        assert "Slowing down that needs the workload's owner: *5 %*, set by its owner" in shown
        assert "Cost that needs two people: *never*, as everywhere in this workspace" in shown
        assert f"*Owner:* <@{OWNER.id}>" in shown

    async def test_changes_nothing(self, told: Story) -> None:
        give_an_owner(told)
        refused = await told.ask("settings video-gen spending=never", MEMBER.id)
        assert "Only the owner of video-gen, or an administrator, may change its thresholds" in blocks_text(refused)
        assert attempts(told) == [MEMBER.id]
        assert "Only the owner" in view_text(await opened(told, MEMBER.id))
        assert modal(told, MEMBER.id).content.get("submit") is None
        assert standing(told) == {}

    async def test_may_change_the_stage_alone_where_nobody_owns_the_workload(self, told: Story) -> None:
        view = await opened(told, MEMBER.id)
        assert set(filled(view)) == {"stage"}
        assert "only an administrator of this workspace may change these" in view_text(view)
        await submit(told, view, stage="validation")
        assert "*stage* read from its history → validation" in said_to(told, MEMBER.id)
        with told.bot.store.read(told.team_id) as scope:
            found = workloads.get(scope, "video-gen")
        assert found is not None
        assert found.workload.stage == "validation"

    async def test_who_forges_a_form_changes_nothing(self, told: Story) -> None:
        give_an_owner(told, stage="validation")
        view = await opened(told, OWNER.id)
        state = filled(view, stage="production", **{"slowing-above": "90%"})
        view.user_id = MEMBER.id
        await told.hands.submit(view, state)
        await told.settle()
        assert standing(told) == {}
        with told.bot.store.read(told.team_id) as scope:
            found = workloads.get(scope, "video-gen")
        assert found is not None
        assert found.workload.stage == "validation"


async def test_a_form_that_somebody_overtook_is_not_saved(told: Story) -> None:
    view = await opened(told, ADMINISTRATOR.id)
    await told.ask("settings video-gen slowing=5%")
    ack = await told.hands.submit(view, filled(view, **{"slowing-above": "50%"}))
    assert "Somebody changed this while it was open" in next(iter(ack.answer()["errors"].values()))
    assert standing(told)["slowing-above"].above == 0.05


UNREADABLE = {
    "viedo-gen": "Did you mean video-gen?",
    "viedo-gen two-approvers=5": "Did you mean video-gen?",
    "video-gen two-approvers=lots": "is not a number I can read",
    "video-gen two-approvers=-5": "must be above 0",
    "video-gen slowing=1e400": "is no such percentage",
    "video-gen guardrail=15%": "guardrail is the workspace's alone",
    "video-gen two-approver=5": "did you mean two-approvers-above?",
    "video-gen spending=workspace": "This stands already",
    "guardrail": "is no setting with a value",
}


async def test_what_cannot_be_set_is_answered_with_what_to_do(told: Story) -> None:
    for words, said in UNREADABLE.items():
        assert said.casefold() in blocks_text(await told.ask(f"settings {words}")).casefold(), words
    assert standing(told) == {}
