"""`GET /metrics` of a bot at work, as a monitoring system scrapes it, on both databases."""

import asyncio
import threading

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.local.faults import Fault
from bot.local.slack import LocalSlack
from bot.local.workspace import CHANNEL
from bot.posts import Destination, Post
from bot.store import inbox, outbox, webhooks
from tests.scenarios.workspace_story import Story, story

METRICS = "http://bot/metrics"


async def scraped(told: Story) -> dict[str, float]:
    """Each sample by its name, followed by its state where it has one."""
    answer = await told.client.get(METRICS)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if "bucket" not in sample.name and "created" not in sample.name
    }


def queues(samples: dict[str, float]) -> list[float]:
    """Outbox waiting and dead, inbox waiting and dead."""
    names = ("gpu_advise_outbox_posts", "gpu_advise_inbox_requests")
    return [samples[f"{name} {state}"] for name in names for state in ("waiting", "dead")]


async def test_a_request_is_counted_as_taken_as_waiting_and_as_answered(slack: LocalSlack, database_url: str) -> None:
    async with story(slack, database_url) as told:
        before = await scraped(told)
        assert queues(before) == [0, 0, 0, 0]
        await told.hands.command("help")
        await told.bot.idle()
        worked_off = await scraped(told)
        assert queues(worked_off) == [1, 0, 0, 0]
        await told.settle()
        answered = await scraped(told)
    assert queues(answered) == [0, 0, 0, 0]
    counters = ("gpu_advise_slack_requests_total 200", "gpu_advise_requests_taken", "gpu_advise_posts_sent")
    assert [worked_off[name] for name in counters] == [1, 1, 0]
    assert [answered[name] for name in counters] == [1, 1, 1]


async def test_what_died_and_what_nobody_has_begun_is_counted_over_all_workspaces(
    slack: LocalSlack, database_url: str
) -> None:
    async with story(slack, database_url) as told:
        now = told.clock()
        for team_id in ("T0ONE", "T0TWO"):
            with told.bot.store.write(team_id) as scope:
                inbox.put(scope, "waiting", "command", {}, owner="me", now=now, lease_seconds=60)
                dead = inbox.put(scope, "dead", "command", {}, owner="me", now=now, lease_seconds=60)
                inbox.mark_dead(scope, str(dead), now, "handling failed")
        with told.bot.store.write(told.team_id) as scope:
            outbox.put(scope, Post(Destination(CHANNEL), "help", {}))
            for delivery in ("first", "second"):
                webhooks.put(scope, delivery, "decision.approved", "{}", "https://hooks.example.com/", now)
            taken = webhooks.claim(scope, "me", now, 60, limit=1)
            webhooks.mark_dead(scope, taken[0].id, "me", now, 404, "HTTP 404")
        slack.fail_next("chat.postMessage", Fault.refused("is_archived"))
        await told.settle()
        samples = await scraped(told)
        assert queues(samples) == [0, 1, 2, 2]
        assert [samples[f"gpu_advise_webhook_deliveries {state}"] for state in ("waiting", "dead")] == [1, 1]


async def test_a_database_that_is_away_is_an_answer(told: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await scraped(told))["gpu_advise_database_up"] == 1
    monkeypatch.setattr(told.bot.store, "is_ready", lambda: False)
    samples = await scraped(told)
    assert samples["gpu_advise_database_up"] == 0
    assert not [name for name in samples if "outbox" in name or "inbox" in name]


async def test_a_slow_database_holds_up_nobody_else(told: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_now = threading.Event()
    monkeypatch.setattr(told.bot.store, "is_ready", lambda: answer_now.wait(30))
    scraping = asyncio.create_task(scraped(told))
    assert (await told.client.get("http://bot/healthz")).text == "ok"
    assert not scraping.done()
    answer_now.set()
    assert (await scraping)["gpu_advise_database_up"] == 1
