"""`gpu-advise serve` as hosts run it: web and worker apart, ended by SIGTERM."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from bot.local.slack import LocalSlack
from bot.local.workspace import CHANNEL

PATIENCE_SECONDS = 60.0


@contextmanager
def serving(slack: LocalSlack, database_url: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url.rstrip("/"),
        "DATABASE_URL": database_url,
    }
    command = [sys.executable, "-m", "bot", "serve", *arguments]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def until(is_so: object) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < give_up_at
        time.sleep(0.05)


def is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz").status_code == 200
    except httpx.TransportError:
        return False


async def test_the_web_takes_a_request_and_the_worker_sends_the_answer(slack: LocalSlack, sqlite_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with serving(slack, sqlite_url, "--web-only", "--host", "127.0.0.1", "--port", str(port)) as web:
        until(lambda: is_ready(address))
        async with httpx.AsyncClient() as client:
            ack = await slack.interactions(client, f"{address}/slack/events").command("video-gen production")
        assert (ack.status, ack.body) == (200, b"")
        assert not slack.messages(CHANNEL)
        with serving(slack, sqlite_url, "--worker-only") as worker:
            until(lambda: slack.messages(CHANNEL))
            for process in (worker, web):
                process.send_signal(signal.SIGTERM)
                assert process.wait(PATIENCE_SECONDS) == 0
    assert "video-gen" in slack.messages(CHANNEL)[0].text
