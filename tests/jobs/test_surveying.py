"""A survey gives the same findings whoever does the work, and is finished whatever becomes of them."""

from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.jobs import crews
from bot.jobs.crews import crew_of
from bot.local.workspace import TEAM_ID
from bot.store import Store, history
from bot.usecases.digests import surveying
from bot.usecases.digests.hands import Crew, Hands
from bot.usecases.digests.spotting import Part, spot_elsewhere
from bot.usecases.digests.surveying import Survey, survey
from bot.usecases.room import Room, Shelf
from engine import Run
from tests.jobs.fleets import NINE, keep_fleet

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MANY = 9


@pytest.fixture
def room(store: Store, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Room:
    """A fleet that is large enough to be shared out, in parts of two."""
    monkeypatch.setattr(surveying, "_PART", 2)
    monkeypatch.setattr(surveying, "_FEW", 2)
    keep_fleet(store)
    with store.write(TEAM_ID) as scope:
        for number in range(MANY):
            mixed = [_run(f"mixed-{number}", unit) for unit in ("clip", "image")]
            history.add_runs(scope, "test", mixed)
    return Room(store, shelf, clock=lambda: NINE)


def _run(name: str, unit: str) -> Run:
    return Run(name, f"{name}-{unit}", NINE.replace(hour=1), NINE.replace(hour=2), 5.0, "A10G-24GB", 1, unit=unit)


def found(surveyed: Survey) -> list[Any]:
    """Everything but the packed advices, in which the search's own duration varies."""
    return [replace(each, packed=b"") for each in surveyed.spotted]


def crew(executor: Executor, database_url: str | None) -> Crew:
    @contextmanager
    def hands() -> Iterator[Hands]:
        yield Hands(executor, database_url, 2)

    return hands


def test_other_hands_find_what_this_process_finds(room: Room, database_url: str) -> None:
    alone = survey(room, TEAM_ID)
    with ThreadPoolExecutor(2) as threads:
        shared = survey(replace(room, crew=crew(threads, database_url)), TEAM_ID)
    assert [each.workload for each in found(shared)] == ["video", "proto"]
    assert found(shared) == found(alone)
    assert (shared.names, shared.unanswered) == (alone.names, alone.unanswered)
    assert len(shared.unanswered) == MANY, "what cannot be read has failed"
    assert shared.undetermined == alone.undetermined == {"quiet"}, "what never ran has not"


def test_processes_of_this_machine_do_it(room: Room, database_url: str) -> None:
    assert found(survey(replace(room, crew=crew_of(database_url)), TEAM_ID)) == found(survey(room, TEAM_ID))


def test_whoever_holds_a_lease_hears_from_the_survey_all_along(room: Room, database_url: str) -> None:
    beats: list[tuple[int, int]] = []
    with ThreadPoolExecutor(2) as threads:
        survey(replace(room, crew=crew(threads, database_url)), TEAM_ID, lambda *told: beats.append(told))
    assert beats == [(min(done + 2, MANY + 3), MANY + 3) for done in range(0, MANY + 3, 2)]


class Failing(Executor):
    """Does a few tasks well and then fails for good, in the way that `trouble` does."""

    def __init__(self, good: int, trouble: BaseException, *, is_sudden: bool) -> None:
        self.good, self.trouble, self.is_sudden = good, trouble, is_sudden

    def submit(self, call: Any, /, *arguments: Any, **_: Any) -> Future[Any]:
        self.good -= 1
        future: Future[Any] = Future()
        if self.good >= 0:
            future.set_result(call(*arguments))
        elif self.is_sudden:
            raise self.trouble
        else:
            future.set_exception(self.trouble)
        return future


@pytest.mark.parametrize("good", [0, 1, 3])
@pytest.mark.parametrize("is_sudden", [True, False])
@pytest.mark.parametrize("trouble", [BrokenProcessPool("a worker died"), OSError("the scheduler is gone")])
def test_what_broken_hands_leave_undone_is_done_here(
    room: Room, database_url: str, good: int, trouble: BaseException, *, is_sudden: bool
) -> None:
    failing = Failing(good, trouble, is_sudden=is_sudden)
    surveyed = survey(replace(room, crew=crew(failing, database_url)), TEAM_ID)
    assert [each.workload for each in surveyed.spotted] == ["video", "proto"]
    assert len(surveyed.unanswered) == MANY


def test_hands_that_never_answer_are_not_waited_for_for_ever(
    room: Room, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent(Executor):
        def submit(self, *_: Any, **__: Any) -> Future[Any]:
            return Future()

    monkeypatch.setattr(surveying, "_PATIENCE_SECONDS", 0.05)
    assert len(survey(replace(room, crew=crew(Silent(), database_url)), TEAM_ID).spotted) == 2


def test_without_a_scheduler_the_survey_is_made_here(
    room: Room, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crews, "_DASK_PATIENCE_SECONDS", 0.5)
    nobody = crew_of(database_url, "tcp://127.0.0.1:9")
    assert len(survey(replace(room, crew=nobody), TEAM_ID).spotted) == 2


def test_a_worker_with_another_database_says_so_instead_of_finding_nothing(tmp_path: Path, database_url: str) -> None:
    assert "other.db" not in database_url
    other = Store(f"sqlite:///{tmp_path}/other.db")
    other.migrate()
    part = Part(f"sqlite:///{tmp_path}/other.db", TEAM_ID, NINE, ("video", "proto"))
    with pytest.raises(LookupError, match="another database"):
        spot_elsewhere(part)
    other.close()


def test_a_cluster_of_dask_does_it(room: Room, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setenv("DATABASE_URL", database_url)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, host="tcp://127.0.0.1"
    ) as cluster:
        shared = survey(replace(room, crew=crew_of(database_url, cluster.scheduler_address)), TEAM_ID)
    assert found(shared) == found(survey(room, TEAM_ID))


def test_a_killed_worker_costs_nothing_but_time(room: Room, database_url: str) -> None:
    with ProcessPoolExecutor(1) as pool:
        pid = pool.submit(_pid).result()
        _kill(pid)
        surveyed = survey(replace(room, crew=crew(pool, database_url)), TEAM_ID)
    assert [each.workload for each in surveyed.spotted] == ["video", "proto"]


def _pid() -> int:
    import os  # noqa: PLC0415 - in the worker

    return os.getpid()


def _kill(pid: int) -> None:
    import os  # noqa: PLC0415
    import signal  # noqa: PLC0415

    os.kill(pid, signal.SIGKILL)
