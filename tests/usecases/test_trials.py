"""Trials, on both databases: one open promise a configuration, settled once."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from bot.jobs.receipts import Receipts
from bot.store import Store, outbox, trials
from bot.store.tables import OutboxRow
from bot.store.trials import Begun, Trial
from bot.usecases.following.measuring import verification
from bot.usecases.following.watching import follow
from bot.usecases.room import Room
from tests.jobs.clocks import until
from tests.usecases.after_samples import (
    CONFIGURATION,
    FORECAST,
    HOUR,
    NOW,
    TEAM,
    Clock,
    import_runs,
    keep_advice,
    room_of,
)

WEEK = timedelta(days=7)


@pytest.fixture
def lab(store: Store) -> tuple[Room, Clock]:
    """A workspace with one advice."""
    import_runs(store, name="long ago", first=NOW - 99 * HOUR)
    with store.write(TEAM) as scope:
        keep_advice(scope)
    return room_of(store)


def begin(room: Room, **changes: Any) -> Begun:
    how: dict[str, Any] = {"runner": "U3", "until": NOW + WEEK, "by": "U2", "at": NOW}
    with room.store.write(TEAM) as scope:
        forecast: Any = {**FORECAST, "unit": "clip"}
        return trials.begin(scope, "advice-1", "video-gen", CONFIGURATION | changes, forecast, **how)


def now(room: Room, trial: Trial) -> Trial:
    with room.store.read(TEAM) as scope:
        found = trials.get(scope, trial.id)
    assert found is not None
    return found


def count(room: Room, view: str) -> int:
    with room.store.read(TEAM) as scope:
        query = select(func.count()).select_from(OutboxRow).where(col(OutboxRow.view) == view)
        return int(scope.scalars(query).one())


async def look(room: Room) -> int:
    return await Receipts(room).look_once()


def test_a_configuration_is_tried_once_at_a_time(lab: tuple[Room, Clock]) -> None:
    room, _ = lab
    first, second, other = begin(room), begin(room), begin(room, accelerator_count=8)
    assert (first.is_new, second.is_new, other.is_new) == (True, False, True)
    assert second.trial == first.trial


def test_a_price_that_moved_makes_no_other_configuration(lab: tuple[Room, Clock]) -> None:
    room, _ = lab
    begin(room)
    assert not begin(room, price_usd_per_hour=7.0).is_new


@pytest.mark.parametrize("change", [{"precision": "fp8"}, {"batch_size": 64.0}, {"term": "1y"}], ids=str)
def test_the_same_machines_run_or_committed_to_otherwise_are_another_trial(
    lab: tuple[Room, Clock], change: dict[str, Any]
) -> None:
    room, _ = lab
    begin(room)
    assert begin(room, **change).is_new


def test_of_many_who_plan_the_same_at_once_one_does(lab: tuple[Room, Clock]) -> None:
    room, _ = lab
    with ThreadPoolExecutor(6) as threads:
        begun = list(threads.map(lambda _: begin(room), range(6)))
    assert sum(each.is_new for each in begun) == 1
    assert len({each.trial.id for each in begun}) == 1


async def test_the_run_that_arrives_verifies(lab: tuple[Room, Clock]) -> None:
    room, clock = lab
    trial = begin(room).trial
    assert await look(room) == 0
    import_runs(room.store)
    clock.now += 3 * HOUR
    assert await look(room) == 1
    done = now(room, trial)
    assert (done.state, done.finished_at) == ("verified", clock.now)
    assert done.measured is not None
    assert done.measured["measured"]["units_per_hour"] == 60.0
    with room.store.read(TEAM) as scope:
        assert (found := verification(scope, "advice-1"))
        assert found["measured"]["runs"] == 1
    assert begin(room).is_new


def test_of_eight_processes_at_once_one_says_that_it_arrived(lab: tuple[Room, Clock]) -> None:
    room, _ = lab
    trial = begin(room).trial
    import_runs(room.store)
    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(lambda _: follow(room, trial), range(8))) == 1
    assert count(room, "trial_done") == 1


async def test_a_run_of_before_the_promise_or_on_something_else_verifies_nothing(lab: tuple[Room, Clock]) -> None:
    room, _ = lab
    trial = begin(room).trial
    import_runs(room.store, name="before", first=NOW - 3 * HOUR)
    import_runs(room.store, name="else", accelerator="L4")
    assert await look(room) == 0
    assert now(room, trial).state == "planned"


async def test_an_overdue_trial_is_reminded_of_once_however_many_look(lab: tuple[Room, Clock]) -> None:
    room, clock = lab
    trial = begin(room).trial
    clock.now += WEEK
    await asyncio.gather(*(look(room) for _ in range(4)))
    assert (now(room, trial).state, count(room, "trial_due")) == ("reminded", 1)
    assert now(room, trial).until == clock.now + timedelta(days=3)
    clock.now += timedelta(days=3)
    await asyncio.gather(*(look(room) for _ in range(4)))
    assert (now(room, trial).state, count(room, "trial_due")) == ("expired", 1)
    assert await look(room) == 0


async def test_a_run_that_comes_after_the_reminder_still_counts(lab: tuple[Room, Clock]) -> None:
    room, clock = lab
    trial = begin(room).trial
    clock.now += WEEK
    await look(room)
    import_runs(room.store, first=NOW + 24 * HOUR)
    await look(room)
    assert now(room, trial).state == "verified"


def test_a_trial_of_another_workspace_is_out_of_reach(lab: tuple[Room, Clock]) -> None:
    room, clock = lab
    trial = begin(room).trial
    with room.store.write("T2") as scope:
        assert trials.get(scope, trial.id) is None
        assert not trials.finish(scope, trial, "cancelled", clock.now)
        assert not trials.planned(scope)
        assert outbox.get(scope, trial.id) is None
    assert now(room, trial).state == "planned"


async def test_a_worker_looks_at_once_and_stops_when_it_is_told_to(lab: tuple[Room, Clock]) -> None:
    room, clock = lab
    trial = begin(room).trial
    import_runs(room.store)
    clock.now += 3 * HOUR
    stop = asyncio.Event()
    running = asyncio.create_task(Receipts(room).run(stop))
    await until(lambda: now(room, trial).state == "verified")
    stop.set()
    await running


async def test_a_trial_that_cannot_be_followed_holds_up_no_other(
    lab: tuple[Room, Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    room, clock = lab
    broken, fine = begin(room).trial, begin(room, accelerator_count=8).trial
    import_runs(room.store, accelerator_count=8)

    def follow_or_fail(room: Room, trial: Trial) -> bool:
        if trial.id == broken.id:
            raise RuntimeError("out of luck")
        return follow(room, trial)

    monkeypatch.setattr("bot.jobs.receipts.follow", follow_or_fail)
    clock.now += 3 * HOUR
    assert await look(room) == 1
    assert (now(room, broken).state, now(room, fine).state) == ("planned", "verified")
