"""What a digest says, and that it is written with everything that belongs to it or not at all."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.local.workspace import CHANNEL, TEAM_ID
from bot.posts import Destination
from bot.store import AlreadySettled, Store, advices, decisions, history, inbox, outbox, subscriptions, workloads
from bot.store.decisions import DecisionKind
from bot.store.subscriptions import Subscription
from bot.store.tables import OutboxRow, PeriodRow
from bot.usecases.digest import SHOWN, as_document, digest_now, serve, skip, survey
from bot.usecases.periods import Period
from bot.usecases.room import Room, Shelf
from bot.views import message
from engine import Objective, Run
from tests.jobs.fleets import NINE, keep_fleet, keep_quiet_fleet

PERIOD = Period(NINE, "2026-11-23T09:00")


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is said does not depend on the database; what is written is tried on both."""


@pytest.fixture
def room(store: Store, shelf: Shelf) -> Room:
    return Room(store, shelf, clock=lambda: NINE)


def subscribed(store: Store, channel: str = CHANNEL) -> Subscription:
    with store.write(TEAM_ID) as scope:
        return subscriptions.subscribe(scope, channel, [0], "09:00", "UTC", by="U1", created_at=NINE)


def posted(store: Store) -> list[Mapping[str, Any]]:
    """The data of every digest in the outbox."""
    with store.read(TEAM_ID) as scope:
        return list(scope.scalars(select(col(OutboxRow.data)).where(col(OutboxRow.view) == "digest")))


def open_advices(store: Store) -> dict[str, str]:
    with store.read(TEAM_ID) as scope:
        return {advice.id: advice.workload for advice in advices.list_open(scope)}


@on_sqlite
def test_production_on_its_cost_pick_is_flagged_first(room: Room) -> None:
    keep_fleet(room.store)
    surveyed = survey(room, TEAM_ID)
    assert surveyed.workloads == 3
    first = surveyed.findings[0]
    assert (first.kind, first.workload, first.objective) == ("shift_to_performance", "video", "performance")
    assert first.gain_units_per_week > 0
    assert [found.workload for found in surveyed.findings] == ["video", "proto"]


@on_sqlite
def test_surveying_writes_nothing(room: Room) -> None:
    keep_fleet(room.store)
    survey(room, TEAM_ID)
    assert posted(room.store) == []
    assert open_advices(room.store) == {}


@on_sqlite
def test_an_executor_changes_nothing_but_who_does_the_work(room: Room) -> None:
    keep_fleet(room.store)
    with ThreadPoolExecutor(2) as executor:
        shared = as_document(survey(room, TEAM_ID, executor), CHANNEL, "p")
    assert shared["findings"] != []
    assert without_timing(shared) == without_timing(as_document(survey(room, TEAM_ID), CHANNEL, "p"))


