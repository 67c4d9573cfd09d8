"""`gpu-advise demo` as people start it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest

from bot.demo import StoryStopped, demonstration, story

COMMAND = [sys.executable, "-m", "bot", "demo"]


ELSEWHERE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none", "SLACK_API_URL": "http://127.0.0.1:9/api/"}
"""A real workspace's settings, which must not matter: neither its database nor its Slack is ever asked."""


def play(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **ELSEWHERE}
    command = [*COMMAND, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=150, check=False, env=environment)


@pytest.fixture(scope="module")
def played() -> subprocess.CompletedProcess[str]:
    return play("--once")


def test_the_story_is_told_to_its_end(played: subprocess.CompletedProcess[str]) -> None:
    assert (played.returncode, played.stderr) == (0, "")


@pytest.mark.parametrize(
    "words",
    [
        "sample runs are imported",
        "Ada types: /gpu-advise video-gen production",
        "gpu-advise (only visible to Ada):",
        "[ Why? ]",
        "Ada presses: Approve",
        "Ada runs a digest now.",
    ],
)
def test_each_part_of_the_story_is_there(played: subprocess.CompletedProcess[str], words: str) -> None:
    assert words in played.stdout


def test_an_approval_takes_the_buttons_away_and_says_who(played: subprocess.CompletedProcess[str]) -> None:
    decided = played.stdout.split("The answer now says:")[1].split("Ada runs a digest")[0]
    says, no_longer = decided.split("and no longer shows:")
    assert "Approved" in says
    assert "by @ada" in says
    assert "[ Approve" in no_longer
    assert "[ Approve" not in says


def test_the_digest_names_what_should_move(played: subprocess.CompletedProcess[str]) -> None:
    digest = played.stdout.split("Ada runs a digest now.")[1]
    assert "should shift to performance" in digest


def test_a_taken_port_is_said_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = play("--port", str(port))
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    assert f"port {port} cannot be used" in ended.stderr


async def test_a_story_that_stops_says_where() -> None:
    told: list[str] = []
    with demonstration() as demo:
        deaf = replace(demo, bot_url="http://127.0.0.1:9/slack/events")
        with pytest.raises(StoryStopped, match="the bot did not acknowledge: dispatch_failed"):
            await story(deaf, told.append)
    assert told[-1] == "Ada types: /gpu-advise video-gen production"


@contextmanager
def running() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The demonstration in a process of its own, and the address that it prints."""
    with subprocess.Popen([*COMMAND, "--port", "0"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().rsplit(" ", 1)[1].strip()
        finally:
            process.terminate()


def test_the_page_is_served_until_the_process_is_told_to_end() -> None:
    with running() as (process, address):
        page = httpx.get(address)
        shown = httpx.get(f"{address}/state", params={"viewer": "U0ADMIN01"}).json()
        process.send_signal(signal.SIGINT)
        ended = process.wait(60)
    assert "a stand-in for Slack" in page.text
    assert shown["has_digest"] is True
    assert address.startswith("http://127.0.0.1:")
    assert ended == 0
