"""The clock of the digests: every process ticks, and the database decides which of them writes a digest."""

import asyncio
from concurrent.futures import Executor
from datetime import datetime
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.jobs.loops import survive
from bot.store import subscriptions
from bot.store.subscriptions import Subscription
from bot.usecases.digest import Survey, serve, skip, survey
from bot.usecases.periods import due
from bot.usecases.room import Room
from bot.usecases.subscribing import schedule_of

__all__ = ["Ticker"]

_log = structlog.get_logger("bot.jobs.ticks")
_EVERY_SECONDS = 15


class Ticker:
    """Writes every digest that is due. There is no leader: any number of processes may each run one.

    An `executor` of threads shares the work of a large fleet.
    """

    def __init__(self, room: Room, executor: Executor | None = None, *, every_seconds: float = _EVERY_SECONDS) -> None:
        self._room = room
        self._executor = executor
        self._every_seconds = every_seconds
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
        now = self._room.clock()
        surveys: dict[str, Survey] = {}
        written = 0
        for subscription in await asyncio.to_thread(self._subscriptions):
            attend = partial(asyncio.to_thread, self._attend, subscription, now, surveys)
            written += await survive(attend, subscription_id=subscription.id) or 0
        return written

    async def _tick_safely(self) -> None:
        async with self._ticking:
            await survive(self.tick)

    def _subscriptions(self) -> list[Subscription]:
        with self._room.store.across() as scope:
            return subscriptions.list_all(scope)

    def _attend(self, subscription: Subscription, now: datetime, surveys: dict[str, Survey]) -> bool:
        found = due(schedule_of(subscription), subscription.served_until, now)
        for period in found.skipped:
            if skip(self._room, subscription, period):
                _log.warning("digest skipped", subscription_id=subscription.id, period=period.key)
        if found.send is None:
            return False
        team_id = subscription.team_id
        if team_id not in surveys:
            surveys[team_id] = survey(self._room, team_id, self._executor)
        return serve(self._room, subscription, found.send, surveys[team_id])
