"""What it costs to learn from 200 runs of one workload in a large workspace, against fitting on everything anew.

`python -m tests.benchmarks.bench_learning [WORKLOADS [RUNS]]`, by default 10,000 workloads of 6 runs each. Both ways
end in the same model, to the last bit; that is checked.
"""

import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from bot.files import Report
from bot.store import Store, history, models, workspaces
from bot.usecases.learning.learn import learn
from bot.usecases.room import Room
from engine import Model, Observations, Run, fit
from tests.benchmarks.fleet_scan import rows
from tests.benchmarks.timing import ratio, seconds, spread

TEAM = "T0"
PARTS = {"A10G": "A10G-24GB", "L4": "L4-24GB", "H100": "H100-80GB"}
NEWS, ROUNDS, BATCH = 200, 5, 5000


def fleet(workloads: int, runs: int) -> Iterator[Run]:
    """The made-up fleet of `fleet_scan`, as runs."""
    for name, run_id, began, ended, units, unit, part, *_ in rows(workloads, runs):
        start, end = (datetime.fromisoformat(str(each)) for each in (began, ended))
        yield Run(str(name), str(run_id), start, end, float(str(units)), PARTS[str(part)], 1, str(unit))


def news(turn: int) -> list[Run]:
    """Runs of one workload on what it never ran on, different in every turn."""
    began = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=turn)
    starts = [began + timedelta(minutes=6 * number) for number in range(NEWS)]
    return [
        Run("job-00000", f"{turn}/{start}", start, start + timedelta(minutes=5), 90.0 + turn, "H100-80GB", 2, "item")
        for start in starts
    ]


def report(workloads: int = 10_000, runs: int = 6) -> Iterator[str]:
    """The lines of the report."""
    with tempfile.TemporaryDirectory() as folder:
        room = Room(Store(f"sqlite:///{Path(folder) / 'fleet.db'}"))
        room.store.migrate()
        with room.store.write(TEAM) as scope:
            workspaces.ensure(scope)
        yield f"{workloads:,} workloads of {runs} runs: kept and learned in {_filled(room, workloads, runs):,.0f} s"
        kept, learned = list[float](), list[float]()
        for turn in range(ROUNDS):
            kept += seconds(lambda: _keep(room, news(turn)), 1)  # noqa: B023
            learned += seconds(lambda: learn(room, TEAM, ["job-00000"], _silent()), 1)
        whole, anew = list[Model](), list[float]()
        anew += seconds(lambda: whole.append(_fitted(room)), 2)
        yield f"{NEWS} runs of one workload: kept in {spread(kept)} ms, learned in {spread(learned)} ms;"
        yield f"  reading and fitting everything anew {spread(anew, 1.0)} s, {ratio(anew, learned)}"
        yield f"  both models are {'equal to the last bit' if whole[0].as_document() == _in_use(room) else 'DIFFERENT'}"
        room.store.close()


def _filled(room: Room, workloads: int, runs: int) -> float:
    def fill() -> None:
        every = fleet(workloads, runs)
        while batch := list(islice(every, BATCH)):
            _keep(room, batch)
        learn(room, TEAM, [f"job-{number:05d}" for number in range(workloads)], _silent())

    return seconds(fill, 1)[0]


def _keep(room: Room, runs: list[Run]) -> None:
    with room.store.write(TEAM) as scope:
        history.add_runs(scope, "benchmark", runs)


def _fitted(room: Room) -> Model:
    """How every import ended before the model learned step by step."""
    with room.store.read(TEAM) as scope:
        known = [Observations.from_document(each.document) for each in models.all_observations(scope)]
        return fit(known, room.shelf.index(scope).catalog.accelerators)


def _in_use(room: Room) -> object:
    with room.store.read(TEAM) as scope:
        latest = models.latest_model(scope)
    return None if latest is None else latest[1]


def _silent() -> Report:
    def refuse(problem: object) -> None:
        raise AssertionError(problem)

    return Report(refuse, refuse)


if __name__ == "__main__":
    for line in report(*map(int, sys.argv[1:])):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
