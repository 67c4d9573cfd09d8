"""A clock that only tests wind forward, so that no lease ends because a machine is busy. And patience."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """Stands still, an hour ahead: what the database dates by itself while a test runs is due by this clock."""

    def __init__(self) -> None:
        self._now = datetime.now(UTC) + timedelta(hours=1)

    def __call__(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for what another task or thread is about to do."""
    async with asyncio.timeout(60):
        while not is_so():  # noqa: ASYNC110 - nothing in the product tells tests
            await asyncio.sleep(0.02)
