"""The clock of receipts and trials: every process looks, and the database decides which of them speaks."""

import asyncio
from collections.abc import Callable
from functools import partial

from bot.jobs.loops import go_round, survive
from bot.store import receipts, trials
from bot.usecases.following.receipts import check
from bot.usecases.following.watching import follow
from bot.usecases.room import Room

__all__ = ["Receipts"]

_EVERY_SECONDS = 20.0


class Receipts:
    """Keeps promises that are due and follows trials. There is no leader: any number of processes may each run one."""

    def __init__(self, room: Room) -> None:
        self._room = room

    async def run(self, stop: asyncio.Event) -> None:
        """Look at once and then every few seconds until `stop` is set."""

        async def look() -> int:
            await self.look_once()
            return 0  # rest, however much there was: what was looked at now will not be due again at once

        await go_round(look, stop, _EVERY_SECONDS)

    async def look_once(self) -> int:
        """See to everything that is due now; how many things this process settled."""
        settled = 0
        for settle in await asyncio.to_thread(self._due):
            settled += bool(await survive(partial(asyncio.to_thread, settle)))
        return settled

    def _due(self) -> list[Callable[[], bool]]:
        with self._room.store.read_across() as across:
            promised = receipts.due(across, self._room.clock())
            planned = trials.planned_everywhere(across)
        return [
            *(partial(follow, self._room, trial) for trial in planned),
            *(partial(check, self._room, receipt) for receipt in promised),
        ]
