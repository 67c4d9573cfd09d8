"""The clock of the digests: every process ticks, one of them does the work, and the database decides who writes."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.jobs.loops import survive
from bot.store import subscriptions
from bot.store.subscriptions import Subscription
from bot.usecases.digests.described import schedule_of
from bot.usecases.digests.digest import serve, skip, survey
from bot.usecases.digests.periods import Period, due
from bot.usecases.room import Room

__all__ = ["Ticker"]

_log = structlog.get_logger("bot.jobs.ticks")
_EVERY_SECONDS = 15
_LEASE_SECONDS = 120.0  # of the subscriptions that are surveyed for; renewed every few seconds of that


class Ticker:
    """Writes every digest that is due. There is no leader: any number of processes may each run one.

    Before the long look at a workspace a process leases the subscriptions that are due, so that others do not look as
    well; when it dies, the lease ends and another takes over. Should two look all the same, the period that only one
    of them can claim keeps the digest from coming twice.
    """

    def __init__(
        self, room: Room, *, every_seconds: float = _EVERY_SECONDS, lease_seconds: float = _LEASE_SECONDS
    ) -> None:
        self._room = room
        self._every_seconds = every_seconds
        self._lease = timedelta(seconds=lease_seconds)
        self._ticking = asyncio.Lock()

    async def run(self, stop: asyncio.Event) -> None:
        """Tick at once, so that a restart catches up, and then every few seconds until `stop` is set.

        The scheduler lives in memory: a job store that processes share would fire once in each of them.
        """
        await self._tick_safely()
        scheduler = AsyncIOScheduler(timezone="UTC")
        often = IntervalTrigger(seconds=self._every_seconds, timezone="UTC")
        scheduler.add_job(self._tick_safely, often, max_instances=1, coalesce=True, misfire_grace_time=None)
        scheduler.start()
        await stop.wait()
        scheduler.pause()
        async with self._ticking:
            scheduler.shutdown(wait=False)

    async def tick(self) -> int:
        """Write what is due now; how many digests this process wrote. Each workspace is surveyed at most once."""
        standing = await asyncio.to_thread(self._subscriptions)
        written = 0
        for team_id, theirs in groupby(standing, key=lambda each: each.team_id):
            attend = partial(asyncio.to_thread, self._attend, team_id, list(theirs))
            written += await survive(attend, team_id=team_id) or 0
        return written

    async def _tick_safely(self) -> None:
        async with self._ticking:
            await survive(self.tick)

    def _subscriptions(self) -> list[Subscription]:
        with self._room.store.read_across() as scope:
            return [each for each in subscriptions.list_all(scope) if not each.is_paused]

    def _attend(self, team_id: str, theirs: Iterable[Subscription]) -> int:
        """Serve a workspace's digests that are due, from one look at it."""
        now = self._room.clock()
        wanted = {each.id: (each, period) for each in theirs if (period := self._due(each, now))}
        mine = self._leased(team_id, list(wanted), now) if wanted else set()
        if not mine:
            return 0
        try:
            surveyed = survey(self._room, team_id, lambda *_: self._hold(team_id, sorted(mine)))
            writes = [partial(serve, self._room, *wanted[it], surveyed) for it in wanted if it in mine]
            return sum(self._served(write) for write in writes)
        finally:
            self._release(team_id, sorted(mine))

    def _due(self, subscription: Subscription, now: datetime) -> Period | None:
        """The period to send; those that it is too late for are recorded."""
        try:
            found = due(schedule_of(subscription), subscription.served_until, now)
        except Exception:  # noqa: BLE001 - one that cannot be read, as when a zone has left the tables, stops no other
            _log.exception("a digest has no schedule that can be read", subscription_id=subscription.id)
            return None
        for period in found.skipped:
            if skip(self._room, subscription, period):
                _log.warning("digest skipped", subscription_id=subscription.id, period=period.key)
        return found.send

    def _served(self, write: partial[bool]) -> bool:
        try:
            return write()
        except Exception:  # noqa: BLE001 - the next tick tries again; the workspace's other digests go out now
            _log.exception("a digest could not be written", subscription_id=write.args[1].id)
            return False

    def _leased(self, team_id: str, ids: Sequence[str], now: datetime) -> set[str]:
        with self._room.store.write(team_id) as scope:
            return subscriptions.lease(scope, ids, now, now + self._lease)

    def _hold(self, team_id: str, ids: Sequence[str]) -> None:
        with self._room.store.write(team_id) as scope:
            subscriptions.renew(scope, ids, self._room.clock() + self._lease)

    def _release(self, team_id: str, ids: Sequence[str]) -> None:
        with self._room.store.write(team_id) as scope:
            subscriptions.renew(scope, ids, None)
