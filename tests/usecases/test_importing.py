"""Importing files into the database, on both databases: idempotent, in batches, and something is learned from it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.data import load_accelerators, load_catalog, sample_files
from bot.files import Report, RowProblem
from bot.store import Store, catalogs, history, models, workloads, workspaces
from bot.usecases.learning import importing
from bot.usecases.learning.importing import (
    Imported,
    import_accelerators,
    import_offers,
    import_runs,
    import_sample,
    import_workloads,
)
from bot.usecases.room import Room
from engine import Model, Observations
from tests.usecases.test_scanning import offer, run, written

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEAM = "T123"
SHEET = {
    "accelerator": "X100-80GB",
    "aliases": "X100",
    "year": 2026,
    "memory_gib": 80,
    "memory_bandwidth_gb_per_s": 3000,
    "fp32_tflops": 60,
    "fp16_tflops": 900,
    "tdp_w": 700,
}


class Told(Report):
    """A report that remembers."""

    def __init__(self) -> None:
        self.problems: list[RowProblem] = []
        self.warnings: list[str] = []
        super().__init__(self.problems.append, self.warnings.append)


@pytest.fixture
def room(store: Store) -> Room:
    return Room(store, clock=lambda: NOW)


@pytest.fixture
def report() -> Told:
    return Told()


def runs_in(room: Room, team_id: str = TEAM) -> dict[str, int]:
    with room.store.read(team_id) as scope:
        return {found.workload: found.runs for found in history.summaries(scope)}


def everything_in(room: Room) -> tuple[object, ...]:
    """Whatever an import could change."""
    with room.store.read(TEAM) as scope:
        observed = models.all_observations(scope)
        return (
            runs_in(room),
            observed,
            models.latest_model(scope),
            catalogs.latest_version(scope),
            workloads.list_all(scope),
        )


def test_runs_come_in_once_however_often_the_file_is_imported(room: Room, report: Told, tmp_path: Path) -> None:
    path = written(tmp_path / "runs.csv", [run(name, n) for n, name in enumerate("ababc")])
    assert import_runs(room, TEAM, [path], "file", report) == Imported(added=5, unchanged=0, learned=3)
    before = everything_in(room)
    assert import_runs(room, TEAM, [path], "file", report) == Imported(added=0, unchanged=5, learned=0)
    assert everything_in(room) == before
    assert runs_in(room) == {"a": 2, "b": 2, "c": 1}


def test_a_longer_file_adds_what_is_new(room: Room, report: Told, tmp_path: Path) -> None:
    rows = [run("a", n) for n in range(4)]
    import_runs(room, TEAM, [written(tmp_path / "runs.csv", rows[:2])], "file", report)
    assert import_runs(room, TEAM, [written(tmp_path / "runs.csv", rows)], "file", report) == Imported(2, 2, 1)


def test_runs_without_an_id_are_known_by_their_content(room: Room, report: Told, tmp_path: Path) -> None:
    rows = [{**run("a", n), "run_id": ""} for n in range(3)]
    path = written(tmp_path / "runs.csv", [*rows, *rows])
    assert import_runs(room, TEAM, [path], "file", report) == Imported(3, 3, 1)
    assert import_runs(room, TEAM, [path], "file", report) == Imported(0, 6, 0)


def test_two_sources_may_number_their_runs_alike(room: Room, report: Told, tmp_path: Path) -> None:
    path = written(tmp_path / "runs.csv", [run("a", 1)])
    assert import_runs(room, TEAM, [path], "mlflow", report).added == 1
    assert import_runs(room, TEAM, [path], "prometheus", report).added == 1
    assert runs_in(room) == {"a": 2}


def test_workspaces_do_not_see_each_other(room: Room, report: Told, tmp_path: Path) -> None:
    path = written(tmp_path / "runs.csv", [run("a", 1)])
    import_runs(room, TEAM, [path], "file", report)
    assert import_runs(room, "T999", [path], "file", report).added == 1
    assert runs_in(room) == runs_in(room, "T999") == {"a": 1}
    with room.store.across() as across:
        assert set(workspaces.list_ids(across)) == {TEAM, "T999"}


def test_a_second_unit_is_refused_within_a_file_and_against_what_is_known(
    room: Room, report: Told, tmp_path: Path
) -> None:
    first = written(tmp_path / "first.csv", [run("a", 1, unit="clip"), run("a", 2, unit="frame")])
    second = written(tmp_path / "second.csv", [run("a", 3, unit="frame"), run("a", 4, unit="clip")])
    assert import_runs(room, TEAM, [first], "file", report).added == 1
    assert import_runs(room, TEAM, [second], "file", report).added == 1
    assert [(Path(problem.file).name, problem.line) for problem in report.problems] == [
        ("first.csv", 3),
        ("second.csv", 2),
    ]
    assert all("'frame'" in problem.reason and "'clip'" in problem.reason for problem in report.problems)


def test_bad_rows_are_told_and_the_others_come_in(room: Room, report: Told, tmp_path: Path) -> None:
    path = written(tmp_path / "runs.csv", [run("a", 1), run("a", 2, units="many"), run("a", 3)])
    assert import_runs(room, TEAM, [path], "file", report).added == 2
    assert [(problem.line, problem.column) for problem in report.problems] == [(3, "units")]


def test_a_run_of_the_future_is_refused_by_its_line_as_it_would_be_what_runs_today(
    room: Room, report: Told, tmp_path: Path
) -> None:
    soon, later = NOW + timedelta(hours=23), NOW + timedelta(days=1, seconds=1)
    began = (NOW - timedelta(hours=1)).isoformat()
    rows = [run("a", 1), run("a", 2, started_at=began, ended_at=later.isoformat())]
    rows.append(run("a", 3, started_at=began, ended_at=soon.isoformat()))
    path = written(tmp_path / "runs.csv", rows)
    assert import_runs(room, TEAM, [path], "file", report).added == 2
    [refused] = report.problems
    assert (refused.line, refused.column) == (3, "ended_at")
    assert "lies in the future" in refused.reason


def test_batches_commit_by_themselves_so_that_a_cut_import_is_run_again(
    room: Room, report: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_BATCH", 3)
    good = written(tmp_path / "runs.csv", [run("a", n) for n in range(7)])
    bad = written(tmp_path / "bad.csv", [run("a", 8, units="many")])

    def cut(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_runs(room, TEAM, [good, bad], "file", Report(cut, cut))
    assert runs_in(room) == {"a": 6}  # the seventh waited for its batch
    assert import_runs(room, TEAM, [good], "file", report) == Imported(1, 6, 1)


def test_a_file_that_cannot_be_read_costs_none_of_the_others(room: Room, report: Told, tmp_path: Path) -> None:
    first, last = (written(tmp_path / f"{name}.csv", [run(name, 1)]) for name in ("a", "b"))
    kept = import_runs(room, TEAM, [first, tmp_path / "nowhere.csv", last], "file", report)
    assert runs_in(room) == {"a": 1, "b": 1}
    assert [Path(each.file).name for each in kept.unread] == ["nowhere.csv"]


def test_what_was_learned_is_what_the_runs_say(room: Room, report: Told, tmp_path: Path) -> None:
    path = written(tmp_path / "runs.csv", [run("a", n, units=100 + n) for n in range(4)])
    import_runs(room, TEAM, [path], "file", report)
    with room.store.read(TEAM) as scope:
        kept = models.observations(scope, "a")
        assert kept is not None
        assert kept.history_digest == history.load(scope, "a").digest
        assert len(Observations.from_document(kept.document)) == 1
        latest = models.latest_model(scope)
        assert latest is not None
        assert Model.from_document(latest[1]).version == latest[0]


def test_a_model_that_another_engine_fitted_is_not_used(room: Room, report: Told, tmp_path: Path) -> None:
    import_runs(room, TEAM, [written(tmp_path / "runs.csv", [run("a", 1)])], "file", report)
    with room.store.read(TEAM) as scope:
        kept = models.observations(scope, "a")
        latest = models.latest_model(scope)
        assert kept is not None
        assert latest is not None
        own, fitted = (
            Observations.from_document(kept.document),
            room.shelf.model(scope, Observations.from_document(kept.document)),
        )
    version, document = latest
    assert (fitted.version, Model.is_current(document)) == (version, True)
    with room.store.write(TEAM) as scope:
        models.save_model(scope, "old", {"scales": {}, "sums": "of another shape"}, NOW + timedelta(hours=1))
    with room.store.read(TEAM) as scope:
        assert room.shelf.model(scope, own).version == version


def test_progress_goes_from_reading_to_learning(
    room: Room, report: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_BATCH", 2)
    told: list[tuple[str, int, int | None]] = []
    path = written(tmp_path / "runs.csv", [run(name, n) for n, name in enumerate("abc")])
    import_runs(room, TEAM, [path], "file", report, lambda *now: told.append(now))
    assert told == [("importing runs", 2, None), ("importing runs", 3, None), ("learning from workloads", 3, 3)]


def test_imported_offers_become_the_price_list(room: Room, report: Told, tmp_path: Path) -> None:
    cheap = written(tmp_path / "cheap.csv", [offer("A10G", 0.9), offer("L4", 0.7)])
    more = written(tmp_path / "more.csv", [offer("H100", 3.0)])
    assert import_offers(room, TEAM, [cheap, more], report) == Imported(added=3, unchanged=0)
    with room.store.read(TEAM) as scope:
        offers = room.shelf.index(scope).catalog.offers
    assert [found.price_usd_per_hour for found in offers] == [0.9, 0.7, 3.0]
    before = everything_in(room)
    assert import_offers(room, TEAM, [cheap, more], report) == Imported(added=0, unchanged=3)
    assert everything_in(room) == before
    with room.store.read("T999") as scope:
        assert room.shelf.index(scope).catalog == load_catalog()


def test_a_list_without_one_good_price_changes_nothing(room: Room, report: Told, tmp_path: Path) -> None:
    path = written(tmp_path / "offers.csv", [offer("A10G", 0)])
    assert import_offers(room, TEAM, [path], report) == Imported(0, 0)
    assert report.refused == 1
    with room.store.read(TEAM) as scope:
        assert catalogs.latest_version(scope) is None


def test_a_spec_sheet_makes_runs_on_its_part_welcome(room: Room, report: Told, tmp_path: Path) -> None:
    runs = written(tmp_path / "runs.csv", [run("a", 1), run("a", 2, accelerator="X100")])
    assert import_runs(room, TEAM, [runs], "file", report).added == 1
    sheets = written(tmp_path / "sheets.csv", [SHEET])
    assert import_accelerators(room, TEAM, [sheets], report) == Imported(1, len(load_accelerators()), learned=1)
    assert import_runs(room, TEAM, [runs], "file", report) == Imported(1, 1, 1)
    assert import_accelerators(room, TEAM, [sheets], report) == Imported(0, len(load_accelerators()) + 1)
    with room.store.read(TEAM) as scope:
        assert room.shelf.index(scope).catalog.offers == load_catalog().offers


def wish(**changes: object) -> Mapping[str, object]:
    return {"workload": "a", "stage": "production", "owner": "film", "channel": "C1", **changes}


def test_what_owners_ask_for_is_kept_until_they_ask_otherwise(room: Room, report: Told, tmp_path: Path) -> None:
    first = written(tmp_path / "first.csv", [wish(max_usd_per_day=5), wish(workload="b")])
    assert import_workloads(room, TEAM, [first], report) == Imported(2, 0)
    assert import_workloads(room, TEAM, [first], report) == Imported(0, 2)
    with room.store.write(TEAM) as scope:
        workloads.track(scope, "a")
    second = written(tmp_path / "second.csv", [wish(stage="validation")])
    assert import_workloads(room, TEAM, [second], report) == Imported(1, 0)
    with room.store.read(TEAM) as scope:
        owned = workloads.get(scope, "a")
    assert owned is not None
    assert (owned.workload.stage, owned.workload.constraints.max_usd_per_day) == ("validation", None)
    assert (owned.owner, owned.channel, owned.is_tracked) == ("film", "C1", True)


def test_wishes_and_runs_meet_in_any_order(room: Room, report: Told, tmp_path: Path) -> None:
    wishes = written(tmp_path / "workloads.csv", [wish()])
    import_workloads(room, TEAM, [wishes], report)
    import_runs(room, TEAM, [written(tmp_path / "runs.csv", [run("a", 1, unit="clip")])], "file", report)
    import_workloads(room, TEAM, [written(tmp_path / "w.csv", [wish(stage="validation")])], report)
    with room.store.read(TEAM) as scope:
        (summary,) = history.summaries(scope)
        owned = workloads.get(scope, "a")
    assert (summary.runs, summary.unit) == (1, "clip")
    assert owned is not None
    assert owned.workload.stage == "validation"


def test_the_sample_ends_yesterday_and_comes_in_once(room: Room, report: Told) -> None:
    first = import_sample(room, TEAM, report)
    assert first.learned == len(runs_in(room)) >= 6
    assert (report.problems, report.warnings) == ([], [])
    with room.store.read(TEAM) as scope:
        last = max(history.load(scope, found.workload).ended.max() for found in history.summaries(scope))
        owned = workloads.get(scope, "video-gen")
    assert timedelta(0) <= NOW - datetime.fromtimestamp(last, UTC) < timedelta(days=1)
    assert owned is not None
    assert owned.workload.stage == "production"
    again = import_sample(room, TEAM, report)
    assert (again.added, again.unchanged, again.learned) == (0, first.added, 0)


def test_the_sample_is_a_file_like_any_other(room: Room, report: Told) -> None:
    assert import_runs(room, TEAM, [sample_files()["runs"]], "file", report).added == sum(runs_in(room).values())
    assert report.refused == 0
