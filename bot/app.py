"""The composition root: the only place that builds things and knows who works with whom."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from prometheus_client import CollectorRegistry
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.charts import Painter
from bot.config import Settings, SlackSecrets
from bot.jobs.crews import crew_of
from bot.jobs.housekeeping import Housekeeper
from bot.jobs.pictures import Draw, Pictures
from bot.jobs.receipts import Receipts
from bot.jobs.refitting import Refitter
from bot.jobs.sender import Sender
from bot.jobs.ticks import Ticker
from bot.jobs.webhook_client import WebhookClient
from bot.jobs.webhooks import Webhooks
from bot.jobs.worker import Worker
from bot.slack.adopting import Adopting
from bot.slack.authorize import ManyWorkspaces, OneWorkspace, Workspaces
from bot.slack.desk import Desk
from bot.slack.edge import Edge
from bot.slack.oauth import OAuth
from bot.slack.opener import Opener
from bot.slack.people import Directory
from bot.slack.socket import Socket
from bot.store import Store
from bot.usecases.digests.long_work import is_long
from bot.usecases.handle import handle
from bot.usecases.room import Room, utc_now
from bot.usecases.workspace.checking import bot_scopes
from bot.usecases.workspace.installing import renew_seals
from bot.vault import Vault
from bot.web.guard import Guard
from bot.web.install import Installer
from bot.web.metrics import Queues
from bot.web.routes import routes

__all__ = ["Bot", "build"]

_log = structlog.get_logger("bot.app")
_STOP_SECONDS = 10.0  # for work under way; hosts kill a process some 30 seconds after asking it to end
Job = Callable[[asyncio.Event], Awaitable[None]]


class Bot:
    """One process of the bot: `asgi` answers HTTP, and between `start` and `stop` its `jobs` go round.

    Serving `asgi` starts and stops the bot by itself (ASGI lifespan); a process without HTTP calls both.
    """

    def __init__(
        self,
        room: Room,
        edge: Edge,
        desk: Desk,
        opener: Opener,
        sender: Sender,
        jobs: Sequence[Job],
        adopting: Adopting,
    ) -> None:
        self.room, self.store, self.edge, self.sender, self.adopting = room, room.store, edge, sender, adopting
        self.registry = CollectorRegistry()
        self.registry.register(Queues(room.store))
        self.asgi: Starlette
        self.is_broken = False
        self._desk, self._opener, self._jobs = desk, opener, jobs
        self._stop = asyncio.Event()
        self._running: list[asyncio.Task[None]] = []
        self._on_broken: Callable[[], object] = lambda: None

    async def start(self) -> None:
        """Bring the database and what is encrypted in it up to date, and begin the jobs.

        Whose the token of the settings is, Slack is asked first, and again beside the jobs where it did not answer.
        """
        await asyncio.to_thread(self.store.migrate)
        await asyncio.to_thread(renew_seals, self.store, self.room.vault)
        unsettled = [] if await self.adopting.once() else [self.adopting.run]
        self._stop.clear()
        self._running = [asyncio.create_task(_as_coroutine(job, self._stop)) for job in [*self._jobs, *unsettled]]
        for task in self._running:
            task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Finish what is under way; what has not begun is in the database, for the next process."""
        self._stop.set()
        await asyncio.gather(self._desk.stop(_STOP_SECONDS), self._opener.stop(_STOP_SECONDS))
        if self._running:
            await asyncio.wait(self._running, timeout=_STOP_SECONDS)
        self.store.close()

    async def idle(self) -> None:
        """Wait until everything that was asked so far has been worked on; the answers may still be in the outbox."""
        await self._desk.idle()
        await self._opener.idle()

    def when_broken(self, call: Callable[[], object]) -> None:
        """Call this when a job fails for good, such as a connection that Slack refuses; `is_broken` is set then."""
        self._on_broken = call

    def trouble(self) -> str | None:
        """Why the bot cannot work now, for an operator."""
        return None if self.store.is_ready() else "the database does not answer, or its migrations are not current"

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (problem := task.exception()) is not None:
            _log.error("a job broke", exc_info=problem)
            self.is_broken = True
            self._on_broken()

    @asynccontextmanager
    async def lifespan(self, _: Any) -> AsyncIterator[None]:
        """Started while this is entered."""
        await self.start()
        try:
            yield
        finally:
            await self.stop()


