"""A channel's digest from the subscription to the decision: signed requests in, messages out."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.jobs.ticks import Ticker
from bot.local.workspace import ADMINISTRATOR, CHANNEL, MEMBER, PostedMessage
from bot.store import subscriptions
from tests.scenarios.workspace_story import Story, blocks_text, buttons, keep_runs, runs


@pytest.fixture
def with_fleet(told: Story) -> Story:
    """A workspace where two production workloads sit at the cheap end."""
    for name in ("clip-gen", "talk-gen"):
        keep_runs(told.bot.store, told.team_id, runs(name, accelerator_count=1, units=100.0, stage="production"))
    return told


async def digest_of(story: Story) -> PostedMessage:
    """Wind the clock to the next period of the channel, tick twice, and take the newest message."""
    with story.bot.store.read(story.team_id) as scope:
        subscription = subscriptions.get(scope, CHANNEL)
    assert subscription is not None
    story.clock.ahead += timedelta(days=1)
    ticker = Ticker(story.bot.room)
    assert [await ticker.tick(), await ticker.tick()] == [1, 0]
    await story.settle()
    return story.slack.messages(CHANNEL)[-1]


def daily_at(at: datetime) -> str:
    return f"digest daily {at:%H:%M} UTC"


async def test_a_subscription_brings_a_digest_with_an_approve_button_a_finding(with_fleet: Story) -> None:
    answer = await with_fleet.ask(daily_at(datetime.now(UTC)))
    assert answer.is_ephemeral
    message = await digest_of(with_fleet)
    assert not message.is_ephemeral
    assert "clip-gen" in blocks_text(message)
    assert "talk-gen" in blocks_text(message)
    assert buttons(message).count("advice.approve.performance") >= 2


async def test_approving_one_finding_takes_its_buttons_and_leaves_the_others(with_fleet: Story) -> None:
    await with_fleet.ask(daily_at(datetime.now(UTC)))
    message = await digest_of(with_fleet)
    before = buttons(message)
    await with_fleet.press(message, "advice.approve.performance", user_id=ADMINISTRATOR.id)
    after = with_fleet.shown(message)
    assert buttons(after).count("advice.approve.performance") == before.count("advice.approve.performance") - 1
    assert f"<@{ADMINISTRATOR.id}>" in blocks_text(after)
    assert "talk-gen" in blocks_text(after)
    assert len(with_fleet.slack.messages(CHANNEL)) == 2  # the subscription's answer and the digest: nothing was added


async def test_a_second_decision_keeps_the_first_in_sight(with_fleet: Story) -> None:
    await with_fleet.ask(daily_at(datetime.now(UTC)))
    message = await digest_of(with_fleet)
    await with_fleet.press(message, "advice.approve.performance", user_id=ADMINISTRATOR.id)
    await with_fleet.press(with_fleet.shown(message), "advice.approve.performance", user_id=MEMBER.id)
    text = blocks_text(with_fleet.shown(message))
    assert f"<@{ADMINISTRATOR.id}>" in text
    assert f"<@{MEMBER.id}>" in text


async def test_a_digest_on_request_appears_at_once_in_the_open(with_fleet: Story) -> None:
    message = await with_fleet.ask("digest now")
    assert not message.is_ephemeral
    assert "clip-gen" in blocks_text(message)
    assert "advice.approve.performance" in buttons(message)


async def test_words_that_make_no_schedule_are_answered_privately(told: Story) -> None:
    answer = await told.ask("digest moday 9:00")
    assert answer.is_ephemeral
    assert "moday" in blocks_text(answer)
    assert "monday" in blocks_text(answer)
