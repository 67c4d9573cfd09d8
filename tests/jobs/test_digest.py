"""What a digest says, and that it is written with everything that belongs to it or not at all."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.local.workspace import CHANNEL, MEMBER, TEAM_ID
from bot.posts import Destination
from bot.store import AlreadySettled, Store, decisions, history, inbox, outbox, subscriptions, workloads
from bot.store.decisions import DecisionKind
from bot.store.subscriptions import Subscription
from bot.store.tables import OutboxRow, PeriodRow
from bot.store.workloads import OwnedWorkload
from bot.usecases.digests.digest import SHOWN, Survey, digest_now, drafted, send, serve, skip, survey
from bot.usecases.digests.everything import show_all
from bot.usecases.digests.periods import Period
from bot.usecases.digests.rows import rows_of
from bot.usecases.requests import Click
from bot.usecases.room import Room, Shelf
from bot.usecases.workspace.preferences import Preferences, change
from bot.views import message
from engine import FindingKind, Objective, Run, Workload
from tests.jobs.fleets import NINE, keep_fleet, keep_quiet_fleet
from tests.store.store_samples import open_advices as waiting

PERIOD = Period(NINE, "2026-11-23T09:00")
TOMORROW = Period(NINE + timedelta(days=1), "2026-11-24T09:00")
BEFORE = NINE - timedelta(days=3)


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is said does not depend on the database; what is written is tried on both."""


@pytest.fixture
def room(store: Store, shelf: Shelf) -> Room:
    return Room(store, shelf, clock=lambda: NINE)


def subscribed(store: Store, channel: str = CHANNEL, **filters: Any) -> Subscription:
    with store.write(TEAM_ID) as scope:
        return subscriptions.subscribe(
            scope, channel, range(7), "09:00", "UTC", by="U1", created_at=BEFORE, filters=filters
        )


def posted(store: Store) -> list[Mapping[str, Any]]:
    """The data of every digest in the outbox."""
    with store.read(TEAM_ID) as scope:
        rows = scope.scalars(select(OutboxRow).where(col(OutboxRow.view) == "digest").order_by(col(OutboxRow.position)))
        return [row.data for row in rows]


def named(data: Mapping[str, Any]) -> list[str]:
    return [found["workload"] for found in data["findings"]]


def draft(room: Room, surveyed: Survey, subscription: Subscription | None = None) -> dict[str, Any]:
    with room.store.read(TEAM_ID) as scope:
        return drafted(scope, surveyed, CHANNEL, subscription, room.clock())


def open_advices(store: Store) -> dict[str, str]:
    with store.read(TEAM_ID) as scope:
        return waiting(scope)


@on_sqlite
def test_production_on_its_cost_pick_is_flagged_first(room: Room) -> None:
    keep_fleet(room.store)
    surveyed = survey(room, TEAM_ID)
    assert surveyed.workloads == 3
    first = surveyed.spotted[0]
    assert (first.kind, first.workload, first.objective) == ("shift_to_performance", "video", "performance")
    assert first.gain_units_per_week > 0
    assert [found.workload for found in surveyed.spotted] == ["video", "proto"]


@on_sqlite
def test_surveying_writes_nothing(room: Room) -> None:
    keep_fleet(room.store)
    survey(room, TEAM_ID)
    assert posted(room.store) == []
    assert open_advices(room.store) == {}


@on_sqlite
def test_a_workload_that_somebody_left_out_is_not_watched_and_the_others_are(room: Room) -> None:
    keep_fleet(room.store)
    watched = survey(room, TEAM_ID).workloads
    with room.store.write(TEAM_ID) as scope:
        workloads.track(scope, "video", is_tracked=False)
    surveyed = survey(room, TEAM_ID)
    assert (surveyed.workloads, [found.workload for found in surveyed.spotted]) == (watched - 1, ["proto"])


@on_sqlite
def test_a_workload_that_counts_in_two_units_does_not_stop_the_digest(room: Room) -> None:
    keep_fleet(room.store)
    with room.store.write(TEAM_ID) as scope:
        for unit in ("clip", "image"):
            mixed = Run("mixed", unit, NINE.replace(hour=1), NINE.replace(hour=2), 5.0, "A10G-24GB", 1, unit=unit)
            history.add_runs(scope, "test", [mixed])
    surveyed = survey(room, TEAM_ID)
    assert surveyed.workloads == 4
    assert [found.workload for found in surveyed.spotted] == ["video", "proto"]
    assert surveyed.unanswered == {"mixed"}
    assert surveyed.undetermined == {"quiet"}


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
    surveyed = survey(room, TEAM_ID)
    assert named(draft(room, surveyed)) == (["proto"] if is_quiet else ["video", "proto"])
    later = Room(room.store, room.shelf, clock=lambda: NINE + timedelta(days=31))
    assert "video" in named(draft(later, surveyed))


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
        subscriptions.end(scope, subscription.id)
    assert serve(room, subscription, PERIOD, survey(room, TEAM_ID)) is False
    subscribed(room.store)
    assert serve(room, subscription, PERIOD, survey(room, TEAM_ID)) is False
    assert posted(room.store) == []


