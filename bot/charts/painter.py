"""A process that draws charts, so that neither the plotting library nor its work is ever in the bot's own."""

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import NamedTuple, TypeAlias

from bot.charts.chart import Chart

__all__ = ["Draw", "NotDrawn", "Painter"]

_START_SECONDS = 20.0  # until a new process can draw: it reads the library and, on a new machine, looks for fonts
_STUCK_SECONDS = 60.0  # without a sign of life, before a process is given up
Draw: TypeAlias = Callable[[Chart], bytes]
Prepare: TypeAlias = Callable[[], object]


class NotDrawn(Exception):
    """There is no picture, and the message says why."""


class _Process(NamedTuple):
    """The process, whether it is ready to draw, and until when that is worth waiting for."""

    pool: ProcessPoolExecutor
    ready: Future[object]
    ready_by: float


class Painter:
    """Draws one chart after the other in one process, which is started by the first of them, or by `warm`.

    `draw` and `prepare`, which makes a new process ready, are functions that another process can import. A chart is
    drawn again, once, when the process died.
    """

    def __init__(self, draw: Draw | None = None, prepare: Prepare | None = None) -> None:
        self._draw = _drawn if draw is None else draw
        self._prepare = _read_library if prepare is None else prepare
        self._process: _Process | None = None
        self._last_sign = 0.0

    async def draw(self, chart: Chart, seconds: float) -> bytes:
        """The chart as a PNG, within so many seconds of a process that is ready.

        Raises:
            NotDrawn: the process died twice, the drawing failed, or it took too long.
        """
        try:
            return await self._drawn_twice(chart, seconds)
        except TimeoutError:
            self._give_up_if_stuck()
            raise NotDrawn(f"no chart within {seconds:g} s") from None
        except BrokenProcessPool:
            raise NotDrawn("the process that draws died twice") from None
        except Exception as problem:  # whatever the plotting library raised: a card is worth more than its chart
            raise NotDrawn(f"{type(problem).__name__}: {problem}") from problem

    def warm(self) -> None:
        """Start the process now, so that the first chart need not wait for it."""
        self._started()

    def close(self) -> None:
        """End the process; what it was drawing is lost. A later chart starts another."""
        process, self._process = self._process, None
        if process is not None:
            for child in tuple((process.pool._processes or {}).values()):  # noqa: SLF001 - no public way before 3.14
                child.kill()
            process.pool.shutdown(wait=True, cancel_futures=True)

    async def _drawn_twice(self, chart: Chart, seconds: float) -> bytes:
        process = self._started()
        try:
            return await self._drawn_in(process, chart, seconds)
        except BrokenProcessPool:
            if self._process is process:  # else whoever waited for the same process has replaced it already
                self.close()
            return await self._drawn_in(self._started(), chart, seconds)

    async def _drawn_in(self, process: _Process, chart: Chart, seconds: float) -> bytes:
        if not process.ready.done():
            async with asyncio.timeout(max(process.ready_by - time.monotonic(), 0.0)):
                await asyncio.shield(asyncio.wrap_future(process.ready))
        async with asyncio.timeout(seconds):
            picture = await asyncio.wrap_future(process.pool.submit(self._draw, chart))
        self._last_sign = time.monotonic()
        return picture

    def _started(self) -> _Process:
        if self._process is None:
            # Not a fork: a lock that another thread of this process holds would be held in the child for ever.
            pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_get_ready)
            self._last_sign = time.monotonic()
            self._process = _Process(pool, pool.submit(self._prepare), self._last_sign + _START_SECONDS)
        return self._process

    def _give_up_if_stuck(self) -> None:
        if time.monotonic() - self._last_sign > _STUCK_SECONDS:
            self.close()


def _get_ready() -> None:
    """In the child: an interrupt at the terminal is the parent's to handle, and nobody outlives the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A killed parent cannot say so: without this its child would wait for charts for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _drawn(chart: Chart) -> bytes:
    from bot.charts.figure import png  # noqa: PLC0415 - the plotting library belongs into the child only

    return png(chart)


def _read_library() -> None:
    import bot.charts.figure  # noqa: F401, PLC0415 - see above; reading it is what takes seconds
