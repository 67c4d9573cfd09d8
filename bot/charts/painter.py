"""A process that draws charts, so that neither the plotting library nor its work is ever in the bot's own."""

import asyncio
import multiprocessing
import signal
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from bot.charts.chart import Chart

__all__ = ["Draw", "NotDrawn", "Painter"]

_STUCK_SECONDS = 60.0  # the first chart takes some seconds: the library is read, and fonts are looked for
Draw = Callable[[Chart], bytes]


class NotDrawn(Exception):
    """There is no picture, and the message says why."""


class Painter:
    """Draws one chart after the other in one process, which is started by the first of them, or by `warm`.

    `draw` is a function that another process can import; it is asked again once when that process died.
    """

    def __init__(self, draw: Draw | None = None) -> None:
        self._draw = _drawn if draw is None else draw
        self._pool: ProcessPoolExecutor | None = None
        self._last_sign = 0.0

    async def draw(self, chart: Chart, seconds: float) -> bytes:
        """The chart as a PNG.

        Raises:
            NotDrawn: the process died twice, the drawing failed, or it took longer than `seconds`.
        """
        try:
            async with asyncio.timeout(seconds):
                return await self._drawn_twice(chart)
        except TimeoutError:
            self._give_up_if_stuck()
            raise NotDrawn(f"no chart within {seconds:g} s") from None
        except BrokenProcessPool:
            raise NotDrawn("the process that draws died twice") from None
        except Exception as problem:  # whatever the plotting library raised: a card is worth more than its chart
            raise NotDrawn(f"{type(problem).__name__}: {problem}") from problem

    def warm(self) -> None:
        """Start the process now, so that the first chart need not wait for it."""
        self._started().submit(_ready)

    def close(self) -> None:
        """End the process; what it was drawing is lost. A later chart starts another."""
        if self._pool is not None:
            for process in tuple((self._pool._processes or {}).values()):  # noqa: SLF001 - no public way before 3.14
                process.kill()
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = None

    async def _drawn_twice(self, chart: Chart) -> bytes:
        pool = self._started()
        try:
            return await self._drawn_in(pool, chart)
        except BrokenProcessPool:
            if self._pool is pool:  # else whoever waited for the same process has replaced it already
                self.close()
            return await self._drawn_in(self._started(), chart)

    async def _drawn_in(self, pool: ProcessPoolExecutor, chart: Chart) -> bytes:
        picture = await asyncio.wrap_future(pool.submit(self._draw, chart))
        self._last_sign = time.monotonic()
        return picture

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Not a fork: a lock that another thread of this process holds would be held in the child for ever.
            self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_get_ready)
            self._last_sign = time.monotonic()
        return self._pool

    def _give_up_if_stuck(self) -> None:
        if time.monotonic() - self._last_sign > _STUCK_SECONDS:
            self.close()


def _get_ready() -> None:
    """In the child: an interrupt at the terminal is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _drawn(chart: Chart) -> bytes:
    from bot.charts.figure import png  # noqa: PLC0415 - the plotting library belongs into the child only

    return png(chart)


def _ready() -> bytes:
    import bot.charts.figure  # noqa: F401, PLC0415 - see above; reading it is what takes seconds

    return b""
