"""What every background job shares: it goes round until it is told to stop, and no error ends it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

__all__ = ["go_round", "survive"]

_log = structlog.get_logger("bot.jobs")
_LONGEST_PAUSE_SECONDS = 30.0

_Result = TypeVar("_Result")


async def go_round(step: Callable[[], Awaitable[int]], stop: asyncio.Event, idle_seconds: float) -> None:
    """Take a `step` again and again until `stop`.

    After a step that found nothing to do (0) it rests `idle_seconds`, after one that failed twice as long each time.
    """
    failures = 0
    while not stop.is_set():
        done = await survive(step)
        failures = failures + 1 if done is None else 0
        pause = idle_seconds * 2**failures if not done else 0.0
        await _rest(stop, min(pause, max(_LONGEST_PAUSE_SECONDS, idle_seconds)))


async def survive(step: Callable[[], Awaitable[_Result]], **about: str) -> _Result | None:
    """What `step` returns; None when it failed, which is logged with what it was `about`.

    The one broad `except` of the background: whatever fails in one piece of work (the database is away, a mistake of
    ours), all other work must go on, and leases see to it that the piece is taken up again.
    """
    try:
        return await step()
    except Exception:  # noqa: BLE001 - see above
        _log.exception("background work failed", **about)
        return None


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
