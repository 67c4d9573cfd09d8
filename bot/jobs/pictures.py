"""The chart of a card on its way to Slack: drawn, uploaded once, and remembered for every copy."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias, TypeVar

import structlog
from slack_sdk.errors import SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from bot.charts import Chart, NotDrawn
from bot.jobs.loops import survive
from bot.slack_errors import TROUBLES, reason
from bot.store import Store, charts
from bot.store.charts import StoredChart
from bot.views.chart import chart

__all__ = ["Draw", "Pictures"]

_log = structlog.get_logger("bot.jobs.pictures")
_FILE_NAME = "gpu-advise-chart.png"

Draw: TypeAlias = Callable[[Chart, float], Awaitable[bytes]]
"""Draws a chart within so many seconds, or raises NotDrawn."""

_Result = TypeVar("_Result")


class Pictures:
    """Finds the file that shows the chart of a card, and puts it into Slack where it is not there yet.

    A card is worth more than its chart: whatever goes wrong here is logged, and the card goes without. No step lasts
    longer than `seconds`.
    """

    def __init__(self, store: Store, draw: Draw, clock: Callable[[], datetime], *, seconds: float = 5.0) -> None:
        self._store, self._draw, self._clock, self._seconds = store, draw, clock, seconds
        # Threads of its own: in the loop's, a chart would wait behind people's questions.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="charts")

    async def file_for(self, client: AsyncWebClient, team_id: str, card: Mapping[str, Any]) -> str | None:
        """Slack's id of the file that belongs on `card`, the data of the view `advice`; None: there is none to show."""
        return await survive(
            partial(self._file_for, client, team_id, card), team_id=team_id, advice_id=card["advice_id"]
        )  # fmt: skip

    async def forget(self, team_id: str, card: Mapping[str, Any], file_id: str) -> None:
        """Slack refused the file: the next card of this advice uploads its chart again."""
        _log.warning("card goes without its chart", team_id=team_id, reason=f"Slack refused the file {file_id}")
        forgotten = partial(self._write, team_id, lambda scope: charts.forget(scope, card["advice_id"], file_id))
        await survive(forgotten, team_id=team_id)

    async def _file_for(self, client: AsyncWebClient, team_id: str, card: Mapping[str, Any]) -> str | None:
        stored = await self._in_thread(partial(self._stored, team_id, card["advice_id"]))
        if stored is None:
            return None
        if stored.file_id is not None:
            return stored.file_id
        shown = chart(card["document"], stored.frontier)
        return None if shown is None else await self._uploaded(client, team_id, card["advice_id"], shown)

    async def _uploaded(self, client: AsyncWebClient, team_id: str, advice_id: str, shown: Chart) -> str | None:
        try:
            picture = await self._draw(shown, self._seconds)
            async with asyncio.timeout(self._seconds):
                file_id = await _upload(client, picture)
        except (NotDrawn, *TROUBLES) as problem:
            _log.warning("card goes without its chart", team_id=team_id, advice_id=advice_id, reason=_reason(problem))
            return None
        return await self._write(team_id, lambda scope: charts.uploaded(scope, advice_id, file_id, self._clock()))

    def _stored(self, team_id: str, advice_id: str) -> StoredChart | None:
        with self._store.read(team_id) as scope:
            return charts.get(scope, advice_id)

    async def _write(self, team_id: str, change: Callable[[Any], _Result]) -> _Result:
        def transaction() -> _Result:
            with self._store.write(team_id) as scope:
                return change(scope)

        return await self._in_thread(transaction)

    async def _in_thread(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


async def _upload(client: AsyncWebClient, picture: bytes) -> str:
    """Into no channel: only blocks show it. Asked again, a lost upload is a file that nobody sees."""
    client.retry_handlers = []  # the SDK's own patience would be added to ours
    answer = await client.files_upload_v2(filename=_FILE_NAME, title="gpu-advise chart", content=picture)
    return str(answer["files"][0]["id"])


def _reason(problem: Exception) -> str:
    is_told = isinstance(problem, NotDrawn | SlackRequestError)  # else missing_scope, say: the app lacks files:write
    return str(problem) if is_told else reason(problem)
