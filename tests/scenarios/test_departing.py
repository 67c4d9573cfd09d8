"""A workspace that removes the bot, told by Slack's signed events: nothing more is sent there."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest
import pytest_asyncio
from sqlalchemy import select
from sqlmodel import col

from bot.jobs.worker import Worker
from bot.local import payloads
from bot.local.slack import LocalSlack
from bot.local.workspace import ADMINISTRATOR, CHANNEL
from bot.posts import Destination, Post
from bot.store import Scope, audit, inbox, outbox, subscriptions
from bot.store.tables import OutboxRow
from bot.usecases.handle import handle
from bot.usecases.workspace.preferences import Preferences, change, preferences
from tests.scenarios.workspace_story import Story, story

OTHER_TEAM = "T0OTHER"
UNINSTALLED = {"type": "app_uninstalled"}
BOT_TOKEN_REVOKED = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0BOT"]}}
PERSONAL_TOKEN_REVOKED = {"type": "tokens_revoked", "tokens": {"oauth": ["U0ADMIN"], "bot": []}}


@pytest_asyncio.fixture
async def busy(slack: LocalSlack, database_url: str) -> AsyncIterator[Story]:
    """Two workspaces with a subscription and a post that waits, on either database."""
    async with story(slack, database_url) as told:
        for team_id in (told.team_id, OTHER_TEAM):
            with told.bot.store.write(team_id) as scope:
                subscribe(scope, told)
                outbox.put(scope, Post(Destination(CHANNEL), "help", {}))
        yield told


def subscribe(scope: Scope, told: Story) -> None:
    subscriptions.subscribe(scope, CHANNEL, range(5), "09:00", "UTC", by="U1", created_at=told.clock())


def left(told: Story, team_id: str) -> tuple[list[tuple[str, str | None]], int]:
    """State and error of each post, and how many subscriptions there are."""
    with told.bot.store.read(team_id) as scope:
        posts = scope.execute(select(col(OutboxRow.state), col(OutboxRow.error)))
        return [(state, error) for state, error in posts], len(subscriptions.list_all(scope))


UNTOUCHED = ([("waiting", None)], 1)


@pytest.mark.parametrize("event", [UNINSTALLED, BOT_TOKEN_REVOKED], ids=lambda event: event["type"])
async def test_whoever_leaves_is_sent_nothing_more_and_nobody_else_notices(
    busy: Story, event: dict[str, object]
) -> None:
    ack = await busy.hands.event(event)
    await busy.bot.idle()
    assert ack.status == 200
    assert left(busy, busy.team_id) == ([("dead", f"the workspace let the bot go: {event['type']}")], 0)
    assert left(busy, OTHER_TEAM) == UNTOUCHED
    await busy.settle()
    assert left(busy, OTHER_TEAM) == ([("sent", None)], 1)
    assert len(busy.slack.messages()) == 1


async def test_a_person_who_takes_back_a_token_of_their_own_changes_nothing(busy: Story) -> None:
    ack = await busy.hands.event(PERSONAL_TOKEN_REVOKED)
    await busy.bot.idle()
    assert ack.status == 200
    assert left(busy, busy.team_id) == UNTOUCHED


@pytest.mark.parametrize("tokens", [None, "all", [], {}, {"bot": None}, {"bot": "U0BOT"}, {"bot": [None, 7, {}]}])
async def test_tokens_of_no_known_shape_change_nothing(busy: Story, tokens: object) -> None:
    ack = await busy.hands.event({"type": "tokens_revoked", "tokens": tokens})
    await busy.bot.idle()
    assert ack.status == 200
    assert left(busy, busy.team_id) == UNTOUCHED


async def test_an_event_that_slack_repeats_does_not_stop_what_began_after_it(told: Story) -> None:
    payload = payloads.event(told.slack.state, UNINSTALLED)
    for _ in range(2):
        ack = await told.hands._delivery.deliver("events_api", payload)
        await told.bot.idle()
        assert ack.status == 200
        if not left(told, told.team_id)[1]:
            with told.bot.store.write(told.team_id) as scope:
                subscribe(scope, told)
    assert left(told, told.team_id)[1] == 1


async def test_a_departure_that_failed_is_taken_up_again(told: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    with told.bot.store.write(told.team_id) as scope:
        subscribe(scope, told)
    with monkeypatch.context() as away:
        away.setattr(subscriptions, "end_all", None)
        await told.hands.event(UNINSTALLED)
        await told.bot.idle()
    assert left(told, told.team_id) == ([], 1)
    told.clock.ahead += timedelta(minutes=5)
    worker = Worker(told.bot.store, partial(handle, told.bot.room), told.clock)
    assert await worker.take_once() == 1
    assert left(told, told.team_id) == ([], 0)
    with told.bot.store.read(told.team_id) as scope:
        assert inbox.counts(scope) == {"waiting": 0, "done": 1, "dead": 0}


async def test_whoever_leaves_takes_the_webhook_along_but_no_other_setting(told: Story) -> None:
    kept = Preferences(webhook_url="https://example.com", webhook_secret="sealed", budget_owners=("U1",))
    with told.bot.store.write(told.team_id) as scope:
        change(scope, kept)
    await told.hands.event(UNINSTALLED)
    await told.bot.idle()
    with told.bot.store.read(told.team_id) as scope:
        assert preferences(scope) == Preferences(budget_owners=("U1",))
        assert [entry.detail for entry in audit.entries(scope)] == [{"event_type": "app_uninstalled"}]


async def test_who_somebody_is_there_is_forgotten(told: Story) -> None:
    told.bot.room.people(told.team_id, ADMINISTRATOR.id)
    await told.hands.event(UNINSTALLED)
    await told.bot.idle()
    told.bot.room.people(told.team_id, ADMINISTRATOR.id)
    assert len(told.slack.calls("users.info")) == 2
