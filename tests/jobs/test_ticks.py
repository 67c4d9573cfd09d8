"""The clock of the digests on both databases: any number of processes tick, and each period has one digest."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from bot.jobs import ticks
from bot.jobs.ticks import Ticker
from bot.local.workspace import CHANNEL, TEAM_ID
from bot.store import Store, subscriptions
from bot.store.tables import OutboxRow, PeriodRow, SubscriptionRow
from bot.usecases.digests.surveying import Beat, Survey, survey
from bot.usecases.room import Room
from tests.jobs.clocks import until
from tests.jobs.fleets import NINE, keep_quiet_fleet

BEFORE = NINE - timedelta(days=3)


class Hand:
    """A clock whose hand tests set."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def subscribe(store: Store, *channels: str, days: Sequence[int] = (0,), at: str = "09:00", zone: str = "UTC") -> None:
    with store.write(TEAM_ID) as scope:
        for channel in channels:
            subscriptions.subscribe(scope, channel, days, at, zone, by=None, created_at=BEFORE)


def digests(store: Store) -> list[tuple[str, str]]:
    """Channel and period of every digest in the outbox, in their order."""
    with store.read(TEAM_ID) as scope:
        rows = scope.scalars(select(col(OutboxRow.data)).order_by(col(OutboxRow.position)))
        return [(data["channel"], data["period"]) for data in rows]


def periods(store: Store) -> dict[str, bool]:
    """Every recorded period, and whether it was skipped."""
    with store.read(TEAM_ID) as scope:
        return {row.key: row.is_skipped for row in scope.scalars(select(PeriodRow))}


async def test_nothing_is_written_before_its_time_and_once_after(store: Store) -> None:
    subscribe(store, CHANNEL)
    hand = Hand(NINE - timedelta(seconds=1))
    ticker = Ticker(Room(store, clock=hand))
    assert await ticker.tick() == 0
    hand.at = NINE
    assert await ticker.tick() == 1
    assert await ticker.tick() == 0
    assert digests(store) == [(CHANNEL, "2026-11-23T09:00")]


async def test_many_processes_write_each_digest_once(store: Store) -> None:
    channels = [f"C{number}" for number in range(6)]
    subscribe(store, *channels)
    keep_quiet_fleet(store)
    tickers = [Ticker(Room(store, clock=lambda: NINE)) for _ in range(4)]
    written = await asyncio.gather(*(ticker.tick() for ticker in tickers))
    assert sum(written) == len(channels)
    assert Counter(channel for channel, _ in digests(store)) == dict.fromkeys(channels, 1)


