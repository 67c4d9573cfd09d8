"""How fast a command is acknowledged, its durable row included, against a bare asynchronous Bolt app without one.

Run it as `python -m tests.benchmarks.bench_inbox [SECONDS [ROUNDS]]`. Each server runs in its own process and is asked
by 16 connections from this one; the servers take turns, so that whatever else the machine does meets all of them. The
bare echo is asked in two forms: Bolt as it comes looks for the acknowledgement every 10 ms, quickest it does not. Only
the ratios mean anything; on a busy machine the one of processor time, which waiting for the processor leaves out.
"""

import asyncio
import hashlib
import hmac
import itertools
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple
from urllib.parse import urlencode

SECRET = "benchmark-signing-secret"
CONNECTIONS = 16
WARM_UP_SECONDS = 1.0
_numbers = itertools.count()


class Measured(NamedTuple):
    """What one server did in one turn."""

    requests_per_second: float
    cpu_ms: float  # of the server's own process, a request
    p99_ms: float


def main(seconds: float = 2.0, rounds: int = 6) -> None:
    """Let every server take its turns and say how they compare."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        addresses = {"Bolt as it comes": "echo:plain", "Bolt, quickest": "echo:quick"}
        addresses |= {"SQLite": f"sqlite:///{folder}/inbox.db"} | dict(_postgres(stack))
        ports = {name: stack.enter_context(_served(address)) for name, address in addresses.items()}
        turns: dict[str, list[Measured]] = {name: [] for name in ports}
        for _ in range(rounds):
            for name, port in ports.items():
                turns[name].append(asyncio.run(_asked(port, seconds)))
    _report(turns)


def _postgres(stack: ExitStack) -> Iterator[tuple[str, str]]:
    from tests.postgres_server import NoPostgres, postgres  # noqa: PLC0415 - only found on the path set above

    try:
        address = stack.enter_context(postgres(is_durable=True))
    except NoPostgres as error:
        sys.stdout.write(f"PostgreSQL left out: {error}\n")
    else:
        yield "PostgreSQL", address.replace("postgresql://", "postgresql+psycopg://")


def _report(turns: dict[str, list[Measured]]) -> None:
    plain, quick, *others = turns
    for name, found in turns.items():
        rates = [turn.requests_per_second for turn in found]
        p99s = [turn.p99_ms for turn in found]
        cpu = min(turn.cpu_ms for turn in found)
        sys.stdout.write(
            f"{name:15} {statistics.median(rates):6.0f} requests/s, {cpu:.2f} ms of processor time each, "
            f"p99 {statistics.median(p99s):.0f} ms (worst turn {max(p99s):.0f})\n"
        )
    for name in others:
        for bare in (plain, quick):
            ratios = [
                mine.requests_per_second / its.requests_per_second
                for mine, its in zip(turns[name], turns[bare], strict=True)
            ]
            by_cpu = min(turn.cpu_ms for turn in turns[bare]) / min(turn.cpu_ms for turn in turns[name])
            sys.stdout.write(
                f"{name} with its row reaches {statistics.median(ratios):.0%} of the requests a second of {bare} "
                f"({min(ratios):.0%} to {max(ratios):.0%}), {by_cpu:.0%} by processor time\n"
            )


@contextmanager
def _served(database_url: str) -> Iterator[int]:
    """The port of a server process: the bot on that database, or a bare echo, `echo:plain` or `echo:quick`."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_inbox", "--serve", database_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


async def _asked(port: int, seconds: float) -> Measured:
    """Ask as fast as answers come, over every connection at once."""
    await asyncio.gather(*(_ask(port, WARM_UP_SECONDS) for _ in range(CONNECTIONS)))
    started, cpu_before = time.perf_counter(), await _cpu_seconds(port)
    per_connection = await asyncio.gather(*(_ask(port, seconds) for _ in range(CONNECTIONS)))
    elapsed, cpu_after = time.perf_counter() - started, await _cpu_seconds(port)
    waits = sorted(wait for waits in per_connection for wait in waits)
    cpu_ms = (cpu_after - cpu_before) * 1000.0 / len(waits)
    return Measured(len(waits) / elapsed, cpu_ms, waits[int(len(waits) * 0.99)] * 1000.0)


async def _ask(port: int, seconds: float) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    waits: list[float] = []
    end = time.perf_counter() + seconds
    while (started := time.perf_counter()) < end:
        writer.write(_request())
        await _answer(reader)
        waits.append(time.perf_counter() - started)
    writer.close()
    return waits


async def _cpu_seconds(port: int) -> float:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /cpu HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
    seconds = float(await _answer(reader))
    writer.close()
    return seconds


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    return await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))


def _request() -> bytes:
    """A slash command as Slack signs it, different from every other."""
    number = next(_numbers)
    fields = {
        "command": "/gpu-advise",
        "text": "video-gen production",
        "team_id": "T1",
        "user_id": "U1",
        "channel_id": "C1",
        "trigger_id": f"13.37.{number}",
        "response_url": f"https://hooks.example/{number}",
    }
    body = urlencode(fields).encode()
    now = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), b"v0:" + now.encode() + b":" + body, hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-www-form-urlencoded\r\n"
        f"x-slack-request-timestamp: {now}\r\nx-slack-signature: v0={signature}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        from tests.benchmarks.inbox_servers import serve

        serve(sys.argv[2], SECRET)
    else:
        main(*(float(sys.argv[1]),) if sys.argv[1:] else (), *(int(sys.argv[2]),) if sys.argv[2:] else ())