@on_sqlite
def test_a_long_digest_shows_five_and_holds_everything(room: Room) -> None:
    keep_fleet(room.store)
    data = draft(room, crowded(room, 700))
    assert (len(data["findings"]), data["more"]) == (SHOWN, 700 - SHOWN)
    assert [found["advice_id"] for found in data["findings"]] == [None] * SHOWN
    assert len(rows_of(data)) == 700, "Show all shows all"
    assert [row.is_new for row in rows_of(data)] == [True] * 700


def crowded(room: Room, count: int) -> Survey:
    """A survey in which the same finding is made on many workloads."""
    surveyed = survey(room, TEAM_ID)
    many = tuple(replace(surveyed.spotted[0], workload=f"video-{number}") for number in range(count))
    return replace(surveyed, spotted=many, names=frozenset(each.workload for each in many))


def test_what_was_said_and_has_not_changed_is_not_said_again(room: Room) -> None:
    keep_fleet(room.store)
    subscription, surveyed = subscribed(room.store), survey(room, TEAM_ID)
    assert serve(room, subscription, PERIOD, surveyed)
    assert serve(room, subscription, TOMORROW, survey(room, TEAM_ID))
    first, second = posted(room.store)
    assert (named(first), first["standing"]) == (["video", "proto"], 0)
    assert (named(second), second["standing"]) == ([], 2)
    assert "Nothing new: 2 findings said before still stand." in message("digest", second).text


@on_sqlite
def test_all_that_is_behind_show_all_counts_as_said(room: Room) -> None:
    keep_fleet(room.store)
    subscription, surveyed = subscribed(room.store), crowded(room, 40)
    serve(room, subscription, PERIOD, surveyed)
    assert named(draft(room, surveyed, subscription)) == []


@on_sqlite
def test_what_changed_since_is_said_again(room: Room) -> None:
    keep_fleet(room.store)
    subscription, surveyed = subscribed(room.store), survey(room, TEAM_ID)
    serve(room, subscription, PERIOD, surveyed)
    video, *others = surveyed.spotted
    dearer = replace(video, extra_usd_per_week=2.0 * video.extra_usd_per_week + 20.0)
    assert named(draft(room, replace(surveyed, spotted=(dearer, *others)), subscription)) == ["video"]


def test_each_subscription_says_things_for_itself(room: Room) -> None:
    keep_fleet(room.store)
    surveyed = survey(room, TEAM_ID)
    serve(room, subscribed(room.store), PERIOD, surveyed)
    serve(room, subscribed(room.store, "C2"), PERIOD, surveyed)
    assert [named(data) for data in posted(room.store)] == [["video", "proto"]] * 2


def test_what_needs_nobody_any_more_is_said_once(room: Room) -> None:
    keep_fleet(room.store)
    subscription, surveyed = subscribed(room.store), survey(room, TEAM_ID)
    serve(room, subscription, PERIOD, surveyed)
    mended = replace(surveyed, spotted=surveyed.spotted[:1])
    data = draft(room, mended, subscription)
    assert (data["settled"], data["settled_count"], data["standing"]) == (["proto"], 1, 1)
    assert "1 finding is settled: proto." in message("digest", data).text
    serve(room, subscription, TOMORROW, mended)
    assert draft(room, mended, subscription)["settled"] == []


@on_sqlite
def test_a_workload_of_which_nothing_can_be_said_is_not_called_settled(room: Room) -> None:
    keep_fleet(room.store)
    subscription, surveyed = subscribed(room.store), survey(room, TEAM_ID)
    serve(room, subscription, PERIOD, surveyed)
    dark = replace(surveyed, spotted=surveyed.spotted[:1], unanswered=surveyed.unanswered | {"proto"})
    assert draft(room, dark, subscription)["settled"] == []


