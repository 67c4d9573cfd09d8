"""What a stranger does, from asking to the receipt: signed requests, both databases; nobody is stuck or spammed."""

from collections.abc import AsyncIterator

import pytest_asyncio

from bot.local.slack import LocalSlack
from bot.local.workspace import ADMINISTRATOR, CHANNEL, MEMBER, TEAM_ID
from bot.store import Store, audit
from tests.scenarios.after_story import arrive, look, plan_trial, runs_on, thread_of, trials_of, wait
from tests.scenarios.deciding_story import advice_id_of, approve, choose, decision_about, modal, newest, view_text
from tests.scenarios.workspace_story import Story, blocks_text, buttons, keep_runs, runs, story


@pytest_asyncio.fixture
async def told(slack: LocalSlack, database_url: str) -> AsyncIterator[Story]:
    store = Store(database_url)
    keep_runs(store, TEAM_ID, runs())
    store.close()
    async with story(slack, database_url) as begun:
        yield begun


async def test_asking_trying_approving_undoing_snoozing_and_the_receipt(told: Story) -> None:
    # Ask, share, and read why.
    private = await told.ask("video-gen production")
    await told.press(private, "advice.share")
    card = newest(told)
    await told.press(card, "advice.why", user_id=MEMBER.id)
    assert "what was" in view_text(modal(told, MEMBER.id)).casefold()

    # Try first: the run that arrives verifies the card.
    assert not await plan_trial(told, card)
    [planned] = trials_of(told)
    speed = planned.predicted["units_per_hour"]["p50"]
    arrive(told, runs_on(told, planned.configuration, speed, 1, name="trial", is_trial=True))
    await look(told)
    assert not trials_of(told)
    assert "erified" in blocks_text(told.shown(card))

    # Approve, think again, undo: the card is open again.
    card = told.shown(card)
    await approve(told, card)
    advice_id = advice_id_of(private)
    assert decision_about(told, advice_id) is not None
    assert "Hand-off" in thread_of(told, card)[-1]
    await told.press(told.shown(card), "advice.undo")
    assert decision_about(told, advice_id) is None
    assert [action for action in buttons(told.shown(card)) if action.startswith("advice.approve")]

    # Snooze, and a digest keeps quiet about it.
    await choose(told, told.shown(card), "advice.snooze", f"{advice_id}:week")
    assert "Snoozed" in blocks_text(told.shown(card))
    await told.ask("digest now")
    assert "Nothing" in blocks_text(newest(told))

    # Ask once more, approve, run on it: a week later the receipt is in the thread, once.
    second = await told.ask("video-gen production")
    await told.press(second, "advice.share")
    card = newest(told)
    await approve(told, card)
    decision = decision_about(told, advice_id_of(second))
    assert decision is not None
    assert decision.forecast is not None
    arrive(told, runs_on(told, decision.configuration, decision.forecast["units_per_hour"]["p50"], 3))
    before = len(thread_of(told, card))
    await wait(told, 7.5)
    [receipt] = thread_of(told, card)[before:]
    assert "inside" in receipt
    assert await wait(told, 0.1) == 0

    # All of it is in the audit log.
    with told.bot.store.read(TEAM_ID) as scope:
        done = {entry.action for entry in audit.entries(scope)}
    assert {"advice.share", "advice.approve", "advice.undo", "advice.snooze"} <= done


async def test_home_and_settings_open_for_an_administrator(told: Story) -> None:
    await told.hands.open_home()
    await told.settle()
    home = told.slack.state.views.home(ADMINISTRATOR.id)
    assert home is not None
    assert home.content["blocks"]
    assert "settings" in blocks_text(await told.ask("settings")).casefold()


async def test_the_form_and_what_if_work_on_both_databases(told: Story) -> None:
    await told.hands.command("")
    await told.settle()
    assert modal(told).content["callback_id"] == "ask"
    ack = await told.hands.suggest(modal(told), "workload", "find.workload", "video")
    assert [option["value"] for option in ack.answer()["options"]] == ["video-gen"]


async def test_nothing_is_said_in_the_channel_that_nobody_asked_to_be_said_there(told: Story) -> None:
    await told.ask("video-gen production")
    await told.ask("status")
    await told.ask("list")
    await told.ask("settings")
    assert not [message for message in told.slack.messages(CHANNEL) if message.visible_to is None]
