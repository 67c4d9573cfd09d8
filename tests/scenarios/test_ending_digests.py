"""`digest off` and *Remove*: what ends, who is told, and the quarter of an hour in which it can be taken back."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.local.workspace import ADMINISTRATOR, CHANNEL, MEMBER, PostedMessage
from bot.store import audit, said, subscriptions
from bot.store.subscriptions import Subscription
from tests.scenarios.deciding_story import GUEST, join_in, said_to
from tests.scenarios.workspace_story import Story, blocks_text, buttons, keep_runs, runs


def standing(told: Story, name: str = "") -> Subscription | None:
    with told.bot.store.read(told.team_id) as scope:
        return subscriptions.get(scope, CHANNEL, name)


def deeds(told: Story) -> list[tuple[str, str | None]]:
    """The last three, newest first."""
    with told.bot.store.read(told.team_id) as scope:
        return [(entry.action, entry.actor) for entry in audit.entries(scope, limit=3)]


async def ended(told: Story, name: str = "") -> PostedMessage:
    """The word to a member who ends a digest that an administrator made."""
    return await told.ask(f"digest off {name}".strip(), user_id=MEMBER.id)


async def test_one_private_line_names_what_was_ended_and_takes_it_back(told: Story) -> None:
    await told.ask("digest weekdays 09:30 Europe/Berlin stage=production")
    before = standing(told)
    word = await ended(told)
    assert word.visible_to == MEMBER.id
    assert "weekdays at 09:30 (Europe/Berlin). Only production" in blocks_text(word)
    assert buttons(word) == ["digest.undo"]
    assert standing(told) is None
    await told.press(word, "digest.undo", MEMBER.id)
    assert standing(told) == before
    assert "Digest begun again." in said_to(told, MEMBER.id)
    assert deeds(told) == [
        ("digest.undo", MEMBER.id), ("digest.remove", MEMBER.id), ("digest.save", ADMINISTRATOR.id)
    ]  # fmt: skip


async def test_what_it_has_said_comes_back_with_it(told: Story) -> None:
    keep_runs(told.bot.store, told.team_id, runs("clip-gen", accelerator_count=1, units=100.0, stage="production"))
    await told.ask("digest daily 09:00 UTC")
    await told.press(await told.ask("digest list"), "digest.send")
    kept = standing(told)
    assert kept is not None
    with told.bot.store.read(told.team_id) as scope:
        before = said.said(scope, kept.id)
    assert before
    await told.press(await ended(told), "digest.undo", MEMBER.id)
    with told.bot.store.read(told.team_id) as scope:
        assert said.said(scope, kept.id) == before


async def test_pressed_twice_it_begins_once(told: Story) -> None:
    await told.ask("digest daily 09:00 UTC")
    word = await ended(told)
    [undo] = [it for block in word.blocks if block["type"] == "actions" for it in block["elements"]]
    for _ in range(2):
        assert (await told.hands.act(word, undo | {"block_id": "b"}, user_id=MEMBER.id)).is_ok
        await told.settle()
    assert [action for action, _ in deeds(told)].count("digest.undo") == 1
    assert standing(told) is not None


async def test_after_a_quarter_of_an_hour_it_stays_ended(told: Story) -> None:
    await told.ask("digest daily 09:00 UTC")
    word = await ended(told)
    told.clock.ahead += timedelta(minutes=15)
    await told.press(word, "digest.undo", MEMBER.id)
    assert "ended more than 15 minutes ago" in said_to(told, MEMBER.id)
    assert standing(told) is None


async def test_one_that_was_begun_meanwhile_is_not_replaced(told: Story) -> None:
    await told.ask("digest daily 09:00 UTC")
    word = await ended(told)
    await told.ask("digest monday 08:00 UTC")
    begun = standing(told)
    await told.press(word, "digest.undo", MEMBER.id)
    assert "his channel has a digest of that name again" in said_to(told, MEMBER.id)
    assert standing(told) == begun


async def test_a_guest_takes_nothing_back(told: Story) -> None:
    join_in(told, GUEST)
    await told.ask("digest daily 09:00 UTC")
    await told.press(await ended(told), "digest.undo", GUEST.id)
    assert "Guests may ask" in said_to(told, GUEST.id)
    assert standing(told) is None


async def test_a_message_that_told_of_no_end_begins_nothing(told: Story) -> None:
    await told.ask("digest daily 09:00 UTC")
    word = await ended(told)
    button = {"type": "button", "action_id": "digest.undo", "block_id": "b", "value": "0" * 32}
    await told.hands.act(word, button, user_id=MEMBER.id)
    await told.settle()
    assert "Nothing is known of that digest any more" in said_to(told, MEMBER.id)
    assert standing(told) is None


async def test_of_several_the_list_asks_which(told: Story) -> None:
    await told.ask("digest daily 09:00 UTC")
    await told.ask("digest add findings monday 08:00 UTC")
    asked = await ended(told)
    assert "Which one should end?" in blocks_text(asked)
    assert "digest.remove" in buttons(asked)
    assert standing(told) is not None
    assert standing(told, "findings") is not None
    await told.press(asked, "digest.remove", MEMBER.id)
    assert standing(told) is None
    assert "Digest ended." in said_to(told, MEMBER.id)
    assert (await ended(told, "findings")).visible_to == MEMBER.id
    assert standing(told, "findings") is None


@pytest.mark.parametrize(("zone", "said_of_it"), [("Europe/London", "is your own time zone in Slack")])
async def test_a_time_typed_by_hand_is_by_the_clock_of_whoever_typed_it(
    told: Story, zone: str, said_of_it: str
) -> None:
    answer = await told.ask("digest 09:00")
    kept = standing(told)
    assert kept is not None
    assert (kept.at, kept.timezone) == ("09:00", zone)
    assert f"{zone} {said_of_it}" in blocks_text(answer)
    assert "your own time zone" not in blocks_text(await told.ask(f"digest {datetime.now(UTC):%H:%M} UTC"))
