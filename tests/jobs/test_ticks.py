"""The clock of the digests on both databases: any number of processes tick, and each period has one digest."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import col

from bot.jobs.ticks import Ticker
from bot.local.workspace import CHANNEL, TEAM_ID
from bot.store import Store, subscriptions
from bot.store.tables import OutboxRow, PeriodRow, SubscriptionRow
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
