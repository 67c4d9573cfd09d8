"""`digest …` in a channel: subscribed, changed, listed, ended, and answered when the words make no schedule."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.local.workspace import CHANNEL, TEAM_ID
from bot.posts import Destination
from bot.store import AlreadySettled, Store, inbox, subscriptions
from bot.store.tables import OutboxRow
from bot.usecases.asking.advise import Asker
from bot.usecases.asking.reading import Subcommand, parse
from bot.usecases.digests.described import schedule_of
from bot.usecases.digests.periods import Schedule
from bot.usecases.digests.subscribing import digest
from bot.usecases.room import Room, Shelf
from bot.usecases.workspace.people import Person, WhoIsThat
from bot.views import message
from tests.jobs.fleets import NINE, keep_fleet, keep_quiet_fleet

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
    view, found = ask(room, "digest monday 09:00 Europe/Berlin")
    data = dict(found)
    assert view == "subscribed"
    assert len(data.pop("id")) > 8
    assert data == {
        "name": "",
        "topic": {},
        "is_paused": False,
        "channel": CHANNEL,
        "day": "monday",
        "time": "09:00",
        "timezone": "Europe/Berlin",
        "next_at": "2026-11-30T08:00:00+00:00",
        "assumed_zone": None,
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
    view, data = ask(room, "digest off")
    assert (view, data["channel"], data["name"], data["day"]) == ("unsubscribed", CHANNEL, "", "monday")
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


def test_a_channel_has_several_digests_told_apart_by_their_names(room: Room) -> None:
    ask(room, "digest monday 09:00 UTC")
    ask(room, 'digest add "prod findings" weekdays 09:00 Europe/Berlin stage=production')
    view, data = ask(room, 'digest add "prod findings" 17:30 owner=@me')
    assert (view, data["day"], data["time"], data["timezone"]) == ("subscribed", "weekdays", "17:30", "Europe/Berlin")
    assert data["topic"] == {"owners": ["U1"]}
    _, listed = ask(room, "digest list")
    assert [(row["name"], row["day"]) for row in listed["rows"]] == [("", "monday"), ("prod findings", "weekdays")]


@on_sqlite
def test_a_change_of_schedule_keeps_what_a_digest_is_about(room: Room) -> None:
    ask(room, "digest add one daily 09:00 stage=production")
    assert ask(room, "digest add one 10:00")[1]["topic"] == {"stages": ["production"]}


@on_sqlite
@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("stage=prod,dev", {"stages": ["production", "prototyping"]}),
        ("kind=ai finding=drifted-stage", {"kinds": ["ai"], "findings": ["drifted_stage"]}),
        ("kind=shift_to_performance", {"findings": ["shift_to_performance"]}),
        ("owner=@me,team-video team=ops", {"owners": ["U1"], "teams": ["team-video", "ops"]}),
        ("team=<!subteam^S012AB3CD|@film>,@ops", {"teams": ["S012AB3CD|@film", "@ops"]}),
        ("owner=<@U024BE7LH|max>", {"owners": ["U024BE7LH"]}),
        ("gain=$100/week", {"min_usd_per_week": 100.0}),
        ("gain=100", {"min_usd_per_week": 100.0}),
        ("gain=$20/day", {"min_usd_per_week": 140.0}),
    ],
)
def test_what_a_digest_is_about_is_said_in_pairs(room: Room, words: str, topic: Mapping[str, Any]) -> None:
    assert ask(room, f"digest add one daily {words}")[1]["topic"] == topic


@on_sqlite
@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("digest add", "no name"),
        ("digest add stage=production daily", "no name"),
        ("digest add weekdays 09:00", "reads like a schedule"),
        (f"digest add {'x' * 61} daily", "61 characters"),
        ("digest add one daily colour=red", "no key 'colour'"),
        ("digest add one daily stage=final", "no stage 'final'"),
        ("digest add one daily kind=odd", "no kind of workload or finding"),
        ("digest add one daily gain=lots", "not a number"),
        ("digest add one daily owner=", "no value"),
        ("digest add one daily team=@me", "“me” is a person"),
        ("digest add one daily team=<@U024BE7LH|max>", "is a person"),
        ("digest off two", "no digest called “two”"),
        ("digest pause", "no digest yet"),
        ("digest now two", "no digest called “two”"),
    ],
)
def test_words_that_make_no_digest_are_answered_with_the_way_on(room: Room, text: str, what: str) -> None:
    view, data = ask(room, text)
    assert view == "bad_request"
    assert what in data["problems"][0]["what"]
    assert data["problems"][0]["hint"]


def test_a_paused_digest_goes_on_from_now(room: Room) -> None:
    ask(room, "digest add one daily 08:00 UTC")
    view, data = ask(room, "digest pause one")
    assert (view, data["is_paused"], data["next_at"]) == ("subscribed", True, None)
    room = replace(room, clock=lambda: NINE + timedelta(days=5))
    _, data = ask(room, "digest resume one")
    assert (data["is_paused"], data["next_at"]) == (False, "2026-11-29T08:00:00+00:00")
    with room.store.read(TEAM_ID) as scope:
        kept = subscriptions.get(scope, CHANNEL, "one")
    assert kept is not None
    assert kept.served_until == NINE + timedelta(days=5), "what it slept through is not made up for"


@on_sqlite
def test_one_of_several_is_ended_by_its_name(room: Room) -> None:
    ask(room, "digest monday 09:00")
    ask(room, "digest add one daily")
    view, data = ask(room, "digest off one")
    assert (view, data["name"]) == ("unsubscribed", "one")
    assert len(schedules(room.store)) == 1


@on_sqlite
def test_of_several_none_is_ended_until_somebody_says_which(room: Room) -> None:
    ask(room, "digest monday 09:00")
    ask(room, "digest add one daily")
    view, data = ask(room, "digest off")
    assert (view, data["asks"], len(data["rows"])) == ("subscription_list", "end", 2)
    with room.store.read(TEAM_ID) as scope:
        assert len(subscriptions.list_all(scope)) == 2


@on_sqlite
@pytest.mark.parametrize(
    ("text", "zone", "assumed"),
    [
        ("digest 09:00", "Europe/Berlin", "own"),
        ("digest weekdays 09:00 UTC", "UTC", None),
        ("digest 0 9 * * 1", "Europe/Berlin", "own"),
        ("digest monday tokyo", "Asia/Tokyo", None),
    ],
)
def test_a_time_without_a_zone_is_by_the_clock_of_whoever_asks(room: Room, text: str, zone: str, assumed: str) -> None:
    _, data = ask(replace(room, people=in_berlin), text)
    assert (data["timezone"], data["assumed_zone"]) == (zone, assumed)


@on_sqlite
def test_a_change_keeps_the_zone_that_stands_and_says_nothing_of_it(room: Room) -> None:
    ask(room, "digest monday 09:00 Asia/Tokyo")
    _, data = ask(replace(room, people=in_berlin), "digest 10:00")
    assert (data["timezone"], data["assumed_zone"]) == ("Asia/Tokyo", None)


@on_sqlite
@pytest.mark.parametrize("zone", [None, "Mars/Base", ""])
def test_where_slack_says_no_zone_that_there_is_it_is_utc_and_said(room: Room, zone: str | None) -> None:
    people = lambda _team_id, user_id: Person(user_id, timezone=zone)  # noqa: E731 - one line, used once
    _, data = ask(replace(room, people=people), "digest 09:00")
    assert (data["timezone"], data["assumed_zone"]) == ("UTC", "none")


def in_berlin(_team_id: str, user_id: str) -> Person:
    return Person(user_id, timezone="Europe/Berlin")


@on_sqlite
def test_a_preview_is_private_and_a_named_digest_sent_now_counts_as_said(room: Room) -> None:
    keep_fleet(room.store)
    ask(room, "digest add one daily")
    view, data = ask(room, "digest preview one")
    assert (view, data["is_preview"], len(data["findings"])) == ("digest", True, 2)
    assert len(ask(room, "digest now one")[1]["findings"]) == 2
    assert ask(room, "digest now one")[1]["standing"] == 2


@on_sqlite
def test_whoever_slack_does_not_know_changes_nothing(room: Room) -> None:
    def nobody(_team_id: str, _user_id: str) -> Person:
        raise WhoIsThat("timeout")

    view, data = ask(replace(room, people=nobody), "digest daily")
    assert view == "bad_request"
    assert "who you are" in data["problems"][0]["what"]
    assert schedules(room.store) == {}


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
