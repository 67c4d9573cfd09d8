"""Who somebody is, as `users.info` says: remembered for a minute, and unknown rather than wrong."""

from dataclasses import replace
from typing import Any

import pytest

from bot.local.faults import Fault
from bot.local.slack import LocalSlack
from bot.local.workspace import ADMINISTRATOR, BOT, MEMBER, TEAM_ID
from bot.slack.people import Directory, person_of
from bot.usecases.workspace.people import Person, WhoIsThat, known


class Timer:
    """Seconds that pass when a test says so."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def directory(slack: LocalSlack, timer: Timer) -> Directory:
    return Directory(lambda _: slack.bot_token, slack.api_url, timer)


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (ADMINISTRATOR, Person(ADMINISTRATOR.id, is_administrator=True, timezone="Europe/London")),
        (MEMBER, Person(MEMBER.id, timezone="Europe/London")),
        (BOT, Person(BOT.id, is_bot=True, timezone="Europe/London")),
    ],
    ids=["administrator", "member", "bot"],
)
def test_a_person_is_who_slack_says(directory: Directory, person: Any, expected: Person) -> None:
    assert directory(TEAM_ID, person.id) == expected


def test_slack_is_asked_once_a_minute(directory: Directory, slack: LocalSlack, timer: Timer) -> None:
    directory(TEAM_ID, MEMBER.id)
    timer.seconds = 59.9
    slack.workspace.people[MEMBER.id] = replace(MEMBER, is_deactivated=True)
    assert not directory(TEAM_ID, MEMBER.id).is_deactivated
    timer.seconds = 60.0
    assert directory(TEAM_ID, MEMBER.id).is_deactivated
    assert len(slack.calls("users.info")) == 2


def test_a_workspace_that_is_forgotten_is_asked_again(directory: Directory, slack: LocalSlack) -> None:
    directory(TEAM_ID, MEMBER.id)
    directory.forget(TEAM_ID)
    directory(TEAM_ID, MEMBER.id)
    assert len(slack.calls("users.info")) == 2


@pytest.mark.parametrize(
    "fault",
    [Fault.refused("user_not_found"), Fault.down(), Fault.rate_limited(), Fault.reset(), Fault(body="null")],
    ids=["refused", "down", "rate limited", "reset", "null"],
)
def test_nobody_is_known_while_slack_does_not_say(directory: Directory, slack: LocalSlack, fault: Fault) -> None:
    slack.fail_next("users.info", fault, fault)  # the client may ask once more
    with pytest.raises(WhoIsThat):
        directory(TEAM_ID, MEMBER.id)
    slack.fail_next("users.info", fault, fault)
    assert known(directory, TEAM_ID, MEMBER.id) is None


def test_nobody_is_known_in_a_workspace_without_the_bot(slack: LocalSlack) -> None:
    def gone(team_id: str) -> str:
        raise LookupError(team_id)

    assert known(Directory(gone, slack.api_url), "T0GONE", MEMBER.id) is None


@pytest.mark.parametrize(
    ("user", "is_stranger"),
    [
        ({"team_id": "T1"}, False),
        ({}, False),
        ({"team_id": "T2"}, True),
        ({"team_id": "T1", "is_stranger": True}, True),
        ({"team_id": "T2", "enterprise_user": {"teams": ["T1", "T2"]}}, False),
        ({"team_id": "T2", "enterprise_user": {"teams": ["T3"]}}, True),
        ({"team_id": "T2", "enterprise_user": "odd"}, True),
    ],
)
def test_a_stranger_belongs_to_another_workspace(user: dict[str, Any], is_stranger: bool) -> None:  # noqa: FBT001
    assert person_of("T1", "U1", user).is_stranger == is_stranger


@pytest.mark.parametrize("mark", ["is_restricted", "is_ultra_restricted"])
def test_a_guest_is_restricted_in_either_way(mark: str) -> None:
    assert person_of("T1", "U1", {mark: True}).is_guest
    assert not person_of("T1", "U1", {mark: "true"}).is_guest  # only what Slack really says counts


@pytest.mark.parametrize("mark", ["is_admin", "is_owner", "is_primary_owner"])
def test_owners_of_a_workspace_are_administrators(mark: str) -> None:
    assert person_of("T1", "U1", {mark: True}).is_administrator
