"""Digest rounds by real worker processes that are killed at random points, against a Slack in frequent trouble."""

import asyncio
import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess

from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select
from sqlmodel import col

from bot.files import Report
from bot.jobs.courier import EVENT_TYPE
from bot.jobs.sender import Sender
from bot.jobs.ticks import Ticker
from bot.local.calls import Call
from bot.local.faults import Fault
from bot.local.slack import BOT_TOKEN, LocalSlack
from bot.local.workspace import BOT, TEAM_ID, Channel, Workspace
from bot.store import Store, outbox, subscriptions
from bot.store.tables import OutboxRow, PeriodRow
from bot.usecases.learning.importing import import_sample
from bot.usecases.room import Room

CHANNELS = 8
TIMEOUT_SECONDS = 0.5
PATIENCE_SECONDS = 120.0
START = datetime(2026, 11, 2, 8, 59, 59, tzinfo=UTC)  # each round is one more day, a second before nine
TROUBLE = 0.3  # share of the calls that meet a fault
TRAP = 0.5  # share of the calls that a waiting trap lets pass

_FORKS = multiprocessing.get_context("forkserver")  # imports once, and each worker still is a process of its own
_FORKS.set_forkserver_preload(["killing"])

_FAULTS = (
    Fault.rate_limited(1),
    Fault.down(500, is_accepted=True),
    Fault.down(503),
    Fault.silent(2 * TIMEOUT_SECONDS, is_accepted=True),
    Fault.silent(2 * TIMEOUT_SECONDS),
    Fault.reset(is_accepted=True),
    Fault.reset(),
)


@dataclass
class Tally:
    """What the fake Slack and the database say afterwards: each expected digest must have been posted once."""

    kills: int = 0
    digests: int = 0
    lost: list[tuple[str, str]] = field(default_factory=list)
    doubled: list[tuple[str, str]] = field(default_factory=list)
    skipped: int = 0
    dead: int = 0
    in_doubt: int = 0
    calls: int = 0
    seconds: float = 0.0


def work(database_url: str, api_url: str, now: datetime) -> None:
    """One worker process: it ticks with a clock that begins in the scheduled minute, and sends with the real one."""
    asyncio.run(_work(database_url, api_url, now))


async def _work(database_url: str, api_url: str, now: datetime) -> None:
    store = Store(database_url)
    client = AsyncWebClient(BOT_TOKEN, base_url=api_url)
    began = time.monotonic()
    room = Room(store, clock=lambda: now + timedelta(seconds=time.monotonic() - began))
    ticker = Ticker(room, every_seconds=1, lease_seconds=1)
    sender = Sender(store, lambda _: client, lambda: datetime.now(UTC), timeout_seconds=TIMEOUT_SECONDS)
    stop = asyncio.Event()
    await asyncio.gather(ticker.run(stop), sender.run(stop))


@dataclass(frozen=True)
class Plan:
    """`rounds` of digests to every channel; in each, SIGKILL strikes `kills` times among `workers`, who are replaced.

    The first blow, the third and so on fall at a random moment within `round_seconds`, the others while Slack holds a
    call, when it is in doubt whether the message arrived.
    """

    rounds: int
    kills: int
    workers: int
    round_seconds: float
    seed: int


def play(database_url: str, plan: Plan) -> Tally:
    """Play the rounds against a migrated, empty database, and count."""
    chance = random.Random(plan.seed)
    tally, began = Tally(), time.monotonic()
    store = Store(database_url)
    with _troubled_slack(chance).served() as slack:
        _subscribe(store, slack)
        for day in range(plan.rounds):
            _round(database_url, store, slack, START + timedelta(days=day, seconds=2), plan, chance)
            tally.kills += plan.kills
        _count(store, slack, plan.rounds, tally)
    store.close()
    tally.seconds = time.monotonic() - began
    return tally


def _troubled_slack(chance: random.Random) -> LocalSlack:
    channels = [Channel(f"C0ROUND{number:02}", f"round-{number}", [BOT.id]) for number in range(CHANNELS)]
    slack = LocalSlack(Workspace(channels=channels))

    def choose(_call: Call) -> Fault | None:
        return chance.choice(_FAULTS) if chance.random() < TROUBLE else None

    slack.choose_fault(choose)
    return slack


