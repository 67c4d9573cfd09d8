"""What is learned step by step is what a fit of everything learns, to the last bit, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import delete
from sqlmodel import col

from bot.files import Report
from bot.store import Scope, Store, models, workspaces
from bot.store.tables import ObservationsRow, RunRow
from bot.usecases.learning import keeping
from bot.usecases.learning.importing import import_accelerators, import_runs
from bot.usecases.learning.learn import learn
from bot.usecases.room import Room
from engine import Model, Observations, fit
from tests.usecases.test_importing import SHEET
from tests.usecases.test_scanning import Row, run, written

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEAM = "T123"
SPEEDS = {"A10G": 100.0, "L4": 61.7, "H100": 713.9, "T4": 33.1}
Import = Callable[..., None]


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store, clock=lambda: NOW)


def silent() -> Report:
    return Report(lambda _: None, lambda _: None)


@pytest.fixture
def came(room: Room, tmp_path: Path) -> Import:
    """Import runs of a workload on each of some parts; different in every turn."""

    def come(workload: str, parts: str, turn: int = 0) -> None:
        rows = [_row(workload, part, turn, place) for place, part in enumerate(parts.split())]
        path = written(tmp_path / f"{workload}-{turn}.csv", rows)
        import_runs(room, TEAM, [path], "file", silent())

    return come


def _row(workload: str, part: str, turn: int, place: int) -> Row:
    units = SPEEDS[part] * (1.0 + 0.07 * turn + 0.01 * place)
    return run(workload, 10 * turn + place, units=units, accelerator=part, accelerator_count=1 + turn % 2)


def in_use(scope: Scope) -> Model:
    latest = models.latest_model(scope)
    assert latest is not None
    return Model.from_document(latest[1])


def is_a_fit_of_everything(room: Room) -> bool:
    """The slow, obvious twin: all that is kept, fitted at once."""
    with room.store.read(TEAM) as scope:
        known = [Observations.from_document(each.document) for each in models.all_observations(scope)]
        whole = fit(known, room.shelf.index(scope).catalog.accelerators)
        assert whole.lessons or not known, "nothing was learned at all"
        return in_use(scope).as_document() == whole.as_document() and models.latest_model(scope)[0] == whole.version  # type: ignore[index]


def nothing_may_be_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Model:
        raise AssertionError("everything was fitted anew")

    monkeypatch.setattr(keeping, "fit", refuse)


def test_after_every_import_the_model_is_a_fit_of_everything(
    room: Room, came: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    came("a", "A10G L4")
    nothing_may_be_fitted(monkeypatch)
    for turn, (workload, parts) in enumerate(
        [("b", "A10G H100"), ("a", "H100 T4"), ("c", "T4"), ("b", "L4"), ("a", "A10G")], 1
    ):
        came(workload, parts, turn)
        assert is_a_fit_of_everything(room), turn


def test_runs_that_are_gone_are_unlearned(room: Room, came: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    came("a", "A10G L4")
    came("b", "A10G H100 T4")
    nothing_may_be_fitted(monkeypatch)
    with room.store.write(TEAM) as scope:
        of_one_part = (col(RunRow.workload) == "b", col(RunRow.accelerator).startswith("T4"))
        scope.execute(delete(RunRow).where(*of_one_part))
    learn(room, TEAM, ["b"], silent())
    assert is_a_fit_of_everything(room)
    with room.store.read(TEAM) as scope:
        assert "T4" not in {name[:2] for each in in_use(scope).lessons for name in each.accelerators}


def test_a_workspace_that_was_forgotten_begins_with_nothing(room: Room, came: Import) -> None:
    came("a", "A10G L4")
    with room.store.write(TEAM) as scope:
        workspaces.forget(scope)
    with room.store.read(TEAM) as scope:
        assert models.latest_model(scope) is None
    came("b", "A10G H100")
    assert is_a_fit_of_everything(room)
    with room.store.read(TEAM) as scope:
        assert len(in_use(scope).taught_by) == 1


def test_other_spec_sheets_make_another_model(room: Room, came: Import, tmp_path: Path) -> None:
    came("a", "A10G L4")
    with room.store.read(TEAM) as scope:
        before = in_use(scope)
    import_accelerators(room, TEAM, [written(tmp_path / "sheets.csv", [SHEET])], silent())
    assert is_a_fit_of_everything(room)
    with room.store.read(TEAM) as scope:
        assert in_use(scope).sheets == room.shelf.index(scope).catalog.accelerators.version != before.sheets


def test_a_model_of_another_engine_is_not_added_to(room: Room, came: Import) -> None:
    came("a", "A10G L4")
    with room.store.write(TEAM) as scope:
        models.save_model(scope, "old", {"scales": {}}, NOW)
    came("b", "A10G H100")
    assert is_a_fit_of_everything(room)


def test_what_is_kept_while_everything_is_fitted_is_learned_at_the_end(
    room: Room, came: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One workload comes, one changes, and one goes, all between the reading and the saving of the first model."""
    came("gone", "A10G L4")
    came("a", "A10G L4")
    with room.store.write(TEAM) as scope:
        models.save_model(scope, "old", {"scales": {}}, NOW)

    def slowly(known: list[Observations], accelerators: object) -> Model:
        monkeypatch.setattr(keeping, "fit", fit)
        monkeypatch.setattr("bot.usecases.learning.learn.catch_up", lambda *_: None)  # they are not so far yet
        came("new", "H100 T4")
        came("a", "T4", 1)
        with room.store.write(TEAM) as scope:
            of_gone = col(ObservationsRow.workload) == "gone"
            scope.execute(delete(ObservationsRow).where(of_gone))
        return fit(known, accelerators)  # type: ignore[arg-type]

    monkeypatch.setattr(keeping, "fit", slowly)
    keeping.catch_up(room, TEAM)
    assert is_a_fit_of_everything(room)
    with room.store.read(TEAM) as scope:
        assert len(in_use(scope).taught_by) == 2


def test_those_who_learn_at_once_lose_nothing_of_each_other(room: Room, came: Import) -> None:
    for name in "abcd":
        came(name, "A10G L4 H100")
    with room.store.write(TEAM) as scope:
        scope.execute(delete(RunRow).where(col(RunRow.accelerator).startswith("L4")))
    at_once = Barrier(4)

    def relearn(name: str) -> None:
        at_once.wait()
        learn(room, TEAM, [name], silent())

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(relearn, "abcd"))
    assert is_a_fit_of_everything(room)


def test_a_large_workspace_is_looked_back_on_once_a_day(
    room: Room, came: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_FEW", 0)
    came("a", "A10G L4")
    seen = []
    for turn, hours in enumerate((1, 23, 25), 1):
        later = replace(room, clock=lambda: NOW + timedelta(hours=hours))  # noqa: B023
        with room.store.write(TEAM) as scope:
            scope.execute(delete(RunRow).where(col(RunRow.run_id) == f"a-{turn}"))
        learn(later, TEAM, ["a"], silent())
        with room.store.read(TEAM) as scope:
            seen.append(models.hindsight(scope))
    moments = [found["at"] for found in seen if found is not None]
    assert moments == [each.isoformat() for each in (NOW, NOW, NOW + timedelta(hours=25))]


def test_a_small_workspace_is_looked_back_on_whenever_it_changes(room: Room, came: Import) -> None:
    came("a", "A10G L4")
    came("b", "A10G H100", 1)
    with room.store.read(TEAM) as scope:
        found = models.hindsight(scope)
    assert found is not None
    assert found["eligible"] == 2
