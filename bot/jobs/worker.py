"""Work that Slack asked for and nobody finished: taken up by whoever is alive."""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.jobs.loops import go_round, survive
from bot.store import AlreadySettled, Store, inbox
from bot.store.inbox import Request

__all__ = ["Worker"]

_log = structlog.get_logger("bot.jobs.worker")
_LEASE_SECONDS = 120.0  # longer than any question takes
_IDLE_SECONDS = 2.0
_ATTEMPTS = 5
_FAILED = "handling failed; the log has the reason"


class Worker:
    """Handles requests whose lease ran out, as after a crash; any number of processes may each run one.

    `handle` does the work of one request and settles it in the transaction of its use case, so that finishing twice
    is impossible; it runs in a thread. A request that fails five times is dead, and `status` counts it.
    """

    def __init__(self, store: Store, handle: Callable[[Request], None], clock: Callable[[], datetime]) -> None:
        self._store = store
        self._handle = handle
        self._clock = clock
        self._owner = f"worker-{secrets.token_hex(8)}"

    async def run(self, stop: asyncio.Event) -> None:
        """Look for orphans until `stop` is set."""
        await go_round(self.take_once, stop, _IDLE_SECONDS)

    async def take_once(self) -> int:
        """Handle the orphans that there are now; how many there were."""
        requests = await asyncio.to_thread(self._claim)
        for request in requests:
            attempt = partial(asyncio.to_thread, self._attempt, request)
            if await survive(attempt, inbox_id=request.id, kind=request.kind) is None:
                await asyncio.to_thread(self._postpone, request)
        return len(requests)

    def _claim(self) -> list[Request]:
        with self._store.across() as scope:
            return inbox.claim(scope, self._owner, self._clock(), _LEASE_SECONDS)

    def _attempt(self, request: Request) -> bool:
        with suppress(AlreadySettled):  # whoever seemed dead was only slow
            self._handle(request)
        return True

    def _postpone(self, request: Request) -> None:
        now = self._clock()
        with self._store.across() as scope:
            if request.attempts >= _ATTEMPTS:
                _log.error("request is dead", inbox_id=request.id, kind=request.kind, attempts=request.attempts)
                inbox.mark_dead(scope, request.id, now, _FAILED)
            else:
                inbox.mark_retry(scope, request.id, now + timedelta(seconds=2.0**request.attempts), _FAILED)