def without_timing(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The search's own duration is the one thing that varies."""
    for found in document["findings"]:
        found["document"]["certificate"].pop("seconds")
    return document


@on_sqlite
def test_where_somebody_tracks_workloads_only_those_are_watched(room: Room) -> None:
    keep_fleet(room.store)
    with room.store.write(TEAM_ID) as scope:
        workloads.track(scope, "proto")
    surveyed = survey(room, TEAM_ID)
    assert (surveyed.workloads, [found.workload for found in surveyed.findings]) == (1, ["proto"])


@on_sqlite
def test_a_workload_that_counts_in_two_units_does_not_stop_the_digest(room: Room) -> None:
    keep_fleet(room.store)
    with room.store.write(TEAM_ID) as scope:
        for unit in ("clip", "image"):
            mixed = Run("mixed", unit, NINE.replace(hour=1), NINE.replace(hour=2), 5.0, "A10G-24GB", 1, unit=unit)
            history.add_runs(scope, "test", [mixed])
    surveyed = survey(room, TEAM_ID)
    assert surveyed.workloads == 4
    assert [found.workload for found in surveyed.findings] == ["video", "proto"]


def test_a_workspace_sees_only_its_own_workloads(room: Room) -> None:
    keep_fleet(room.store, "T0OTHER")
    assert survey(room, TEAM_ID).workloads == 0


def test_a_period_is_served_once_with_its_advices(room: Room) -> None:
    keep_fleet(room.store)
    subscription, surveyed = subscribed(room.store), survey(room, TEAM_ID)
    assert serve(room, subscription, PERIOD, surveyed) is True
    assert serve(room, subscription, PERIOD, surveyed) is False
    [data] = posted(room.store)
    assert data["period"] == PERIOD.key
    assert data["subscription_id"] == subscription.id
    assert {found["advice_id"]: found["workload"] for found in data["findings"]} == open_advices(room.store)


@on_sqlite
def test_the_message_has_an_approve_button_for_every_finding(room: Room) -> None:
    keep_fleet(room.store)
    serve(room, subscribed(room.store), PERIOD, survey(room, TEAM_ID))
    [data] = posted(room.store)
    blocks = message("digest", data).blocks
    pressed = [element for block in blocks if block["type"] == "actions" for element in block["elements"]]
    approving = {button["value"]: button["action_id"] for button in pressed if "approve" in button["action_id"]}
    assert approving == {found["advice_id"]: f"advice.approve.{found['objective']}" for found in data["findings"]}


@on_sqlite
@pytest.mark.parametrize(
    ("kind", "until", "is_quiet"),
    [
        ("approve", None, True),
        ("dismiss", None, True),
        ("snooze", NINE + timedelta(days=7), True),
        ("snooze", NINE - timedelta(minutes=1), False),
    ],
)
def test_what_somebody_decided_is_not_brought_up_again(
    room: Room, kind: DecisionKind, until: datetime | None, *, is_quiet: bool
) -> None:
    keep_fleet(room.store)
    digest_now(room, survey(room, TEAM_ID), Destination(CHANNEL))
    [advice_id] = [each for each, workload in open_advices(room.store).items() if workload == "video"]
    with room.store.write(TEAM_ID) as scope:
        objective: Objective | None = "performance" if kind == "approve" else None
        decisions.decide(scope, advice_id, kind, objective=objective, by="U1", at=NINE, until=until)
    named = [found.workload for found in survey(room, TEAM_ID).findings]
    assert named == (["proto"] if is_quiet else ["video", "proto"])
    later = Room(room.store, room.shelf, clock=lambda: NINE + timedelta(days=31))
    assert "video" in [found.workload for found in survey(later, TEAM_ID).findings]


@on_sqlite
def test_one_line_when_nothing_needs_anyone(room: Room) -> None:
    keep_quiet_fleet(room.store)
    serve(room, subscribed(room.store), PERIOD, survey(room, TEAM_ID))
    [data] = posted(room.store)
    assert (data["workloads"], data["findings"], data["more"]) == (1, [], 0)
    said = message("digest", data)
    assert len(said.blocks) == 1
    assert "\n" not in said.text


def test_a_digest_that_cannot_be_written_whole_leaves_nothing(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_fleet(room.store)
    subscription, surveyed = subscribed(room.store), survey(room, TEAM_ID)

    def fail(*_: object, **__: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "put", fail)
        with pytest.raises(OSError, match="no space"):
            serve(room, subscription, PERIOD, surveyed)
    assert open_advices(room.store) == {}
    assert serve(room, subscription, PERIOD, surveyed) is True


def test_a_skipped_period_is_recorded_and_never_served(room: Room) -> None:
    subscription = subscribed(room.store)
    assert skip(room, subscription, PERIOD) is True
    assert serve(room, subscription, PERIOD, survey(room, TEAM_ID)) is False
    with room.store.read(TEAM_ID) as scope:
        assert [row.is_skipped for row in scope.scalars(select(PeriodRow))] == [True]
    assert posted(room.store) == []


def test_a_subscription_that_ended_meanwhile_gets_nothing(room: Room) -> None:
    subscription = subscribed(room.store)
    with room.store.write(TEAM_ID) as scope:
        subscriptions.unsubscribe(scope, CHANNEL)
    assert serve(room, subscription, PERIOD, survey(room, TEAM_ID)) is False
    subscribed(room.store)
    assert serve(room, subscription, PERIOD, survey(room, TEAM_ID)) is False
    assert posted(room.store) == []


@on_sqlite
def test_a_long_list_is_cut_and_says_how_much_is_missing(room: Room) -> None:
    keep_fleet(room.store)
    surveyed = survey(room, TEAM_ID)
    many = replace(surveyed, findings=surveyed.findings * 4)
    document = as_document(many, CHANNEL, "p")
    assert (len(document["findings"]), document["more"]) == (SHOWN, 8 - SHOWN)
    assert [found["advice_id"] for found in document["findings"]] == [None] * SHOWN


def test_a_digest_on_request_settles_the_request_that_asked(room: Room) -> None:
    with room.store.write(TEAM_ID) as scope:
        request_id = inbox.put(scope, "k", "command", {}, owner="me", now=NINE, lease_seconds=60)
    assert request_id is not None
    surveyed = survey(room, TEAM_ID)
    digest_now(room, surveyed, Destination(CHANNEL), request_id)
    with pytest.raises(AlreadySettled):
        digest_now(room, surveyed, Destination(CHANNEL), request_id)
    [data] = posted(room.store)
    assert data["period"] == "2026-11-23T09:00"
    assert data["subscription_id"] is None
