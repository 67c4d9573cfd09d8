"""Receipts, on both databases: each is given once, whichever of several processes is first."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.jobs.receipts import Receipts
from bot.posts import Destination
from bot.store import Store, models, receipts
from bot.store.receipts import Receipt
from bot.store.tables import OutboxRow
from bot.usecases.following import afterwards
from bot.usecases.following.receipts import check
from bot.usecases.room import Room
from tests.usecases.after_samples import CARD, HOUR, NOW, TEAM, Clock, approve, import_runs, room_of

WEEK = timedelta(days=7)


@pytest.fixture
def told(store: Store) -> tuple[Room, Clock]:
    """A workspace in which something was approved, in the thread of a card."""
    room, clock = room_of(store)
    approved(room, CARD)
    return room, clock


def approved(room: Room, card: Destination, trouble: Exception | None = None) -> None:
    with room.store.write(TEAM) as scope:
        advice, decision = approve(scope)
        afterwards.approved(room, scope, advice, decision, card)
        if trouble is not None:
            raise trouble


def said(room: Room, view: str = "receipt") -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Destination and data of every post of a view, oldest first."""
    with room.store.read(TEAM) as scope:
        rows = scope.scalars(select(OutboxRow).where(col(OutboxRow.view) == view).order_by(col(OutboxRow.position)))
        return [(row.destination, row.data) for row in rows]


def promises(room: Room) -> dict[str, Receipt]:
    with room.store.read(TEAM) as scope:
        return {each.key: each for each in receipts.of_advice(scope, "advice-1")}


async def look(room: Room) -> int:
    return await Receipts(room).look_once()


async def test_an_approval_promises_after_a_week_two_a_month_and_five_runs(told: tuple[Room, Clock]) -> None:
    room, _ = told
    due = {key: (each.state, each.due_at - NOW) for key, each in promises(room).items()}
    days = {"runs": 0, "7d": 7, "14d": 14, "30d": 30}
    assert due == {key: ("waiting", timedelta(days=number)) for key, number in days.items()}
    assert await look(room) == 0


async def test_a_receipt_is_said_in_the_thread_where_the_approval_was_made(told: tuple[Room, Clock]) -> None:
    room, clock = told
    import_runs(room.store)
    clock.now += WEEK
    assert await look(room) == 1
    ((to, data),) = said(room)
    assert (to["channel"], to["thread_ts"], to["is_private"]) == ("C1", "1.0001", False)
    assert data["measured"]["runs"] == 1
    assert data["is_inside"] == {"units_per_hour": True, "usd_per_unit": True}
    assert promises(room)["7d"].state == "measured"


async def test_a_private_approval_s_receipt_goes_to_whoever_approved(store: Store) -> None:
    room, clock = room_of(store)
    approved(room, Destination("C1", "U1", response_url="https://x", update_ts="1.1", is_private=True))
    import_runs(store)
    clock.now += WEEK
    await look(room)
    ((to, _),) = said(room)
    assert (to["channel"], to["user"]) == (None, "U2")


async def test_the_handoff_is_written_with_the_decision_or_not_at_all(store: Store) -> None:
    room, _ = room_of(store)
    with pytest.raises(RuntimeError):
        approved(room, CARD, trouble=RuntimeError("out of luck"))
    assert not said(room, "handoff")
    assert not promises(room)


def test_of_eight_processes_at_once_one_speaks(told: tuple[Room, Clock]) -> None:
    room, clock = told
    import_runs(room.store, 5)
    clock.now += WEEK
    with room.store.read_across() as across:
        due = receipts.due(across, clock.now)
    assert {each.key for each in due} == {"runs", "7d"}
    with ThreadPoolExecutor(8) as threads:
        settled = list(threads.map(lambda _: check(room, due[0]), range(8)))
    assert sum(settled) == 1
    assert len(said(room)) == 1


async def test_two_workers_share_the_work_and_say_each_once(told: tuple[Room, Clock]) -> None:
    room, clock = told
    import_runs(room.store, 5)
    clock.now += timedelta(days=31)
    await asyncio.gather(look(room), look(room))
    assert 1 <= len(said(room)) <= 4
    assert {each.state for each in promises(room).values()} <= {"measured", "skipped", "withdrawn"}
    assert await look(room) == 0


async def test_runs_of_before_of_another_unit_or_that_failed_do_not_count(told: tuple[Room, Clock]) -> None:
    room, clock = told
    import_runs(room.store, name="before", first=NOW - 5 * HOUR)
    import_runs(room.store, name="failed", status="failed")
    import_runs(room.store, name="elsewhere", accelerator_count=8)
    clock.now += WEEK
    await look(room)
    ((_, data),) = said(room)
    assert data["measured"] is None


async def test_an_undone_approval_gets_no_receipt(told: tuple[Room, Clock]) -> None:
    room, clock = told
    with room.store.write(TEAM) as scope:
        receipts.withdraw(scope, "advice-1", clock.now)
    import_runs(room.store, 5)
    clock.now += timedelta(days=31)
    assert await look(room) == 0
    assert not said(room)


async def test_a_miss_makes_the_model_learn_what_it_has_not_seen(told: tuple[Room, Clock]) -> None:
    room, clock = told
    import_runs(room.store, 5, units=20.0)
    clock.now += 7 * HOUR
    assert await look(room) == 1
    ((_, data),) = said(room)
    assert data["lesson"] == "refitted"
    assert data["is_inside"]["units_per_hour"] is False
    with room.store.read(TEAM) as scope:
        assert models.latest_model(scope) is not None
        assert models.observations(scope, "video-gen") is not None
    import_runs(room.store, 1, name="later", units=25.0, first=NOW + 9 * HOUR)
    clock.now += WEEK
    await look(room)
    assert [data["lesson"] for _, data in said(room)] == ["refitted", "refitted"]


async def test_a_receipt_of_another_workspace_is_out_of_reach(told: tuple[Room, Clock]) -> None:
    room, _ = told
    with room.store.read("T2") as scope:
        assert not receipts.of_advice(scope, "advice-1")
        assert receipts.last_measured(scope, "advice-1") is None
    with room.store.write("T2") as scope:
        assert receipts.withdraw(scope, "advice-1", NOW) == 0
