"""Two workspaces with one bot: neither ever sees, decides or changes anything of the other's."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest_asyncio

from bot.local.views import OpenView
from bot.local.workspace import ADMINISTRATOR, CHANNEL, PostedMessage
from bot.store import (
    advices,
    approvals,
    decisions,
    fleets,
    history,
    receipts,
    subscriptions,
    trials,
    workloads,
    workspaces,
)
from bot.store.approvals import Approval
from bot.usecases.handle import _CLICKS, _SUBMISSIONS
from bot.usecases.opening import MODALS, SUGGESTIONS
from bot.usecases.workspace.preferences import Preferences, change, preferences
from engine import Policy
from tests.local_slack_fixture import Front
from tests.scenarios.two_workspaces import Both, install, two_workspaces
from tests.scenarios.workspace_story import Story, runs

SECRET = "skunkworks-llm"  # the other workspace's workload: nobody here may ever read its name
MINE = "video-gen"
COMMANDS = (
    f"{SECRET} production", "help", "list",
    "list name=skunk", "list owner=U0ADMIN01", "status", "digest", "digest list",
    "digest now", "settings", "settings audit", f"track {SECRET}", f"untrack {SECRET}", f"{MINE} production",
)  # fmt: skip
ADVICE = "01advice"
NOBODY = "U0NOBODY9"  # who did everything over there


@pytest_asyncio.fixture
async def both(served_front: tuple[Front, str], database_url: str) -> AsyncIterator[Both]:
    async with two_workspaces(*served_front, database_url) as running:
        await furnish(running)
        yield running


@pytest_asyncio.fixture
async def quick(served_front: tuple[Front, str], sqlite_url: str) -> AsyncIterator[Both]:
    """On one database, for what asks hundreds of times."""
    async with two_workspaces(*served_front, sqlite_url) as running:
        await furnish(running)
        yield running


async def furnish(running: Both) -> None:
    """One has a workload; the other has another, an open advice about it, and a trace of every kind."""
    for told, workload in ((running.one, MINE), (running.other, SECRET)):
        await install(running, told)
        with told.bot.store.write(told.team_id) as scope:
            history.add_runs(scope, "test", runs(workload))
    leave_traces(running.other)


def leave_traces(told: Story) -> None:
    now = told.clock()
    nothing: Any = {}
    document: Any = {
        "workload": SECRET,
        "unit": "token",
        "catalog_version": "c",
        "model_version": "m",
        "history_digest": "h",
    }
    with told.bot.store.write(told.team_id) as scope:
        until = now + timedelta(days=7)
        advices.save(scope, ADVICE, {}, document, asked_by=None, created_at=now, expires_at=until)
        approvals.give(scope, Approval(ADVICE, NOBODY, now, "cost", nothing))
        subscriptions.subscribe(scope, CHANNEL, range(5), "09:00", "UTC", by=NOBODY, created_at=now)
        fleets.keep(scope, now, {"workloads": 1, "top": [{"workload": SECRET}]})
        receipts.promise(scope, ADVICE, SECRET, "7d", until, {"channel": CHANNEL, "thread_ts": None})
        trials.begin(scope, ADVICE, SECRET, nothing, nothing, runner=NOBODY, until=until, by=NOBODY, at=now)
        workspaces.save_policy(scope, Policy(max_accelerators=64))
        change(scope, Preferences(budget_owners=(NOBODY,)))


def snapshot(told: Story) -> dict[str, Any]:
    """Everything of this workspace that anybody could have changed."""
    with told.bot.store.read(told.team_id) as scope:
        return {
            "advice": advices.get(scope, ADVICE),
            "decision": decisions.get(scope, ADVICE),
            "words": approvals.given(scope, ADVICE),
            "receipts": receipts.of_advice(scope, ADVICE),
            "trials": trials.planned(scope),
            "subscriptions": subscriptions.list_all(scope),
            "workloads": workloads.list_all(scope),
            "policy": workspaces.policy(scope),
            "preferences": preferences(scope),
        }


def said(told: Story) -> str:
    """All that anybody of this workspace ever saw: messages, modals and the Home tab."""
    views = [view.content for view in told.slack.state.views._all()]
    return json.dumps([[(message.text, message.blocks) for message in told.slack.messages()], views], default=str)


async def test_no_command_reads_or_changes_anything_of_the_other_workspace(both: Both) -> None:
    before = snapshot(both.other)
    for text in COMMANDS:
        await both.one.ask(text)
    await both.one.hands.command("")
    await both.one.hands.open_home()
    await both.one.settle()
    asked = [message for message in both.one.slack.messages() if SECRET in message.text]
    assert all("I know no workload" in message.text for message in asked)  # their own words, quoted back
    assert NOBODY not in said(both.one)
    assert snapshot(both.other) == before
    assert both.other.slack.messages() == ()


def ids(told: Story, verb: str = "") -> list[str]:
    """Those ids of the other workspace that a click of this kind would name; every one where none is usual."""
    kept = snapshot(told)
    by_kind = {
        "advice": [ADVICE, f"{ADVICE}:cost"],
        "digest": [kept["subscriptions"][0].id],
        "trial": [kept["trials"][0].id],
        "exclusion": [ADVICE, SECRET],
        "list": [SECRET],
    }
    return by_kind.get(verb.partition(".")[0], [*by_kind["advice"], *by_kind["digest"], *by_kind["trial"], SECRET])


async def test_no_click_with_an_id_of_theirs_shows_or_decides_it(quick: Both) -> None:
    before, card = snapshot(quick.other), await quick.one.ask("help")
    for verb in sorted({*_CLICKS, *MODALS}):
        for value in ids(quick.other, verb):
            button = {"type": "button", "action_id": verb, "block_id": "b", "value": value}
            await quick.one.hands.act(card, button)
    await quick.one.settle()
    assert snapshot(quick.other) == before
    assert quick.other.slack.messages() == ()
    assert '"token"' not in said(quick.one)
    assert NOBODY not in said(quick.one)


async def test_no_form_about_something_of_theirs_decides_it(quick: Both) -> None:
    before = snapshot(quick.other)
    for callback_id in sorted(_SUBMISSIONS):
        for found in ids(quick.other):
            named = ("advice_id", "trial_id", "subscription_id", "id", "workload", "exclusion_id")
            every = json.dumps({"channel_id": CHANNEL, **dict.fromkeys(named, found), "choice": "cost"})
            plain = json.dumps({"channel_id": CHANNEL, "advice_id": found, "choice": "cost"})
            for metadata in (every, plain):
                await quick.one.hands.submit(a_form(callback_id, metadata), {})
    await quick.one.settle()
    assert snapshot(quick.other) == before
    assert quick.other.slack.messages() == ()


def a_form(callback_id: str, metadata: str) -> OpenView:
    content = {"type": "modal", "callback_id": callback_id, "private_metadata": metadata, "blocks": []}
    return OpenView("V1", ADMINISTRATOR.id, content, "V1")


async def test_no_menu_offers_anything_of_theirs(both: Both) -> None:
    view = a_form("ask", "{}")
    for action_id in SUGGESTIONS:
        for typed in ("", "skunk", SECRET):
            ack = await both.one.hands.suggest(view, "b", action_id, typed)
            assert SECRET not in ack.body.decode()


async def test_a_message_of_theirs_is_not_redrawn_by_a_click_here(both: Both) -> None:
    theirs = await both.other.ask("help")
    mine = await both.one.ask("help")
    forged = PostedMessage(theirs.channel_id, theirs.ts, theirs.user_id, theirs.text, mine.blocks)
    button = {"type": "button", "action_id": "advice.snooze", "block_id": "b", "value": ADVICE}
    await both.one.hands.act(forged, button)
    await both.one.settle()
    assert both.other.shown(theirs).edited_ts is None


async def test_one_that_leaves_takes_nothing_of_the_other_along(both: Both) -> None:
    before = snapshot(both.other)
    await both.one.hands.event({"type": "app_uninstalled"})
    await both.one.bot.idle()
    assert snapshot(both.other) == before
    await both.other.ask("help")
    assert len(both.other.slack.messages()) == 1
