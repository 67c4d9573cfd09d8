"""A clock that tests wind forward; it runs like the real one in between. And patience."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    def __init__(self) -> None:
        self._ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for what another task or thread is about to do."""
    async with asyncio.timeout(60):
        while not is_so():  # noqa: ASYNC110 - nothing in the product tells tests
            await asyncio.sleep(0.02)
