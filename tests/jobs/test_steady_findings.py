"""What a digest has said stays in the next survey while the noise of prices may hide it."""

from dataclasses import replace
from typing import Any

import pytest

from bot.local.workspace import TEAM_ID
from bot.store import Store, said, subscriptions, workspaces
from bot.store.said import Key
from bot.usecases.digests.spotting import spot
from bot.usecases.room import Room, Shelf
from engine import Policy
from tests.jobs.fleets import NINE, keep_fleet

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def room(store: Store, shelf: Shelf) -> Room:
    keep_fleet(store)
    return Room(store, shelf, clock=lambda: NINE)


def kinds_of_proto(room: Room) -> list[str]:
    return [found.kind for found in spot(room, TEAM_ID, ("proto",)).spotted]


def on_the_edge(room: Room) -> None:
    """Let prices be so noisy that all of what `proto` could save may be noise."""
    (found,) = spot(room, TEAM_ID, ("proto",)).spotted
    document: Any = found.document
    times = document["current"]["usd_per_day"] / document["objectives"]["cost"]["usd_per_day"]
    with room.store.write(TEAM_ID) as scope:
        workspaces.save_policy(scope, replace(Policy(), price_noise=(times - 1.0) / (times + 1.0)))


def test_a_saving_on_the_edge_is_not_news_but_stays_where_it_was_said(room: Room) -> None:
    on_the_edge(room)
    assert kinds_of_proto(room) == []
    with room.store.write(TEAM_ID) as scope:
        digest = subscriptions.subscribe(scope, "C1", [0], "09:00", "UTC", by="U1", created_at=NINE)
        said.remember(scope, digest.id, {Key("proto", "dominated"): "s"}, NINE)
        assert said.standing(scope) == {Key("proto", "dominated")}
    assert kinds_of_proto(room) == ["dominated"]


def test_what_another_workspace_was_told_does_not_count(room: Room) -> None:
    on_the_edge(room)
    with room.store.write("T0OTHER") as scope:
        digest = subscriptions.subscribe(scope, "C1", [0], "09:00", "UTC", by="U1", created_at=NINE)
        said.remember(scope, digest.id, {Key("proto", "dominated"): "s"}, NINE)
    assert kinds_of_proto(room) == []
