"""Send 20,000 strange signed and 5,000 unsigned payloads to a served bot; count the answers and the tracebacks.

Run it as `python -m tests.benchmarks.strange_payloads_over_http [SIGNED [UNSIGNED [SEED]]]`; it exits 1 at the first
5xx, traceback or lost connection. `tests/scenarios/test_strange_payloads.py` sends fewer of the same.
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import aiohttp

from tests.scenarios.strange_payloads import Strange, signed, unsigned

SECRET = "strange-signing-secret"
CONNECTIONS = 16


def main(signed_count: int = 20_000, unsigned_count: int = 5_000, seed: int = 0) -> int:
    """Send them all; 0 when nothing broke."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        log = Path(folder) / "log"
        with log.open("w") as errors, subprocess.Popen(_command(port), env=_environment(folder), stderr=errors) as bot:
            try:
                counts = asyncio.run(_send_all(f"http://127.0.0.1:{port}", signed_count, unsigned_count, seed))
            finally:
                bot.terminate()
        said = log.read_text()
    broken = sum(counted for of in counts.values() for status, counted in of.items() if status >= 500)
    tracebacks, errors_said = said.count("Traceback"), sum(map(_is_error, said.splitlines()))
    for name, of in counts.items():
        sys.stdout.write(f"{name}: {dict(sorted(of.items()))}\n")
    sys.stdout.write(f"5xx: {broken}, tracebacks: {tracebacks}, errors logged: {errors_said}, exit {bot.returncode}\n")
    return int(bool(broken or tracebacks or errors_said))


def _is_error(line: str) -> bool:
    """Not that Slack cannot be reached, which its SDK says: nothing listens at SLACK_API_URL here."""
    return '"level": "error"' in line and '"logger": "slack_sdk' not in line


def _command(port: int) -> list[str]:
    return [sys.executable, "-m", "bot", "serve", "--web-only", "--host", "127.0.0.1", "--port", str(port)]


def _environment(folder: str) -> dict[str, str]:
    return os.environ | {
        "SLACK_BOT_TOKEN": "xoxb-strange",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": "http://127.0.0.1:9/",
        "DATABASE_URL": f"sqlite:///{folder}/strange.db",
    }


async def _send_all(address: str, signed_count: int, unsigned_count: int, seed: int) -> dict[str, Counter[int]]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(60)) as session:
        await _until_ready(session, address)
        return {
            "signed": await _send(session, address, signed(seed, signed_count, SECRET)),
            "unsigned": await _send(session, address, unsigned(seed, unsigned_count, SECRET)),
        }


async def _until_ready(session: aiohttp.ClientSession, address: str) -> None:
    give_up_at = time.monotonic() + 60
    while time.monotonic() < give_up_at:
        try:
            async with session.get(f"{address}/readyz") as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientConnectorError:
            await asyncio.sleep(0.2)
    raise TimeoutError(address)


async def _send(session: aiohttp.ClientSession, address: str, requests: Iterator[Strange]) -> Counter[int]:
    counted: Counter[int] = Counter()

    async def sender() -> None:
        for request in requests:
            async with session.post(f"{address}/slack/events", data=request.body, headers=request.headers) as answer:
                await answer.read()
                counted[answer.status] += 1

    await asyncio.gather(*(sender() for _ in range(CONNECTIONS)))
    return counted


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
