"""Time-outs that end exactly when Slack falls silent: no test waits for one, and no busy machine brings one about."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest

from bot.local.slack import LocalSlack

__all__ = ["Hourglass", "held_up", "turned"]


@dataclass(eq=False)
class _Sand:
    seconds: float
    limit: asyncio.Timeout
    loop: asyncio.AbstractEventLoop
    is_over: threading.Event = field(default_factory=threading.Event)

    def run_out(self) -> None:
        """In the loop of whoever waits."""
        if not self.is_over.is_set():
            self.limit.reschedule(self.loop.time())


class Hourglass:
    """Stands in for `asyncio` in a module whose time-outs it holds: they last until `pause` is longer than they are."""

    def __init__(self) -> None:
        self._running: set[_Sand] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    @asynccontextmanager
    async def timeout(self, seconds: float) -> AsyncIterator[asyncio.Timeout]:
        """`asyncio.timeout`, as far as the product uses it."""
        async with asyncio.timeout(None) as limit:
            sand = _Sand(seconds, limit, asyncio.get_running_loop())
            self._running.add(sand)
            try:
                yield limit
            finally:
                self._running.discard(sand)
                sand.is_over.set()

    async def sleep(self, _seconds: float) -> None:
        """Waiting for its own sake is over at once."""
        await asyncio.sleep(0)

    async def pause(self, seconds: float) -> None:
        """Slack's silence: whoever would wait for less gives up, and has done so when this returns; else it lasts."""
        impatient = [sand for sand in tuple(self._running) if sand.seconds < seconds]
        if not impatient:
            await asyncio.sleep(seconds)
        for sand in impatient:
            sand.loop.call_soon_threadsafe(sand.run_out)
        for sand in impatient:
            await asyncio.to_thread(sand.is_over.wait, 60)


@contextmanager
def held_up(slack: LocalSlack) -> Iterator[None]:
    """Slack's silences last as long as this block."""
    is_over = threading.Event()

    async def pause(_seconds: float) -> None:
        await asyncio.to_thread(is_over.wait, 60)

    slack.web_api.pause = pause
    try:
        yield
    finally:
        is_over.set()


def turned(monkeypatch: pytest.MonkeyPatch, slack: LocalSlack, *modules: ModuleType) -> None:
    """Let the time-outs of these modules run out when, and only when, `slack` is silent for longer than they last."""
    hourglass = Hourglass()
    for module in modules:
        monkeypatch.setattr(module, "asyncio", hourglass)
    slack.web_api.pause = hourglass.pause