@on_sqlite
def test_what_was_snoozed_is_not_called_settled_and_is_news_when_the_snooze_ends(room: Room) -> None:
    keep_fleet(room.store)
    subscription, surveyed = subscribed(room.store), survey(room, TEAM_ID)
    serve(room, subscription, PERIOD, surveyed)
    [advice_id] = [each for each, workload in open_advices(room.store).items() if workload == "video"]
    with room.store.write(TEAM_ID) as scope:
        decisions.decide(scope, advice_id, "snooze", by="U1", at=NINE, until=NINE + timedelta(days=7))
    assert draft(room, surveyed, subscription)["settled"] == []
    serve(room, subscription, TOMORROW, surveyed)
    later = replace(room, clock=lambda: NINE + timedelta(days=8))
    assert named(draft(later, surveyed, subscription)) == ["video"]


@on_sqlite
def test_a_digest_says_only_what_its_filters_let_through(room: Room) -> None:
    keep_fleet(room.store)
    subscription = subscribed(room.store, findings=["overbuilt_prototype"], stages=["prototyping"])
    assert named(draft(room, survey(room, TEAM_ID), subscription)) == ["proto"]


@on_sqlite
def test_a_digest_asked_for_now_counts_as_said_and_a_preview_does_not(room: Room) -> None:
    keep_fleet(room.store)
    subscription, surveyed = subscribed(room.store), survey(room, TEAM_ID)
    draft(room, surveyed, subscription)
    with room.store.write(TEAM_ID) as scope:
        assert named(send(scope, subscription, surveyed, Destination(CHANNEL), NINE)) == ["video", "proto"]
    assert named(draft(room, surveyed, subscription)) == []
    assert len(posted(room.store)) == 1


@on_sqlite
@pytest.mark.parametrize("is_wanted", [True, False])
def test_owners_are_mentioned_only_where_the_workspace_wants_it(room: Room, *, is_wanted: bool) -> None:
    keep_fleet(room.store)
    with room.store.write(TEAM_ID) as scope:
        change(scope, Preferences(mentions_owners=is_wanted))
        workloads.save(scope, OwnedWorkload(Workload("video", stage="production"), owner=MEMBER.id))
        workloads.save(scope, OwnedWorkload(Workload("proto", stage="prototyping"), owner="team <!channel>"))
    text = str(message("digest", draft(room, survey(room, TEAM_ID))).blocks)
    assert (f"<@{MEMBER.id}>" in text) is is_wanted
    assert "<!channel>" not in text


def test_a_paused_subscription_is_neither_served_nor_recorded(room: Room) -> None:
    subscription = subscribed(room.store)
    with room.store.write(TEAM_ID) as scope:
        subscriptions.pause(scope, subscription.id, NINE, is_paused=True)
    assert serve(room, subscription, PERIOD, survey(room, TEAM_ID)) is False
    assert skip(room, subscription, PERIOD) is False


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


def pressed(room: Room, value: str, **changes: Any) -> Mapping[str, Any]:
    """The page that a button of the list leads to."""
    click = Click(team_id=TEAM_ID, user_id="U1", channel_id=CHANNEL, action_id="digest.all", value=value, **changes)
    return show_all(room, click).data


@on_sqlite
def test_ten_thousand_findings_are_paged_through_to_the_last(room: Room) -> None:
    keep_fleet(room.store)
    many = crowded(room, 10_000)
    kinds: tuple[FindingKind, ...] = ("dominated", "drifted_stage", "shift_to_performance", "overbuilt_prototype")
    mixed = tuple(replace(each, kind=kinds[number % 4]) for number, each in enumerate(many.spotted))
    digest_id = digest_now(room, replace(many, spotted=mixed), Destination(CHANNEL))["digest_id"]
    pages = [pressed(room, f"{digest_id}:{page}:") for page in (0, 1, 399, 9_999)]
    assert [(page["page"], page["pages"], page["total"]) for page in pages] == [
        (number, 400, 10_000) for number in (0, 1, 399, 399)
    ]
    assert [row["workload"] for page in pages[:2] for row in page["rows"]] == [f"video-{n}" for n in range(50)]
    assert [row["place"] for row in pages[3]["rows"]] == list(range(9_975, 10_000))
    drifted = pressed(room, f"{digest_id}:99:drifted_stage")
    assert (drifted["pages"], drifted["kinds"]["drifted_stage"]) == (100, 2_500)
    assert [row["place"] for row in drifted["rows"]] == list(range(9_901, 10_000, 4))


@on_sqlite
@pytest.mark.parametrize("value", ["", "nothing", ":::", "x:99999999999999:dominated", "x:-1:<!channel>"])
def test_a_button_of_a_list_that_is_no_more_or_was_never_ours_says_so(room: Room, value: str) -> None:
    assert pressed(room, value)["rows"] == []
