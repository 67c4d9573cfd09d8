"""What was finished three months ago is let go, in small batches, and nothing else is."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from bot.jobs.housekeeping import KEPT_FOR, Housekeeper
from bot.local.workspace import CHANNEL, TEAM_ID
from bot.posts import Destination, Post
from bot.store import Store, inbox, outbox
from bot.store.tables import InboxRow, OutboxRow
from tests.jobs.clocks import until

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
OLD, YOUNG = NOW - KEPT_FOR - timedelta(minutes=1), NOW - KEPT_FOR + timedelta(minutes=1)


def keep_request(store: Store, key: str, state: str, finished_at: datetime | None) -> None:
    with store.write(TEAM_ID) as scope:
        row = inbox.put(scope, key, "command", {}, owner="x", now=OLD, lease_seconds=60)
        finished = update(InboxRow).where(col(InboxRow.id) == row)
        scope.execute(finished.values(state=state, finished_at=finished_at))


def keep_post(store: Store, word: str, state: str, finished_at: datetime | None, updates_id: str | None = None) -> str:
    with store.write(TEAM_ID) as scope:
        post = Post(Destination(CHANNEL), "tracked", {"workload": word})
        post_id = outbox.put(scope, post, updates_id=updates_id)
        finished = update(OutboxRow).where(col(OutboxRow.id) == post_id)
        scope.execute(finished.values(state=state, finished_at=finished_at))
    return post_id


def requests(store: Store) -> set[str]:
    with store.read(TEAM_ID) as scope:
        return set(scope.scalars(select(col(InboxRow.dedupe_key))))


def posts(store: Store) -> set[str]:
    with store.read(TEAM_ID) as scope:
        return {row.data["workload"] for row in scope.scalars(select(OutboxRow))}


async def swept(store: Store, batch: int = 500) -> list[int]:
    """Rows that went in each sweep, until one finds nothing."""
    housekeeper, counts = Housekeeper(store, lambda: NOW, batch=batch), [-1]
    while counts[-1]:
        counts.append(await housekeeper.sweep_once())
    return counts[1:]


async def test_finished_requests_go_after_ninety_days_and_waiting_ones_stay(store: Store) -> None:
    for key, state, finished_at in [
        ("done long ago", "done", OLD),
        ("dead long ago", "dead", OLD),
        ("done lately", "done", YOUNG),
        ("waiting", "waiting", None),
    ]:
        keep_request(store, key, state, finished_at)
    assert await swept(store) == [2, 0]
    assert requests(store) == {"done lately", "waiting"}


async def test_finished_posts_go_after_ninety_days_and_unfinished_ones_stay(store: Store) -> None:
    for state in ("sent", "skipped", "dead"):
        keep_post(store, f"{state} long ago", state, OLD)
        keep_post(store, f"{state} lately", state, YOUNG)
    keep_post(store, "waiting", "waiting", None)
    keep_post(store, "sending", "sending", None)
    assert await swept(store) == [3, 0]
    assert posts(store) == {"sent lately", "skipped lately", "dead lately", "waiting", "sending"}


async def test_a_message_that_is_about_to_be_replaced_stays_until_then(store: Store) -> None:
    card = keep_post(store, "card", "sent", OLD)
    replacement = keep_post(store, "decided", "waiting", None, updates_id=card)
    assert await swept(store) == [0]
    with store.across() as scope:
        scope.execute(update(OutboxRow).where(col(OutboxRow.id) == replacement).values(state="sent", finished_at=NOW))
    assert await swept(store) == [1, 0]
    assert posts(store) == {"decided"}


async def test_much_goes_in_small_batches(store: Store) -> None:
    for number in range(7):
        keep_request(store, f"{number}", "done", OLD)
    assert await swept(store, batch=3) == [3, 3, 1, 0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_running_it_sweeps_at_once_until_it_is_stopped(store: Store) -> None:
    keep_request(store, "done long ago", "done", OLD)
    stop = asyncio.Event()
    task = asyncio.create_task(Housekeeper(store, lambda: NOW).run(stop))
    await until(lambda: requests(store) == set())
    stop.set()
    await task
