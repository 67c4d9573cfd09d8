"""Whether requests are acknowledged in time while the digest of a large fleet is computed, and what that costs.

`python -m tests.benchmarks.bench_fleet_digest [WORKLOADS [RUNS [PEOPLE]]]`, by default 10,000 workloads of 20 runs and
64 people. A SQLite database is filled, `gpu-advise serve` is started on it with a digest that is due, and until the
digest arrives at the stand-in for Slack everybody types a signed command at the same moment, again and again. The
people, the bot and Slack are processes of their own, so that none is late because another is busy; the machine's load
is printed beside the figures, because on a machine that does other things these wait for it, too.
"""

import asyncio
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from multiprocessing.connection import Connection
from urllib.parse import urlencode

import httpx

from bot.files import Report
from bot.local.delivery import signed_headers
from bot.local.slack import LocalSlack
from bot.local.workspace import ADMINISTRATOR, CHANNEL, TEAM_ID
from bot.store import Store, history, subscriptions, workspaces
from bot.usecases.learning.learn import learn
from bot.usecases.room import Room
from engine import Run
from tests.benchmarks.fleet_scan import rows
from tests.benchmarks.footprint import alone_mib, together_mib

ACK_SECONDS = 3.0
WAVE_SECONDS = 20.0  # between two moments at which everybody asks
PATIENCE_SECONDS = 3 * 3600.0
_BATCH = 20_000


@dataclass
class Measured:
    """What was seen: every acknowledgement in seconds, the digest's own time, and memory in MiB."""

    acks: list[float] = field(default_factory=list)
    refused: int = 0
    waves: int = 0
    digest_seconds: float = 0.0
    served_mib: float = 0.0
    all_mib: float = 0.0


def main(workloads: int = 10_000, runs: int = 20, people: int = 64) -> None:
    """Measure, and say it in a few lines."""
    with tempfile.TemporaryDirectory() as folder, LocalSlack().served() as slack:
        url = f"sqlite:///{folder}/fleet.db"
        began = time.perf_counter()
        fill(url, workloads, runs)
        _say(f"{workloads:,} workloads of {runs} runs kept and learned from in {time.perf_counter() - began:,.0f} s")
        with _served(url, slack) as (process, address):
            seen = _asked(slack, process, address, workloads, people)
    acks = sorted(seen.acks)
    p99 = acks[int(len(acks) * 0.99)] if acks else float("nan")
    late = sum(ack > ACK_SECONDS for ack in acks)
    _say(
        f"{people} people at once, {seen.waves} times while the digest was computed: {len(acks):,} acknowledgements, "
        f"{late} over {ACK_SECONDS:.0f} s, {seen.refused} refused; median {statistics.median(acks) * 1e3:.0f} ms, "
        f"p99 {p99 * 1e3:.0f} ms, slowest {acks[-1] * 1e3:.0f} ms"
    )
    _say(
        f"digest after {seen.digest_seconds:,.0f} s; at most {seen.served_mib:,.0f} MiB in the process that serves, "
        f"{seen.all_mib:,.0f} MiB in all its processes; load {os.getloadavg()[1]:.1f} on {os.cpu_count()} processors"
    )


def fill(database_url: str, workloads: int, runs: int) -> None:
    """A workspace with a fleet that was learned from, and a digest that has been due for a minute."""
    store = Store(database_url)
    store.migrate()
    now = datetime.now(UTC)
    written = _runs(workloads, runs)
    with store.write(TEAM_ID) as scope:
        workspaces.ensure(scope)
    while batch := list(islice(written, _BATCH)):
        with store.write(TEAM_ID) as scope:
            history.add_runs(scope, "benchmark", batch)
    with store.read(TEAM_ID) as scope:
        names = history.names(scope)
    learn(Room(store), TEAM_ID, names, Report(_refuse, _refuse))
    due = now - timedelta(minutes=1)
    with store.write(TEAM_ID) as scope:
        yesterday = now - timedelta(days=1)
        subscriptions.subscribe(scope, CHANNEL, range(7), f"{due:%H:%M}", "UTC", by=None, created_at=yesterday)
    store.close()