def build(
    settings: Settings,
    *,
    is_worker: bool = True,
    is_socket: bool = False,
    clock: Callable[[], datetime] = utc_now,
    draw: Draw | None = None,
) -> Bot:
    """The bot that `settings` describe. `is_worker`: it also sends, takes up orphans and ticks.

    `draw` draws charts; None: a process of its own does, which a worker starts at once and others when they need it.

    Raises:
        InvalidSetting: a secret is missing.
    """
    secrets = settings.slack(is_socket=is_socket)
    store, vault = Store(settings.database_url), Vault(settings.secret_keys)
    slack = _workspaces(secrets, settings, store, vault)
    people = Directory(slack.token_for, settings.slack_api_url)
    room = Room(
        store,
        clock=clock,
        people=people,
        administrators=settings.gpu_advise_admins,
        vault=vault,
        forget=_both(slack.forget, people.forget),
        crew=crew_of(settings.database_url, settings.dask_scheduler_address),
        is_local_webhook_allowed=any(network.is_loopback for network in settings.gpu_advise_webhook_networks),
    )
    do = partial(handle, room)
    desk = Desk(room.store, do, clock, is_long)
    opener = Opener(room, slack.client_for)
    edge = Edge(room, desk, opener, _own_client(secrets, settings), slack.authorize())
    painter = Painter()
    pictures = Pictures(room.store, draw or painter.draw, clock)
    sender = Sender(room.store, slack.client_for, clock, pictures=pictures)
    send = partial(_send, sender, painter)
    webhooks = Webhooks(room, WebhookClient(settings.gpu_advise_webhook_networks).post)
    receipts = Receipts(room)
    rounds: list[Job] = [send, Worker(room.store, do, clock).run, Ticker(room).run, webhooks.run, receipts.run]
    rounds += [Housekeeper(store, clock).run, Refitter(room).run]
    jobs = rounds if is_worker else []
    if secrets.app_token is not None:
        jobs.append(Socket(edge, secrets.app_token).run)
    adopting = Adopting(room, edge.client, is_many=secrets.oauth is not None)
    bot = Bot(room, edge, desk, opener, sender, jobs, adopting)
    guard, pages = _guard(secrets, edge, bot.registry), _pages(secrets, settings, room)
    bot.asgi = routes(guard, bot.trouble, bot.registry, bot.lifespan, pages)
    return bot


def _workspaces(secrets: SlackSecrets, settings: Settings, store: Store, vault: Vault) -> Workspaces:
    if secrets.oauth is None and secrets.bot_token is not None:
        return OneWorkspace(secrets.bot_token, settings.slack_api_url)
    return ManyWorkspaces(store, vault, settings.slack_api_url)


def _own_client(secrets: SlackSecrets, settings: Settings) -> AsyncWebClient:
    """With the token of the settings; without one it can call nothing."""
    token = None if secrets.bot_token is None else secrets.bot_token.get_secret_value()
    return AsyncWebClient(token, base_url=settings.slack_api_url)


def _pages(secrets: SlackSecrets, settings: Settings, room: Room) -> Sequence[BaseRoute]:
    """Those by which a workspace installs the bot, where that is set up."""
    if secrets.oauth is None:
        return ()
    oauth = OAuth(secrets.oauth, settings.slack_api_url, bot_scopes())
    return Installer(room, oauth.address, oauth.exchange).routes()


def _guard(secrets: SlackSecrets, edge: Edge, registry: CollectorRegistry) -> Guard | None:
    if secrets.signing_secret is None:
        return None
    return Guard(edge.dispatch, secrets.signing_secret, registry)


def _both(first: Callable[[str], None], second: Callable[[str], None]) -> Callable[[str], None]:
    def forget(team_id: str) -> None:
        first(team_id)
        second(team_id)

    return forget


async def _send(sender: Sender, painter: Painter, stop: asyncio.Event) -> None:
    """Send, with a process beside it that is ready to draw before the first card asks for a chart."""
    painter.warm()
    try:
        await sender.run(stop)
    finally:
        await asyncio.to_thread(painter.close)


async def _as_coroutine(job: Job, stop: asyncio.Event) -> None:
    await job(stop)
