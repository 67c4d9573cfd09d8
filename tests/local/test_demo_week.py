"""A week passes in the demonstration: what was approved and what was to be tried has run, and the bot tells of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio

from bot.demo import Demo, demonstration
from bot.local.workspace import ADMINISTRATOR, CHANNEL, TEAM_ID, PostedMessage
from bot.store import history
from bot.usecases.workspace.preferences import Preferences, change
from engine import Run
from tests.scenarios.deciding_story import approve_button
from tests.scenarios.workspace_story import blocks_text

WEEK = timedelta(days=7)


@pytest_asyncio.fixture
async def demo() -> AsyncIterator[Demo]:
    with demonstration() as begun:
        with begun.bot.store.write(TEAM_ID) as scope:
            change(scope, Preferences(answers_in="channel"))
        yield begun


async def until(look: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not look():  # noqa: ASYNC110 - the demonstration tells nobody
            await asyncio.sleep(0.05)


def said(demo: Demo, words: str) -> PostedMessage | None:
    return next((it for it in demo.slack.messages(CHANNEL) if words in blocks_text(it)), None)


async def act(demo: Demo, client: httpx.AsyncClient) -> None:
    """Plan the trial of a card, then approve what it recommends."""
    hands = demo.slack.interactions(client, demo.bot_url)
    await hands.command("video-gen production")
    await until(lambda: said(demo, "video-gen · production"))
    card = said(demo, "video-gen · production")
    assert card is not None
    await hands.press(card, "advice.try")
    await until(lambda: _form(demo, "try"))
    day = (demo.calendar().date()).isoformat()
    person = {"type": "users_select", "selected_user": ADMINISTRATOR.id}
    boxes = {"runner": {"chosen": person}, "until": {"chosen": {"type": "datepicker", "selected_date": day}}}
    await hands.submit(demo.slack.state.views.top(ADMINISTRATOR.id), boxes)  # type: ignore[arg-type]
    await hands.press(card, approve_button(card))
    await until(lambda: _form(demo, "approve"))
    await hands.submit(demo.slack.state.views.top(ADMINISTRATOR.id), {})  # type: ignore[arg-type]
    await until(lambda: said(demo, "Hand-off of video-gen"))


def _form(demo: Demo, callback_id: str) -> bool:
    view = demo.slack.state.views.top(ADMINISTRATOR.id)
    return view is not None and view.content.get("callback_id") == callback_id


async def test_a_week_later_the_trial_has_arrived_and_what_was_approved_did_the_work(demo: Demo) -> None:
    began = demo.calendar()
    with demo.bot.store.read(TEAM_ID) as scope:
        work = _work(run for run in history.since(scope, began - WEEK) if run.status == "succeeded")
    async with httpx.AsyncClient(trust_env=False) as client:
        await act(demo, client)
        answer = await client.post(f"{demo.slack.address}/do/week", json={})
    assert answer.json() == {"ok": True}
    await until(lambda: said(demo, "The trial of video-gen has arrived"))
    await until(lambda: said(demo, "Receipt for video-gen"))
    assert "As predicted" in blocks_text(said(demo, "Receipt for video-gen"))  # type: ignore[arg-type]
    with demo.bot.store.read(TEAM_ID) as scope:
        later = [run for run in history.since(scope, began) if run.workload == "video-gen"]
    assert {run.accelerator for run in later} == {"RTXPRO6000-96GB"}
    assert _work(later)["video-gen"] == pytest.approx(work["video-gen"])


async def test_a_week_in_which_nothing_was_decided_goes_on_as_before_and_nobody_is_told(demo: Demo) -> None:
    before = demo.calendar()
    await demo.pass_week()
    await demo.pass_week()
    with demo.bot.store.read(TEAM_ID) as scope:
        weeks = [[run for run in history.since(scope, before - n * WEEK) if run.started_at < before - (n - 1) * WEEK]
                 for n in (1, 0, -1)]  # fmt: skip
    assert (demo.calendar() - before).days == 14
    assert weeks[0]
    for later in weeks[1:]:
        assert [(run.workload, run.units) for run in later] == [(run.workload, run.units) for run in weeks[0]]
    assert not demo.slack.messages(CHANNEL)


def _work(runs: Iterable[Run]) -> dict[str, float]:
    """The units of work of each workload."""
    done: dict[str, float] = {}
    for run in runs:
        done[run.workload] = done.get(run.workload, 0.0) + run.units
    return done
