"""How long somebody waits for a card with its chart, on the database of a large fleet.

`python -m tests.benchmarks.bench_card [WORKLOADS [RUNS [QUESTIONS]]]`, by default 10,000 workloads of 20 runs and 200
questions. A SQLite database is filled, `gpu-advise serve` is started on it, and one question after the other is typed,
each about another workload: the acknowledgement is timed at the caller, the card where the stand-in for Slack shows it
with its picture. Bot, drawing process and stand-in share the machine, whose load is printed beside the figures.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

import httpx

from bot.local.delivery import signed_headers
from bot.local.slack import LocalSlack
from bot.local.workspace import ADMINISTRATOR, CHANNEL, TEAM_ID, PostedMessage
from bot.store import Store, subscriptions
from tests.benchmarks.bench_fleet_digest import _ready_at, _served, fill

PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.002


def main(workloads: int = 10_000, runs: int = 20, questions: int = 200) -> None:
    """Measure, and say it in a few lines."""
    with tempfile.TemporaryDirectory() as folder, LocalSlack().served() as slack:
        url = f"sqlite:///{Path(folder) / 'fleet.db'}"
        began = time.perf_counter()
        fill(url, workloads, runs)
        _end_digests(url)
        _say(f"{workloads:,} workloads of {runs} runs kept and learned from in {time.perf_counter() - began:,.0f} s")
        with _served(url, slack) as (_, address), httpx.Client(trust_env=False, timeout=60) as client:
            _ready_at(address)
            first = _ask(client, slack, address, 0, workloads)
            _say(f"first card of a new process after {first[1]:.2f} s, with a chart: {first[2]}")
            found = [_ask(client, slack, address, number, workloads) for number in range(1, questions + 1)]
    acks, cards, charts = zip(*found, strict=True)
    _say(f"acknowledged: {_spread([ack * 1e3 for ack in acks], 'ms')}")
    _say(f"card in the channel: {_spread([card * 1e3 for card in cards], 'ms')}; {sum(charts)} of {len(charts)} charts")
    _say(f"load {os.getloadavg()[1]:.1f} on {os.cpu_count()} processors")


def _end_digests(database_url: str) -> None:
    store = Store(database_url)
    with store.write(TEAM_ID) as scope:
        subscriptions.end_all(scope)
    store.close()


def _ask(
    client: httpx.Client, slack: LocalSlack, address: str, number: int, workloads: int
) -> tuple[float, float, bool]:
    """Seconds to the acknowledgement and to the card, and whether that shows a chart."""
    form = {
        "command": "/gpu-advise",
        "text": f"job-{number * 7919 % workloads:05d}",
        "team_id": TEAM_ID,
        "user_id": ADMINISTRATOR.id,
        "channel_id": CHANNEL,
        "trigger_id": f"2.{number}.1",
        "response_url": slack.response_url(CHANNEL, ADMINISTRATOR.id),
    }
    body, before = urlencode(form).encode(), len(slack.messages(CHANNEL))
    headers = {**signed_headers(slack.signing_secret, body, time.time())}
    headers["content-type"] = "application/x-www-form-urlencoded"
    began = time.perf_counter()
    assert client.post(f"{address}/slack/events", content=body, headers=headers).status_code == httpx.codes.OK
    acknowledged = time.perf_counter() - began
    card = _next_card(slack, before)
    return acknowledged, time.perf_counter() - began, any(block["type"] == "image" for block in card.blocks)


def _next_card(slack: LocalSlack, before: int) -> PostedMessage:
    end = time.perf_counter() + PATIENCE_SECONDS
    while len(slack.messages(CHANNEL)) == before:
        assert time.perf_counter() < end, "the card does not come"
        time.sleep(LOOK_SECONDS)
    return slack.messages(CHANNEL)[-1]


def _spread(values: Sequence[float], unit: str) -> str:
    ordered = sorted(values)
    p95, p99 = (ordered[min(int(len(ordered) * part), len(ordered) - 1)] for part in (0.95, 0.99))
    middle = statistics.median(ordered)
    return f"median {middle:.0f} {unit}, p95 {p95:.0f} {unit}, p99 {p99:.0f} {unit}, slowest {ordered[-1]:.0f} {unit}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
