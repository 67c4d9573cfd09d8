"""After an upgrade models are fitted anew before anybody asks, and where nothing changed nothing is done."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.jobs.refitting import Refitter
from bot.local.workspace import TEAM_ID
from bot.store import Store, models, workspaces
from bot.usecases.learning import keeping
from bot.usecases.room import Room
from engine import Model, fit
from tests.jobs.clocks import until
from tests.scenarios.workspace_story import keep_runs, runs

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
EMPTY = "T0EMPTY01"


@pytest.fixture
def room(store: Store) -> Room:
    """One workspace whose model an older engine fitted, and one that knows nothing."""
    keep_runs(store, TEAM_ID, runs())
    with store.write(TEAM_ID) as scope:
        models.save_model(scope, "old", {"scales": {}}, NOW)
    with store.write(EMPTY) as scope:
        workspaces.ensure(scope)
    return Room(store, clock=lambda: NOW)


def is_current(room: Room, team_id: str = TEAM_ID) -> bool:
    with room.store.read(team_id) as scope:
        latest = models.latest_model(scope)
    return latest is not None and Model.is_current(latest[1])


async def test_a_model_of_an_older_engine_is_fitted_anew(room: Room) -> None:
    assert not is_current(room)
    await Refitter(room).look_once()
    assert is_current(room)


async def test_where_nothing_is_known_nothing_is_fitted(room: Room) -> None:
    await Refitter(room).look_once()
    with room.store.read(EMPTY) as scope:
        assert models.latest_model(scope) is None


async def test_a_model_that_is_current_is_left_alone(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    await Refitter(room).look_once()

    def refuse(*_: object) -> Model:
        raise AssertionError("everything was fitted anew")

    monkeypatch.setattr(keeping, "fit", refuse)
    await Refitter(room).look_once()


async def test_a_workspace_that_cannot_be_fitted_is_tried_again(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = [RuntimeError("a mistake of ours")]

    def fragile(*given: object) -> Model:
        if failures:
            raise failures.pop()
        return fit(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(keeping, "fit", fragile)
    monkeypatch.setattr("bot.jobs.refitting._IDLE_SECONDS", 0.01)
    await run_until(room, lambda: is_current(room))


async def test_it_looks_at_the_start_and_ends_when_told(room: Room) -> None:
    await run_until(room, lambda: is_current(room))


async def run_until(room: Room, is_so: Callable[[], bool]) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(Refitter(room).run(stop))
    await until(is_so)
    stop.set()
    await asyncio.wait_for(task, 60)
