"""Asking for a right: the word for whoever lacks it, and the line that says that they tried."""

from datetime import UTC, datetime

import pytest

from bot.posts import Destination
from bot.store import Store, audit, workspaces
from bot.usecases.room import Room
from bot.usecases.workspace.people import Person, WhoIsThat
from bot.usecases.workspace.permissions import Action
from bot.usecases.workspace.rights import barred, refusal

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEAM = "T123"
HERE = Destination("C1", "U2", is_private=True)
PEOPLE = {"U1": Person("U1", is_administrator=True), "U2": Person("U2"), "U3": Person("U3", is_guest=True)}
PEOPLE |= {"U4": Person("U4", is_stranger=True), "U5": Person("U5", is_deactivated=True)}


def somebody(_team_id: str, user_id: str) -> Person:
    if user_id not in PEOPLE:
        raise WhoIsThat
    return PEOPLE[user_id]


@pytest.fixture
def room(store: Store) -> Room:
    with store.write(TEAM) as scope:
        workspaces.ensure(scope)
    return Room(store, clock=lambda: NOW, people=somebody)


def attempts(room: Room) -> list[tuple[str | None, str, object, object]]:
    """Who tried, on what, which right was missing, and why."""
    with room.store.read(TEAM) as scope:
        lines = [line for line in audit.entries(scope) if line.action == "right.refuse"]
    return [(line.actor, line.subject, line.detail["right"], line.detail["reason"]) for line in lines]


@pytest.mark.parametrize(("user_id", "action"), [("U1", "settings"), ("U2", "digest"), (None, "settings")])
def test_who_may_hears_nothing_and_leaves_no_line(room: Room, user_id: str | None, action: Action) -> None:
    assert refusal(room, TEAM, user_id, action, HERE) is None
    assert attempts(room) == []


@pytest.mark.parametrize(
    ("user_id", "action", "reason"), [("U2", "settings", "administrators"), ("U3", "digest", "guest")]
)
def test_who_may_not_is_told_there_and_the_attempt_is_written_down(
    room: Room, user_id: str, action: Action, reason: str
) -> None:
    post = refusal(room, TEAM, user_id, action, HERE)
    assert post is not None
    assert (post.destination, post.view, post.data["action"], post.data["reason"]) == (
        HERE, "not_allowed", action, reason
    )  # fmt: skip
    assert attempts(room) == [(user_id, action, action, reason)]


def test_an_attempt_on_a_workload_names_it(room: Room) -> None:
    post = refusal(room, TEAM, "U3", "restage", HERE, "video-gen")
    assert post is not None
    assert post.data["workload"] == "video-gen"
    assert attempts(room) == [("U3", "video-gen", "restage", "guest")]


def test_where_slack_does_not_say_who_it_is_nothing_is_said_of_rights(room: Room) -> None:
    post = refusal(room, TEAM, "U9", "settings", HERE)
    assert post is not None
    assert post.view == "bad_request"
    assert attempts(room) == []


@pytest.mark.parametrize("user_id", ["U1", "U2", "U3", "U9"])
def test_whoever_sees_the_channel_may_look_while_slack_says_nothing_else(room: Room, user_id: str) -> None:
    assert barred(room, TEAM, user_id, HERE) is None
    assert attempts(room) == []


@pytest.mark.parametrize(("user_id", "reason"), [("U4", "stranger"), ("U5", "deactivated")])
def test_another_workspace_and_an_account_that_ended_may_not_even_ask(room: Room, user_id: str, reason: str) -> None:
    post = barred(room, TEAM, user_id, HERE)
    assert post is not None
    assert (post.view, post.data["reason"]) == ("not_allowed", reason)
    assert attempts(room) == [(user_id, "ask", "ask", reason)]
