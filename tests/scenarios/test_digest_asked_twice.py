"""A digest that is asked for again: the channel is told nothing twice, unless somebody wants that."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.local.workspace import CHANNEL, MEMBER, PostedMessage
from bot.store import audit, workloads
from tests.scenarios.deciding_story import GUEST, join_in, said_to
from tests.scenarios.workspace_story import Story, blocks_text, buttons, keep_runs, runs


@pytest.fixture
def with_one(told: Story) -> Story:
    """A workspace where one production workload sits at the cheap end."""
    keep(told, "clip-gen")
    return told


def keep(told: Story, workload: str) -> None:
    keep_runs(told.bot.store, told.team_id, runs(workload, accelerator_count=1, units=100.0, stage="production"))


def in_the_open(told: Story) -> list[PostedMessage]:
    """The digests that the whole channel sees."""
    return [it for it in told.slack.messages(CHANNEL) if not it.is_ephemeral and "GPU digest" in blocks_text(it)]


async def test_what_has_not_changed_is_said_privately_in_one_line(with_one: Story) -> None:
    assert not (await with_one.ask("digest now")).is_ephemeral
    again = await with_one.ask("digest now", user_id=MEMBER.id)
    assert again.visible_to == MEMBER.id
    assert "Nothing has changed since the digest of " in again.text
    assert "said before still stand" in again.text
    assert buttons(again) == ["digest.again"]
    assert len(in_the_open(with_one)) == 1


async def test_all_the_same_it_is_sent_once_more_to_everybody(with_one: Story) -> None:
    first = await with_one.ask("digest now")
    await with_one.press(await with_one.ask("digest now"), "digest.again", MEMBER.id)
    assert len(in_the_open(with_one)) == 2
    assert "clip-gen" in blocks_text(in_the_open(with_one)[-1])
    assert buttons(in_the_open(with_one)[-1]) == buttons(first)
    with with_one.bot.store.read(with_one.team_id) as scope:
        assert next(audit.entries(scope)).action == "digest.send"


async def test_what_is_new_is_sent_without_what_was_said(with_one: Story) -> None:
    await with_one.ask("digest now")
    keep(with_one, "talk-gen")
    digest = await with_one.ask("digest now")
    assert not digest.is_ephemeral
    assert "talk-gen" in blocks_text(digest)
    assert "clip-gen" not in blocks_text(digest)
    assert (await with_one.ask("digest now")).is_ephemeral


async def test_what_the_channels_own_digest_said_is_said(with_one: Story) -> None:
    await with_one.ask("digest daily 09:00 UTC")
    await with_one.press(await with_one.ask("digest list"), "digest.send")
    assert (await with_one.ask("digest now")).is_ephemeral
    assert len(in_the_open(with_one)) == 1


async def test_a_digest_of_its_own_name_repeats_nothing_either(with_one: Story) -> None:
    await with_one.ask("digest add findings daily 09:00 UTC")
    await with_one.ask("digest now findings")
    again = await with_one.ask("digest now findings")
    assert "since the digest *findings* of " in blocks_text(again)
    await with_one.press(await with_one.ask("digest list"), "digest.send")
    assert len(in_the_open(with_one)) == 1
    await with_one.press(again, "digest.again")
    assert "findings" in blocks_text(in_the_open(with_one)[1])


async def test_where_nothing_needs_anyone_that_is_said_once(told: Story) -> None:
    await told.ask("digest add dear daily 09:00 UTC gain=$999999/week")
    assert not (await told.ask("digest now dear")).is_ephemeral
    assert "nothing needs anyone" in (await told.ask("digest now dear")).text


async def test_what_an_hour_of_waiting_was_taken_to_be_worth_is_said(told: Story) -> None:
    keep(told, "clip-gen")
    with told.bot.store.write(told.team_id) as scope:
        owned = workloads.get(scope, "clip-gen")
        assert owned is not None
        workloads.save(scope, replace(owned, workload=replace(owned.workload, value_of_time_usd_per_hour=40.0)))
    said = blocks_text(await told.ask("digest now"))
    assert "should shift to performance" in said
    assert ", if an hour of waiting is worth $40." in said


async def test_a_preview_counts_as_nothing_said(with_one: Story) -> None:
    await with_one.ask("digest preview")
    with_one.clock.ahead += timedelta(minutes=1)
    assert not (await with_one.ask("digest now")).is_ephemeral


async def test_a_guest_sends_nothing_again(with_one: Story) -> None:
    await with_one.ask("digest now")
    again = await with_one.ask("digest now")
    join_in(with_one, GUEST)
    await with_one.press(again, "digest.again", GUEST.id)
    assert "Guests may ask" in said_to(with_one, GUEST.id)
    assert len(in_the_open(with_one)) == 1
