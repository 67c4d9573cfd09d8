"""Where requests are taken down: a durable row first, then the acknowledgement, then the work in a thread."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import TypeAlias

import structlog

from bot.slack.turns import Turns
from bot.store import Store, inbox, workspaces
from bot.usecases.requests import Request

__all__ = ["Afterwards", "Desk"]

Afterwards: TypeAlias = Callable[[], None]
"""Starts the work of one request; called once its acknowledgement is sent."""

_LEASE_SECONDS = 60.0  # much longer than any answer takes; then another process may take the work for abandoned
_THREADS = 4  # the work is arithmetic: more threads would only take turns
_LONG_THREADS = 1  # for what takes minutes, so that short questions never wait for it
_log = structlog.get_logger("bot.slack.desk")


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    request: Request
    delivery: str
    written: "asyncio.Future[inbox.Request | None]"


class Desk:
    """Takes requests down and sees to it that they are worked on: here at once, elsewhere if this process dies.

    One thread writes, and what arrives while it is busy goes into its next transaction: a burst of requests costs a
    few commits, and none of them waits for a lock. `do` works on one request and is called in another thread; what
    `is_long` has a thread of its own. Workspaces take turns.
    """

    def __init__(
        self,
        store: Store,
        do: Callable[[inbox.Request], None],
        clock: Callable[[], datetime],
        is_long: Callable[[inbox.Request], bool] = lambda _: False,
    ) -> None:
        self._store, self._do, self._clock, self._is_long = store, do, clock, is_long
        self._owner = f"desk-{secrets.token_hex(8)}"
        self._known: set[str] = set()  # workspaces
        self._entries: deque[_Entry] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="inbox")
        self._turns, self._long_turns = Turns(_THREADS, "work"), Turns(_LONG_THREADS, "long-work")
        self._under_way: set[Future[None]] = set()

    async def take(self, request: Request, delivery: str) -> list[Afterwards]:
        """Write `request` down; what to start after the acknowledgement: nothing for a delivery that came before.

        Raises:
            Exception: whatever the database raised; the request must not be acknowledged.
        """
        entry = _Entry(request, delivery, asyncio.get_running_loop().create_future())
        self._entries.append(entry)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        work = await entry.written
        return [] if work is None else [partial(self._start, work)]

    async def idle(self) -> None:
        """Wait until all work that was started has ended."""
        while self._under_way:
            await asyncio.to_thread(wait, tuple(self._under_way))

    async def stop(self, seconds: float) -> None:
        """Finish what is under way, for so many seconds; what has not begun stays in the inbox for another process."""
        self._turns.stop()
        self._long_turns.stop()
        await asyncio.to_thread(wait, tuple(self._under_way), seconds)
        self._writer.shutdown(wait=False)

    def _start(self, work: inbox.Request) -> None:
        """Not by way of the event loop, which would be woken once more for every piece of work that ends."""
        turns = self._long_turns if self._is_long(work) else self._turns
        future = turns.submit(work.team_id, partial(self._do, work))
        self._under_way.add(future)
        future.add_done_callback(self._finished)

    def _finished(self, future: Future[None]) -> None:
        self._under_way.discard(future)
        if not future.cancelled() and (problem := future.exception()) is not None:
            _log.error("work is left to another process", exc_info=problem)

    async def _write_all(self) -> None:
        while self._entries:
            await asyncio.sleep(0)  # requests that have arrived already come into the same transaction
            batch = sorted(self._entries, key=_team)
            self._entries.clear()
            for team_id, entries in groupby(batch, key=_team):
                await self._write_together(team_id, list(entries))

    async def _write_together(self, team_id: str, entries: Sequence[_Entry]) -> None:
        """One transaction; a row that cannot be written must not take its neighbours with it."""
        written = asyncio.get_running_loop().run_in_executor(self._writer, self._write, team_id, entries)
        [outcome] = await asyncio.gather(written, return_exceptions=True)
        if isinstance(outcome, BaseException) and entries[1:]:
            for entry in entries:
                await self._write_together(team_id, [entry])
        elif isinstance(outcome, BaseException):
            _raise_in(entries[0].written, outcome)
        else:
            for entry, work in zip(entries, outcome, strict=True):
                _return_to(entry.written, work)

    def _write(self, team_id: str, entries: Sequence[_Entry]) -> list[inbox.Request | None]:
        now = self._clock()
        deliveries = [_delivery(entry) for entry in entries]
        is_here = any(entry.request.kind != "departure" for entry in entries)  # an organisation can depart, too
        with self._store.write(team_id) as scope:
            if is_here and team_id not in self._known:
                workspaces.ensure(scope)
            kept = inbox.put_all(scope, deliveries, owner=self._owner, now=now, lease_seconds=_LEASE_SECONDS)
        self._known |= {team_id} if is_here else set()
        return [
            None if inbox_id is None else inbox.Request(inbox_id, team_id, given.kind, given.body, attempts=1)
            for inbox_id, given in zip(kept, deliveries, strict=True)
        ]


def _delivery(entry: _Entry) -> inbox.Delivery:
    return inbox.Delivery(entry.delivery, entry.request.kind, entry.request.model_dump(mode="json"))


def _team(entry: _Entry) -> str:
    return entry.request.team_id


def _return_to(waiting: "asyncio.Future[inbox.Request | None]", work: inbox.Request | None) -> None:
    if not waiting.cancelled():
        waiting.set_result(work)


def _raise_in(waiting: "asyncio.Future[inbox.Request | None]", problem: BaseException) -> None:
    if not waiting.cancelled():
        waiting.set_exception(problem)
