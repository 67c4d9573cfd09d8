"""Keeps the database from growing with what nobody needs any more."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.jobs.loops import go_round
from bot.store import Scope, Store, pruning

__all__ = ["KEPT_FOR", "Housekeeper"]

_log = structlog.get_logger("bot.jobs.housekeeping")
KEPT_FOR = timedelta(days=90)
_BATCH = 500  # rows a transaction: some tens of milliseconds, so that no request waits for long
_IDLE_SECONDS = 3600.0


class Housekeeper:
    """Lets finished requests and posts go after KEPT_FOR. Any number of processes may each run one."""

    def __init__(self, store: Store, clock: Callable[[], datetime], *, batch: int = _BATCH) -> None:
        self._store, self._clock, self._batch = store, clock, batch

    async def run(self, stop: asyncio.Event) -> None:
        """Sweep every hour until `stop` is set, and on as long as there is something to sweep."""
        await go_round(self.sweep_once, stop, _IDLE_SECONDS)

    async def sweep_once(self) -> int:
        """Delete one batch of each; how many rows went."""
        before = self._clock() - KEPT_FOR
        swept = 0
        for prune in (pruning.prune_inbox, pruning.prune_outbox):
            swept += await asyncio.to_thread(self._sweep, prune, before)
        if swept:
            _log.info("old rows let go", rows=swept)
        return swept

    def _sweep(self, prune: Callable[[Scope, datetime, int], int], before: datetime) -> int:
        with self._store.across() as across:
            return prune(across, before, self._batch)