def _subscribe(store: Store, slack: LocalSlack) -> None:
    import_sample(Room(store, clock=lambda: START), TEAM_ID, Report(_refused, _refused))
    with store.write(TEAM_ID) as scope:
        for channel in slack.workspace.channels:
            subscriptions.subscribe(scope, channel, range(7), "09:00", "UTC", by=None, created_at=START)


def _refused(problem: object) -> None:
    raise AssertionError(problem)


def _round(
    database_url: str, store: Store, slack: LocalSlack, now: datetime, plan: Plan, chance: random.Random
) -> None:
    with _crew(database_url, slack, now, plan.workers) as crew:
        for number in range(plan.kills):
            if number % 2:
                _kill_at_a_call(slack, crew, plan.round_seconds, chance)
            else:
                time.sleep(chance.uniform(0, plan.round_seconds))
                crew[chance.randrange(plan.workers)].kill()
            _replace_the_dead(database_url, slack, now, crew)
        _wait_until_done(store, now)


def _kill_at_a_call(slack: LocalSlack, crew: list[BaseProcess], patience: float, chance: random.Random) -> None:
    """Kill every worker while Slack holds a call of theirs, which it then accepts or not; after `patience` anyway."""
    choose, sprung = slack.web_api.choose_fault, threading.Event()

    def trap(call: Call) -> Fault | None:
        if sprung.is_set() or chance.random() > TRAP:
            return choose(call)
        for process in crew:
            process.kill()
        sprung.set()
        return chance.choice((None, Fault.reset()))

    slack.choose_fault(trap)
    sprung.wait(patience)
    slack.choose_fault(choose)
    crew[0].kill()


def _replace_the_dead(database_url: str, slack: LocalSlack, now: datetime, crew: list[BaseProcess]) -> None:
    for position, process in enumerate(crew):
        process.join(0.2)
        if not process.is_alive():
            crew[position] = _hired(database_url, slack, now)


@contextmanager
def _crew(database_url: str, slack: LocalSlack, now: datetime, workers: int) -> Iterator[list[BaseProcess]]:
    crew = [_hired(database_url, slack, now) for _ in range(workers)]
    try:
        yield crew
    finally:
        for process in crew:
            process.kill()
            process.join()


def _hired(database_url: str, slack: LocalSlack, now: datetime) -> BaseProcess:
    process = _FORKS.Process(target=work, args=(database_url, slack.api_url, now), daemon=True)
    process.start()
    return process


def _wait_until_done(store: Store, now: datetime) -> None:
    """All digests of the day are written and nothing waits to be sent."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up_at:
        counts = _counts(store)
        if _served(store, f"{now:%Y-%m-%d}") == CHANNELS and counts["waiting"] + counts["sending"] == 0:
            return
        time.sleep(0.1)
    raise AssertionError(f"the round of {now} does not end: {_counts(store)}")


def _counts(store: Store) -> dict[str, int]:
    with store.read(TEAM_ID) as scope:
        return outbox.counts(scope)


def _served(store: Store, day: str) -> int:
    with store.read(TEAM_ID) as scope:
        return len(scope.scalars(select(PeriodRow).where(col(PeriodRow.key).startswith(day))).all())


def _count(store: Store, slack: LocalSlack, rounds: int, tally: Tally) -> None:
    """Compare what was promised with what the channels show; a message is known by the id in its metadata."""
    with store.read(TEAM_ID) as scope:
        rows = scope.scalars(select(OutboxRow)).all()
        promised = {row.id: (row.data["channel"], row.data["period"]) for row in rows}
        tally.in_doubt = sum(row.doubts > 0 for row in rows)
        tally.skipped = sum(row.is_skipped for row in scope.scalars(select(PeriodRow)))
    shown = Counter(promised[outbox_id] for outbox_id in _outbox_ids(slack))
    days = [f"{START + timedelta(days=day):%Y-%m-%d}T09:00" for day in range(rounds)]
    expected = [(channel, day) for channel in slack.workspace.channels for day in days]
    tally.digests = len(expected)
    tally.lost = [digest for digest in expected if not shown[digest]]
    tally.doubled = [digest for digest, times in shown.items() if times > 1 or digest not in expected]
    tally.dead = _counts(store)["dead"]
    tally.calls = len(slack.calls())


def _outbox_ids(slack: LocalSlack) -> Sequence[str]:
    marks = [message.metadata or {} for message in slack.messages()]
    return [mark["event_payload"]["outbox_id"] for mark in marks if mark["event_type"] == EVENT_TYPE]
