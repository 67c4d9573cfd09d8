"""Keeps people from waiting for a fit: after an upgrade each workspace's model is fitted anew before anybody asks."""

import asyncio

from bot.jobs.loops import go_round
from bot.store import workspaces
from bot.usecases.learning.keeping import catch_up
from bot.usecases.room import Room

__all__ = ["Refitter"]

_IDLE_SECONDS = 3600.0


class Refitter:
    """Catches the model of each workspace up with this engine and its spec sheets.

    Only the first look after a release, or after new spec sheets, finds anything to do. Any number of processes may
    each run one: the first to be done saves.
    """

    def __init__(self, room: Room) -> None:
        self._room = room

    async def run(self, stop: asyncio.Event) -> None:
        """Look at the start and every hour until `stop` is set."""
        await go_round(self.look_once, stop, _IDLE_SECONDS)

    async def look_once(self) -> int:
        """Look at all workspaces, one after another; always 0, as nothing is left to do after a look."""
        for team_id in await asyncio.to_thread(self._workspaces):
            await asyncio.to_thread(catch_up, self._room, team_id)
        return 0

    def _workspaces(self) -> list[str]:
        with self._room.store.across() as across:
            return workspaces.list_ids(across)
