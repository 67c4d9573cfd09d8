"""The outbox sender: takes posts that are due, renders them, and sees each one into Slack once."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.jobs.courier import Courier, Letter, is_findable, is_repeatable
from bot.jobs.loops import go_round, survive
from bot.jobs.outcomes import Absent, Delivered, Outcome, Refused, Unknown
from bot.jobs.pictures import Pictures
from bot.store import Scope, Store, deliveries
from bot.store.deliveries import ClaimedPost
from bot.views import message

__all__ = ["Sender"]

_log = structlog.get_logger("bot.jobs.sender")
_LEASE_TIMEOUTS = 4.0  # a look, a second page of it, and the sending; two are the least that is safe
_SPACING_SECONDS = 1.0  # Slack takes one message a second and channel
_AT_ONCE = 20
_A_WORKSPACE = 5  # posts under way, after which others come first: at its slowest it cannot take every place
_IDLE_SECONDS = 0.25
_GIVE_UP_AFTER_HOURS = 24
_LONGEST_WAIT_SECONDS = 300.0
_MOST_DOUBTS = 1  # for what no history holds
_PATIENCE = (0.05, 0.1, 0.2)  # parts of a time-out: how long Slack may take to have a file ready that it was given

_Result = TypeVar("_Result")


class Sender:
    """Empties the outbox of every workspace; any number of processes may each run one.

    `client_for(team_id)` gives a workspace's Web API client and raises LookupError for one that has gone. No call to
    Slack lasts longer than `timeout_seconds`; a row is leased for four times that.

    A message whose first sending ended in doubt (time-out, 5xx, broken connection, crash) is looked for in its channel
    before it is sent again. What no history holds (an ephemeral message, an answer to a response address) is sent
    again after the first doubt and given up after the second, because an answer twice is better than none, and three
    times is not. A refusal that is certain is no doubt: such a message is sent again as often as need be.
    """

    def __init__(
        self,
        store: Store,
        client_for: Callable[[str], AsyncWebClient],
        clock: Callable[[], datetime],
        *,
        timeout_seconds: float = 10.0,
        spacing_seconds: float = _SPACING_SECONDS,
        pictures: Pictures | None = None,
    ) -> None:
        self._store = store
        self._client_for = client_for
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        self._spacing_seconds = spacing_seconds
        self._pictures = pictures
        self._owner = f"sender-{secrets.token_hex(8)}"
        self._under_way: dict[asyncio.Task[int | None], str] = {}  # and whose it is
        # Threads of its own: in the loop's, marking a post would wait behind people's questions while its lease ends.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="outbox")

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set, then wait for what is under way. A slow post holds up no other channel."""
        await go_round(self._begin_some, stop, _IDLE_SECONDS)
        await asyncio.gather(*self._under_way)

    async def drain_once(self) -> int:
        """Send what is due now, at most one post a channel; how many posts were taken."""
        posts = await self._claim(_AT_ONCE)
        await asyncio.gather(*(survive(partial(self._see_off, post), outbox_id=post.id) for post in posts))
        return len(posts)

    async def _begin_some(self) -> int:
        posts = await self._claim(min(_AT_ONCE - len(self._under_way), _AT_ONCE // 2))
        for post in posts:
            task = asyncio.create_task(survive(partial(self._see_off, post), outbox_id=post.id))
            self._under_way[task] = post.team_id
            task.add_done_callback(self._under_way.pop)
        return len(posts)

    async def _claim(self, limit: int) -> list[ClaimedPost]:
        lease = _LEASE_TIMEOUTS * self._timeout_seconds
        busy = [team_id for team_id, posts in Counter(self._under_way.values()).items() if posts >= _A_WORKSPACE]
        claim = partial(
            deliveries.claim, owner=self._owner, now=self._clock(), lease_seconds=lease, limit=limit,
            spacing_seconds=self._spacing_seconds, without=busy,
        )  # fmt: skip
        return await self._in_store(claim) if limit > 0 else []

    async def _see_off(self, post: ClaimedPost) -> int:
        outcome = await self._carried(post)
        await self._in_store(partial(self._settle, post, outcome))
        return 1

    async def _carried(self, post: ClaimedPost) -> Outcome:
        try:
            client = self._client_for(post.team_id)
        except LookupError:
            return Refused("the bot is not installed in this workspace", is_permanent=True)
        if self._pictures is None or post.post.view != "advice":
            return await self._said(client, post, {})
        file_id = await self._pictures.file_for(client, post.team_id, post.post.data)
        held = await self._in_store(partial(self._held_on, post))
        if held is None:
            return Refused("another process has taken it")
        return await self._illustrated(self._pictures, client, held, file_id)

    def _held_on(self, post: ClaimedPost, scope: Scope) -> ClaimedPost | None:
        """The post with a whole lease again: drawing and uploading may have used up the first one."""
        until = self._clock() + timedelta(seconds=_LEASE_TIMEOUTS * self._timeout_seconds)
        is_held = deliveries.renew(scope, post.id, self._owner, until)
        return replace(post, leased_until=until) if is_held else None

    async def _illustrated(
        self, pictures: Pictures, client: AsyncWebClient, post: ClaimedPost, file_id: str | None
    ) -> Outcome:
        """Said with its picture, or without where there is none or Slack goes on refusing it."""
        for part in _PATIENCE if file_id else ():
            outcome = await self._said(client, post, {"chart": file_id})
            if not _is_about_blocks(outcome):
                return outcome
            await asyncio.sleep(part * self._timeout_seconds)
        if file_id:
            await pictures.forget(post.team_id, post.post.data, file_id)
        return await self._said(client, post, {})

    async def _said(self, client: AsyncWebClient, post: ClaimedPost, more: Mapping[str, Any]) -> Outcome:
        render = partial(message, post.post.view, {**post.post.data, **more})
        said = await survive(partial(self._in_thread, render), outbox_id=post.id, view=post.post.view)
        if said is None:  # a mistake in a view or its data; sending it again would not mend it
            return Refused(f"the view {post.post.view} failed; the log has the reason", is_permanent=True)
        courier = Courier(client, self._timeout_seconds, post.leased_until, self._clock)
        return await _sent_once(courier, post, Letter(post.id, post.post.destination, said, post.created_at))

    def _settle(self, post: ClaimedPost, outcome: Outcome, scope: Scope) -> None:
        now = self._clock()
        if isinstance(outcome, Delivered):
            place = (outcome.channel, outcome.ts) if outcome.channel and outcome.ts else None
            deliveries.mark_sent(scope, post.id, self._owner, now, place)
        elif isinstance(outcome, Refused) and outcome.is_permanent:
            self._bury(scope, post, outcome.reason)
        elif now - post.created_at > timedelta(hours=_GIVE_UP_AFTER_HOURS):
            self._bury(scope, post, f"given up after {_GIVE_UP_AFTER_HOURS} hours: {outcome.reason}")
        else:
            again_at = now + timedelta(seconds=self._wait(post, outcome))
            is_doubtful = isinstance(outcome, Unknown)
            deliveries.mark_retry(scope, post.id, self._owner, again_at, outcome.reason, is_doubtful=is_doubtful)

    def _bury(self, scope: Scope, post: ClaimedPost, reason: str) -> None:
        _log.error("post is a dead letter", outbox_id=post.id, team_id=post.team_id, view=post.post.view, reason=reason)
        deliveries.mark_dead(scope, post.id, self._owner, self._clock(), reason)

    def _wait(self, post: ClaimedPost, outcome: Refused | Unknown) -> float:
        """Seconds until the next attempt: as Slack asks, else doubling.

        In doubt at least one time-out: a request that is still on its way has arrived when somebody looks for it.
        """
        if isinstance(outcome, Refused) and outcome.retry_after_seconds is not None:
            return outcome.retry_after_seconds
        doubling = min(2.0 ** min(post.attempts, 10) / 2, _LONGEST_WAIT_SECONDS)
        return max(doubling, self._timeout_seconds) if isinstance(outcome, Unknown) else doubling

    async def _in_store(self, change: Callable[[Scope], _Result]) -> _Result:
        def transaction() -> _Result:
            with self._store.across() as scope:
                return change(scope)

        return await self._in_thread(transaction)

    async def _in_thread(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _is_about_blocks(outcome: Outcome) -> bool:
    """So Slack says of a message that shows a file which it has not looked through yet, or does not know any more."""
    return isinstance(outcome, Refused) and "invalid_blocks" in outcome.reason


async def _sent_once(courier: Courier, post: ClaimedPost, letter: Letter) -> Outcome:
    """Send the letter, after a doubtful attempt only when it is not there yet."""
    if not post.doubts or is_repeatable(letter.destination):
        return await courier.deliver(letter)
    if is_findable(letter.destination):
        found = await courier.find(letter)
        if isinstance(found, Delivered):
            return found
        if isinstance(found, Unknown) or (isinstance(found, Refused) and not found.is_permanent):
            retry_after = found.retry_after_seconds if isinstance(found, Refused) else None
            return Refused(f"could not look for it: {found.reason}", retry_after_seconds=retry_after)
        if isinstance(found, Absent):
            return await courier.deliver(letter)
    if post.doubts > _MOST_DOUBTS:
        return Refused("it may have arrived, and no history can tell", is_permanent=True)
    return await courier.deliver(letter)
