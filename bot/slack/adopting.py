"""Whose the token of the settings is: Slack is asked until it says so, and what waits for it becomes its."""

import asyncio

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.identity import Identity, SlackUnreachable, granted_to, identify
from bot.store import workspaces
from bot.usecases.room import Room
from bot.usecases.workspace.installing import install, is_installed

__all__ = ["Adopting"]

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 2.0, 300.0
_log = structlog.get_logger("bot.slack.adopting")


class Adopting:
    """Gives the workspace of the token in `client` what was imported before any workspace was known.

    Where workspaces install by OAuth (`is_many`) the token is kept as its workspace's as well, unless that has one
    already. Slack is asked only when there is such a thing to do; the token tells, as a request may come from a guest's
    workspace. Without a token, nobody can know whose the imports are.
    """

    def __init__(self, room: Room, client: AsyncWebClient, *, is_many: bool) -> None:
        self._room, self._client, self._is_many = room, client, is_many

    async def run(self, stop: asyncio.Event) -> None:
        """Try until it is settled or `stop` is set, each time after twice as long."""
        pause = _FIRST_PAUSE_SECONDS
        while not stop.is_set() and not await self.once():
            try:
                async with asyncio.timeout(pause):
                    await stop.wait()
            except TimeoutError:
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def once(self) -> bool:
        """Do what is to be done now; False when Slack must be asked again."""
        if self._client.token is None or not await asyncio.to_thread(self._is_wanted):
            return True
        try:
            identity = await identify(self._client)
        except SlackUnreachable as problem:
            _log.warning("whose SLACK_BOT_TOKEN is, is not known", reason=str(problem))
            return problem.is_lasting
        await asyncio.to_thread(self._adopt, self._client.token, identity)
        return True

    def _is_wanted(self) -> bool:
        with self._room.store.across() as across:
            return self._is_many or workspaces.UNNAMED in workspaces.list_ids(across)

    def _adopt(self, token: str, identity: Identity) -> None:
        with self._room.store.across() as across:
            is_adopted = workspaces.adopt(across, identity.team_id)
        if is_adopted:
            _log.info("imports adopted", team_id=identity.team_id)
        granted = granted_to(token, identity)
        if self._is_many and not is_installed(self._room, granted):
            install(self._room, granted)
