"""The webhook's sender: takes deliveries that are due, signs them, and tries for a day to bring each one there."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import NamedTuple, TypeAlias, TypeVar

import structlog

from bot.jobs.loops import go_round, survive
from bot.jobs.webhook_client import NotAllowed, Unreachable
from bot.store import Scope, webhooks
from bot.store.webhooks import ClaimedDelivery
from bot.usecases.following.webhooks import headers
from bot.usecases.room import Room
from bot.usecases.workspace.preferences import preferences
from bot.vault import VaultError

__all__ = ["Webhooks"]

_log = structlog.get_logger("bot.jobs.webhooks")
_AT_ONCE = 10
_IDLE_SECONDS = 2.0
_LEASE_SECONDS = 60.0  # several times what an attempt may take
_GIVE_UP_AFTER = timedelta(hours=24)
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 5.0, 3600.0
_OK, _REDIRECT, _CLIENT, _SERVER = 200, 300, 400, 500
_PASSING = {408, 425, 429}

_Result = TypeVar("_Result")
Carry: TypeAlias = Callable[[str, bytes, Mapping[str, str]], Awaitable[int]]
"""Posts a body with headers to an address; the status of the answer. Raises NotAllowed and Unreachable."""


class _Answer(NamedTuple):
    """What came of an attempt: a status where there was one, what was wrong, and whether trying again may help."""

    url: str
    status: int | None
    problem: str | None
    is_final: bool = True


class Webhooks:
    """Delivers for every workspace; any number of processes may each run one.

    At least once, with the same id: a delivery whose answer was lost is made again. 2xx is delivered; a redirect and
    4xx (but 408, 425, 429) are final refusals; all else is tried again, each time twice as late, for 24 hours.
    """

    def __init__(self, room: Room, carry: Carry) -> None:
        self._room = room
        self._carry = carry
        self._owner = f"webhooks-{secrets.token_hex(8)}"

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set."""
        await go_round(self.drain_once, stop, _IDLE_SECONDS)

    async def drain_once(self) -> int:
        """Attempt what is due now; how many deliveries were taken."""
        claimed = await self._in_store(self._claim)
        await asyncio.gather(*(survive(partial(self._see_off, each), delivery_id=each.id) for each in claimed))
        return len(claimed)

    def _claim(self, across: Scope) -> list[ClaimedDelivery]:
        return webhooks.claim(across, self._owner, self._room.clock(), _LEASE_SECONDS, _AT_ONCE)

    async def _see_off(self, delivery: ClaimedDelivery) -> None:
        await self._in_store(partial(self._settle, delivery, await self._attempted(delivery)))

    async def _attempted(self, delivery: ClaimedDelivery) -> _Answer:
        """To the address of this moment: one that was taken back must not be sent to any more."""
        url, secret = await asyncio.to_thread(self._configured, delivery.team_id)
        if url is None or secret is None:
            return _Answer("", None, "the workspace has no webhook any more, or its secret cannot be read")
        sent = headers(delivery.id, delivery.body, secret, self._room.clock())
        try:
            return _of_status(url, await self._carry(url, delivery.body.encode(), sent))
        except NotAllowed as refused:
            return _Answer(url, None, str(refused))
        except Unreachable as problem:
            return _Answer(url, None, str(problem), is_final=False)

    def _configured(self, team_id: str) -> tuple[str | None, str | None]:
        with self._room.store.read(team_id) as scope:
            wanted = preferences(scope)
        try:
            return wanted.webhook_url, self._room.vault.open(wanted.webhook_secret) if wanted.webhook_secret else None
        except VaultError as problem:
            _log.error("the webhook's secret cannot be read", team_id=team_id, reason=str(problem))
            return wanted.webhook_url, None

    def _settle(self, delivery: ClaimedDelivery, answer: _Answer, across: Scope) -> None:
        now = self._room.clock()
        if answer.problem is None:
            webhooks.mark_delivered(across, delivery.id, self._owner, now, answer.url, answer.status or _OK)
        elif answer.is_final or now - delivery.created_at > _GIVE_UP_AFTER:
            _log.error("delivery is a dead letter", delivery_id=delivery.id, team_id=delivery.team_id,
                       reason=answer.problem)  # fmt: skip
            webhooks.mark_dead(across, delivery.id, self._owner, now, answer.status, answer.problem)
        else:
            wait = min(_FIRST_WAIT_SECONDS * 2.0 ** min(delivery.attempts - 1, 20), _LONGEST_WAIT_SECONDS)
            again_at = now + timedelta(seconds=wait)
            webhooks.mark_retry(across, delivery.id, self._owner, again_at, answer.status, answer.problem)

    async def _in_store(self, change: Callable[[Scope], _Result]) -> _Result:
        def transaction() -> _Result:
            with self._room.store.across() as scope:
                return change(scope)

        return await asyncio.to_thread(transaction)


def _of_status(url: str, status: int) -> _Answer:
    if _OK <= status < _REDIRECT:
        return _Answer(url, status, None)
    if _REDIRECT <= status < _CLIENT:
        return _Answer(url, status, f"HTTP {status}: a redirect is not followed")
    is_final = _CLIENT <= status < _SERVER and status not in _PASSING
    return _Answer(url, status, f"HTTP {status}", is_final=is_final)
