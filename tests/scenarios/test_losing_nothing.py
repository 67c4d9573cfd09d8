"""Requests survive replays, crashes, restarts and a database that is away."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

import pytest

from bot.jobs.worker import Worker
from bot.local.delivery import signed_headers
from bot.local.faults import Fault
from bot.local.slack import LocalSlack
from bot.local.workspace import ADMINISTRATOR, CHANNEL
from bot.store import Store, inbox
from bot.usecases.handle import handle
from tests.scenarios.deciding_story import advice_id_of
from tests.scenarios.workspace_story import EVENTS, Story, keep_runs, runs, story

FORM = "application/x-www-form-urlencoded"


def signed_command(told: Story, text: str, **changes: str) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of a slash command."""
    form = {
        "command": "/gpu-advise",
        "team_id": told.team_id,
        "user_id": ADMINISTRATOR.id,
        "channel_id": CHANNEL,
        "text": text,
        "response_url": told.slack.response_url(CHANNEL, ADMINISTRATOR.id),
        **changes,
    }
    body = urlencode(form).encode()
    now = told.slack.workspace.clock()
    return body, {"content-type": FORM, **signed_headers(told.slack.signing_secret, body, now)}


def inbox_counts(told: Story) -> dict[str, int]:
    with told.bot.store.read(told.team_id) as scope:
        return inbox.counts(scope)


async def test_a_replayed_request_is_accepted_and_does_nothing(told: Story) -> None:
    body, headers = signed_command(told, "help")
    answers = [await told.client.post(EVENTS, content=body, headers=headers) for _ in range(3)]
    await told.settle()
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len(told.slack.messages(CHANNEL)) == 1


async def test_a_replay_after_a_restart_does_nothing_either(slack: LocalSlack, sqlite_url: str) -> None:
    async with story(slack, sqlite_url) as first:
        body, headers = signed_command(first, "help")
        await first.client.post(EVENTS, content=body, headers=headers)
        await first.settle()
    async with story(slack, sqlite_url) as second:
        answer = await second.client.post(EVENTS, content=body, headers=headers)
        await second.settle()
    assert answer.status_code == 200
    assert len(slack.messages(CHANNEL)) == 1


async def test_the_same_words_twice_are_two_requests(told: Story) -> None:
    await told.ask("help")
    await told.ask("help")
    assert len(told.slack.messages(CHANNEL)) == 2


async def test_work_that_a_dead_process_left_is_done_by_a_worker(told: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told.bot._desk, "_start", lambda _work: None)  # the process dies after acknowledging
    assert (await told.hands.command("help")).is_ok
    await told.settle()
    assert not told.slack.messages(CHANNEL)
    worker = Worker(told.bot.store, partial(handle, told.bot.room), told.clock)
    assert await worker.take_once() == 0
    told.clock.ahead += timedelta(minutes=2)
    assert await worker.take_once() == 1
    await told.settle()
    assert len(told.slack.messages(CHANNEL)) == 1


async def test_work_done_twice_is_answered_once(told: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[inbox.Request] = []
    monkeypatch.setattr(told.bot._desk, "_start", taken.append)
    await told.hands.command("help")
    for _ in range(3):
        handle(told.bot.room, taken[0])
    await told.settle()
    assert len(told.slack.messages(CHANNEL)) == 1
    assert inbox_counts(told) == {"waiting": 0, "done": 1, "dead": 0}


async def test_a_body_that_no_use_case_understands_ends_with_an_apology(told: Story) -> None:
    with told.bot.store.write(told.team_id) as scope:
        body = {"user_id": ADMINISTRATOR.id, "channel_id": CHANNEL, "text": 5}
        row = inbox.put(scope, "k", "command", body, owner="x", now=told.clock(), lease_seconds=0)
    assert row is not None
    handle(told.bot.room, inbox.Request(row, told.team_id, "command", body, 1))
    await told.settle()
    [said] = told.slack.messages(CHANNEL)
    assert "reference" in said.text.lower()
    assert said.visible_to == ADMINISTRATOR.id


async def test_a_command_that_cannot_be_written_down_is_answered_at_once(
    told: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "write", broken)
    ack = await told.hands.command("help")
    assert ack.status == 200
    assert "reference" in ack.answer()["text"]
    assert ack.answer()["response_type"] == "ephemeral"


async def test_a_click_that_cannot_be_written_down_is_refused_and_may_come_again(
    told: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await told.ask("video-gen production")
    option = {"value": f"{advice_id_of(card)}:week"}
    snooze = {"type": "static_select", "action_id": "advice.snooze", "block_id": "b", "selected_option": option}
    with monkeypatch.context() as patch:
        patch.setattr(Store, "write", broken)
        assert (await told.hands.act(card, snooze)).status == 503
    assert (await told.hands.act(card, snooze)).is_ok
    await told.settle()
    assert "Snoozed" in str(told.shown(card).blocks)


async def test_a_row_that_cannot_be_written_does_not_take_its_neighbours_with_it(
    told: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_all: Callable[..., list[str | None]] = inbox.put_all

    def choosy(scope: object, given: list[inbox.Delivery], **how: object) -> list[str | None]:
        if any(delivery.body["text"] == "poison" for delivery in given):
            raise ValueError(given)
        return put_all(scope, given, **how)

    monkeypatch.setattr(inbox, "put_all", choosy)
    hands = [told.hands.command(text) for text in ("help", "poison", "list", "status")]
    acks = await asyncio.gather(*hands)
    assert [bool(ack.body) for ack in acks] == [False, True, False, False]
    await told.settle()
    assert inbox_counts(told)["done"] == 3


@pytest.mark.parametrize("faults", [[Fault.down()], [Fault.rate_limited(), Fault.rate_limited(), Fault.rate_limited()]])
async def test_an_answer_survives_a_slack_that_is_down(told: Story, faults: list[Fault]) -> None:
    told.slack.fail_next("response_url", *faults)
    await told.hands.command("help")
    for _ in range(5):
        await told.settle()
        told.clock.ahead += timedelta(minutes=1)
    assert len(told.slack.messages(CHANNEL)) == 1


async def test_an_event_that_slack_repeats_is_acknowledged_each_time(told: Story) -> None:
    for _ in range(2):
        assert (await told.hands.open_home()).is_ok
    assert await told.hands.verify_url()


async def test_two_workspaces_never_see_each_other(slack: LocalSlack, sqlite_url: str) -> None:
    async with story(slack, sqlite_url) as told:
        keep_runs(told.bot.store, "T0OTHER", runs("their-secret"))
        answer = await told.ask("their-secret")
        assert "I know no workload" in answer.text
        body, headers = signed_command(told, "their-secret", team_id="T0OTHER")
        assert (await told.client.post(EVENTS, content=body, headers=headers)).status_code == 200
        await told.settle()
        assert "I know no workload" not in told.slack.messages(CHANNEL)[-1].text


def broken(*_: object, **__: object) -> None:
    raise OSError("the database is away")