async def test_one_process_looks_at_a_workspace_while_the_others_wait(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(store, "C1", "C2")
    keep_quiet_fleet(store)
    looks: list[str] = []

    def slow(room: Room, team_id: str, beat: Beat) -> Survey:
        looks.append(team_id)
        time.sleep(0.3)
        return survey(room, team_id, beat)

    monkeypatch.setattr(ticks, "survey", slow)
    tickers = [Ticker(Room(store, clock=lambda: NINE)) for _ in range(4)]
    written = await asyncio.gather(*(ticker.tick() for ticker in tickers))
    assert (sorted(written), looks) == ([0, 0, 0, 2], [TEAM_ID])


async def test_a_process_that_dies_while_it_looks_is_replaced_when_its_lease_ends(store: Store) -> None:
    subscribe(store, CHANNEL)
    with store.write(TEAM_ID) as scope:  # what is left of a process that was killed
        [subscription] = subscriptions.list_all(scope)
        assert subscriptions.lease(scope, [subscription.id], NINE, NINE + timedelta(seconds=60))
    hand = Hand(NINE + timedelta(seconds=59))
    ticker = Ticker(Room(store, clock=hand))
    assert await ticker.tick() == 0
    hand.at = NINE + timedelta(seconds=60)
    assert await ticker.tick() == 1
    assert digests(store) == [(CHANNEL, "2026-11-23T09:00")]


async def test_two_that_look_all_the_same_write_one_digest(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribe(store, CHANNEL)
    monkeypatch.setattr(Ticker, "_leased", lambda _self, _team, ids, _now: set(ids))
    tickers = [Ticker(Room(store, clock=lambda: NINE)) for _ in range(3)]
    assert sum(await asyncio.gather(*(ticker.tick() for ticker in tickers))) == 1
    assert len(digests(store)) == 1


async def test_a_look_that_failed_is_taken_again_at_the_next_tick(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(store, CHANNEL)
    ticker = Ticker(Room(store, clock=lambda: NINE))
    with monkeypatch.context() as patched:
        patched.setattr(ticks, "survey", broken)
        assert await ticker.tick() == 0
    assert await ticker.tick() == 1


def broken(*_: object) -> Survey:
    raise OSError("the database is away")


async def test_a_paused_subscription_sleeps_and_makes_up_for_nothing(store: Store) -> None:
    subscribe(store, "C1", "C2", days=range(7))
    hand = Hand(BEFORE + timedelta(hours=1))
    with store.write(TEAM_ID) as scope:
        [paused, _] = subscriptions.list_all(scope)
        subscriptions.pause(scope, paused.id, hand.at, is_paused=True)
    ticker = Ticker(Room(store, clock=hand))
    for _ in range(3):
        hand.at += timedelta(days=1)
        await ticker.tick()
    assert {channel for channel, _ in digests(store)} == {"C2"}
    with store.write(TEAM_ID) as scope:
        subscriptions.pause(scope, paused.id, hand.at, is_paused=False)
    assert await ticker.tick() == 0
    hand.at += timedelta(days=1)
    assert await ticker.tick() == 2
    assert [period for channel, period in digests(store) if channel == "C1"] == ["2026-11-24T09:00"]


async def test_several_subscriptions_of_a_channel_have_periods_of_their_own(store: Store) -> None:
    with store.write(TEAM_ID) as scope:
        for name in ("", "one", "two"):
            subscriptions.subscribe(scope, CHANNEL, [0], "09:00", "UTC", by=None, created_at=BEFORE, name=name)
    tickers = [Ticker(Room(store, clock=lambda: NINE)) for _ in range(3)]
    assert sum(await asyncio.gather(*(ticker.tick() for ticker in tickers))) == 3
    assert digests(store) == [(CHANNEL, "2026-11-23T09:00")] * 3


async def test_a_week_of_ticks_writes_a_digest_a_day_across_a_clock_change(store: Store) -> None:
    subscribe(store, CHANNEL, days=range(7), at="02:30", zone="Europe/Berlin")
    start = datetime(2027, 3, 25, tzinfo=UTC)  # the clocks go forward on the 28th, at two
    with store.across() as scope:
        scope.execute(update(SubscriptionRow).values(served_until=start))
    hand = Hand(start)
    ticker = Ticker(Room(store, clock=hand))
    for _ in range(6 * 8):
        await ticker.tick()
        hand.at += timedelta(hours=3)
    assert [period for _, period in digests(store)] == [f"2027-03-{day}T02:30" for day in range(25, 31)]


async def test_after_a_short_absence_the_digest_comes_late(store: Store) -> None:
    subscribe(store, CHANNEL)
    assert await Ticker(Room(store, clock=lambda: NINE + timedelta(hours=11))).tick() == 1
    assert periods(store) == {"2026-11-23T09:00": False}


async def test_after_a_long_absence_it_is_recorded_as_skipped(store: Store) -> None:
    subscribe(store, CHANNEL, days=range(7))
    ticker = Ticker(Room(store, clock=lambda: NINE + timedelta(days=1, hours=13)))
    assert await ticker.tick() == 0
    assert await ticker.tick() == 0
    assert digests(store) == []
    assert set(periods(store).values()) == {True}
    assert max(periods(store)) == "2026-11-24T09:00"


async def test_a_subscription_that_cannot_be_served_does_not_stop_the_others(store: Store) -> None:
    subscribe(store, "C1", "C2", "C3")
    with store.across() as scope:  # a zone that an update of the tables took away
        broken = update(SubscriptionRow).where(col(SubscriptionRow.channel) == "C2")
        scope.execute(broken.values(timezone="Europe/Atlantis"))
    assert await Ticker(Room(store, clock=lambda: NINE)).tick() == 2
    assert [channel for channel, _ in digests(store)] == ["C1", "C3"]


async def test_running_it_ticks_at_once_and_again_until_it_is_stopped(store: Store) -> None:
    subscribe(store, "C1")
    hand = Hand(NINE)
    ticker, stop = Ticker(Room(store, clock=hand), every_seconds=0.05), asyncio.Event()
    task = asyncio.create_task(ticker.run(stop))
    await until(lambda: len(digests(store)) == 1)
    hand.at = NINE + timedelta(days=7)
    await until(lambda: len(digests(store)) == 2)
    stop.set()
    await task
    assert [period[:10] for _, period in digests(store)] == ["2026-11-23", "2026-11-30"]