def _runs(workloads: int, runs: int) -> Iterator[Run]:
    for name, run_id, began, ended, units, unit, part, count, *rest in rows(workloads, runs):
        provider, region, instance, category, precision, status = rest
        yield Run(
            str(name), str(run_id), datetime.fromisoformat(str(began)), datetime.fromisoformat(str(ended)),
            float(str(units)), _PARTS[str(part)], int(str(count)), str(unit), 1, str(provider), str(region),
            str(instance), str(category), str(precision), status=str(status), stage="production",  # type: ignore[arg-type]
        )  # fmt: skip


_PARTS = {"A10G": "A10G-24GB", "L4": "L4-24GB", "H100": "H100-80GB"}


def _refuse(problem: object) -> None:
    raise AssertionError(problem)


@contextmanager
def _served(database_url: str, slack: LocalSlack) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The bot as an operator starts it, on a free port."""
    port = _free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "LOG_LEVEL": "ERROR",
    }
    words = [sys.executable, "-m", "bot", "serve", "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(words, env=environment) as process:
        try:
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _free_port() -> int:
    import socket  # noqa: PLC0415 - only for this

    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def _asked(slack: LocalSlack, process: subprocess.Popen[bytes], address: str, workloads: int, people: int) -> Measured:
    """Everybody asks, wave after wave, until the digest is there."""
    seen, began = Measured(), _ready_at(address)
    here, there = multiprocessing.Pipe()
    fresh = multiprocessing.get_context("spawn")
    crowd = fresh.Process(target=_crowd, args=(there, address, slack.signing_secret), daemon=True)
    crowd.start()
    while not _is_there(slack):
        assert time.perf_counter() - began < PATIENCE_SECONDS, "the digest does not come"
        assert process.poll() is None, "the bot ended"
        here.send([_form(slack, (seen.waves * people + number) % workloads, seen.waves) for number in range(people)])
        for seconds, status in here.recv():
            seen.acks.append(seconds)
            seen.refused += status != httpx.codes.OK
        seen.waves += 1
        _rest(slack, process, seen)
    seen.digest_seconds = time.perf_counter() - began
    crowd.kill()
    return seen


def _rest(slack: LocalSlack, process: subprocess.Popen[bytes], seen: Measured) -> None:
    """Until the next wave, or the digest."""
    end = time.perf_counter() + WAVE_SECONDS
    while time.perf_counter() < end and not _is_there(slack):
        seen.served_mib = max(seen.served_mib, alone_mib(process.pid))
        seen.all_mib = max(seen.all_mib, together_mib(process.pid))
        time.sleep(0.5)


def _ready_at(address: str) -> float:
    """When the bot began to answer."""
    while True:
        try:
            if httpx.get(f"{address}/readyz", trust_env=False).status_code == httpx.codes.OK:
                return time.perf_counter()
        except httpx.TransportError:
            time.sleep(0.1)


def _form(slack: LocalSlack, number: int, wave: int) -> dict[str, str]:
    return {
        "command": "/gpu-advise",
        "text": f"job-{number:05d}",
        "team_id": TEAM_ID,
        "user_id": ADMINISTRATOR.id,
        "channel_id": CHANNEL,
        "trigger_id": f"1.{wave}.{number}",
        "response_url": slack.response_url(CHANNEL, ADMINISTRATOR.id),
    }


def _crowd(orders: Connection, address: str, secret: str) -> None:
    """In a process of its own: sign and send each order's forms at once, and say when each was acknowledged."""

    async def ask(client: httpx.AsyncClient, form: dict[str, str]) -> tuple[float, int]:
        body = urlencode(form).encode()
        headers = signed_headers(secret, body, time.time())
        headers["content-type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        answer = await client.post(f"{address}/slack/events", content=body, headers=headers)
        return time.perf_counter() - began, answer.status_code

    async def ask_all(forms: list[dict[str, str]]) -> list[tuple[float, int]]:
        limits = httpx.Limits(max_connections=len(forms))
        async with httpx.AsyncClient(trust_env=False, timeout=60, limits=limits) as client:
            return list(await asyncio.gather(*(ask(client, form) for form in forms)))

    while True:
        orders.send(asyncio.run(ask_all(orders.recv())))


def _is_there(slack: LocalSlack) -> bool:
    """Answers are seen by the asker alone; the digest is said in the open."""
    return any(not message.is_ephemeral for message in slack.messages(CHANNEL))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
