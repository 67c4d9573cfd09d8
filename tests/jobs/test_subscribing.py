"""`digest …` in a channel: subscribed, changed, listed, ended, and answered when the words make no schedule."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.local.workspace import CHANNEL, TEAM_ID
from bot.posts import Destination
from bot.store import AlreadySettled, Store, inbox, subscriptions
from bot.store.tables import OutboxRow
from bot.usecases.advise import Asker
from bot.usecases.asking import Subcommand, parse
from bot.usecases.periods import Schedule
from bot.usecases.room import Room, Shelf
from bot.usecases.subscribing import digest, schedule_of
from bot.views import message
from tests.jobs.fleets import NINE, keep_quiet_fleet

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
URL = "https://hooks.example/1"


@pytest.fixture
def room(store: Store, shelf: Shelf) -> Room:
    return Room(store, shelf, clock=lambda: NINE)


def ask(
    room: Room, text: str, channel: str | None = CHANNEL, request_id: str | None = None
) -> tuple[str, Mapping[str, Any]]:
    """Type the words; view and data of the answer."""
    asked = parse(text)
    assert isinstance(asked, Subcommand)
    digest(room, asked, Asker(TEAM_ID, "U1", Destination(channel, "U1", response_url=URL, is_private=True), request_id))
    with room.store.read(TEAM_ID) as scope:
        row = scope.scalars(select(OutboxRow).order_by(col(OutboxRow.position).desc()).limit(1)).one()
    message(row.view, row.data)
    return row.view, row.data


def schedules(store: Store) -> dict[str, Schedule]:
    with store.read(TEAM_ID) as scope:
        return {each.channel: schedule_of(each) for each in subscriptions.list_all(scope)}


@on_sqlite
def test_a_channel_subscribes_in_a_sentence_and_learns_when_the_next_one_comes(room: Room) -> None:
    view, data = ask(room, "digest monday 09:00 Europe/Berlin")
    assert view == "subscribed"
    assert data == {
        "channel": CHANNEL,
        "day": "monday",
        "time": "09:00",
        "timezone": "Europe/Berlin",
        "next_at": "2026-11-30T08:00:00+00:00",
    }


def test_a_channel_has_one_subscription_and_later_words_change_it(room: Room) -> None:
    ask(room, "digest monday 09:00 Europe/Berlin")
    ask(room, "digest weekdays 9:30")
    ask(room, "digest daily", channel="C2")
    changed = schedules(room.store)
    assert changed[CHANNEL] == Schedule(frozenset(range(5)), datetime(2026, 1, 1, 9, 30).time(), "Europe/Berlin")  # noqa: DTZ001 - only its time counts
    assert set(changed) == {CHANNEL, "C2"}


@on_sqlite
def test_a_change_of_schedule_never_makes_up_for_what_has_passed(room: Room) -> None:
    ask(room, "digest monday 08:00 UTC")
    with room.store.read(TEAM_ID) as scope:
        kept = subscriptions.get(scope, CHANNEL)
    assert kept is not None
    assert kept.served_until == NINE


@on_sqlite
@pytest.mark.parametrize("text", ["digest", "digest list", "digest LIST"])
def test_the_list_shows_every_channel_with_its_next_digest(room: Room, text: str) -> None:
    ask(room, "digest monday 09:00 Europe/Berlin")
    ask(room, "digest weekends 18:00", channel="C2")
    view, data = ask(room, text)
    assert view == "subscription_list"
    assert [(row["channel"], row["day"], row["next_at"]) for row in data["rows"]] == [
        (CHANNEL, "monday", "2026-11-30T08:00:00+00:00"),
        ("C2", "weekends", "2026-11-28T18:00:00+00:00"),
    ]


def test_off_ends_it_and_a_second_off_says_that_there_is_none(room: Room) -> None:
    ask(room, "digest monday 09:00")
    assert ask(room, "digest off") == ("unsubscribed", {"channel": CHANNEL})
    assert schedules(room.store) == {}
    view, data = ask(room, "digest off")
    assert view == "bad_request"
    assert "no digest" in data["problems"][0]["what"]


@pytest.mark.parametrize(
    "text",
    ["digest monday 25:00", "digest moday", "digest 0 9 31 2 *", "digest 9:00 10:00", "digest monday 9:00 Mars/Base"],
)
@on_sqlite
def test_words_that_make_no_schedule_are_answered_and_change_nothing(room: Room, text: str) -> None:
    ask(room, "digest monday 09:00 UTC")
    view, data = ask(room, text)
    assert view == "bad_request"
    assert data["asked"] == text
    assert data["problems"][0]["hint"]
    assert "`" not in data["problems"][0]["hint"], "backticks are no code in a plain text"
    assert spelt(room.store) == [(CHANNEL, "UTC")]


def spelt(store: Store) -> list[tuple[str, str]]:
    return [(channel, schedule.timezone) for channel, schedule in schedules(store).items()]


@on_sqlite
def test_outside_a_channel_there_is_nothing_to_subscribe(room: Room) -> None:
    view, data = ask(room, "digest monday 09:00", channel=None)
    assert view == "bad_request"
    assert "channel" in data["problems"][0]["what"]


@on_sqlite
def test_now_posts_a_digest_in_the_open(room: Room) -> None:
    keep_quiet_fleet(room.store)
    view, data = ask(room, "digest now")
    assert view == "digest"
    assert data["workloads"] == 1
    with room.store.read(TEAM_ID) as scope:
        row = scope.scalars(select(OutboxRow)).one()
    assert Destination(**row.destination) == Destination(CHANNEL, response_url=URL)


@pytest.mark.parametrize("text", ["digest", "digest daily", "digest off", "digest now", "digest moday"])
def test_each_request_is_done_once(room: Room, text: str) -> None:
    with room.store.write(TEAM_ID) as scope:
        request_id = inbox.put(scope, "k", "command", {}, owner="me", now=NINE, lease_seconds=60)
    assert request_id is not None
    ask(room, text, request_id=request_id)
    with pytest.raises(AlreadySettled):
        ask(room, text, request_id=request_id)
    with room.store.read(TEAM_ID) as scope:
        assert len(scope.scalars(select(OutboxRow)).all()) == 1
