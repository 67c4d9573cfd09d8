"""What new runs teach: the measurements of their workloads, then the model of the workspace. Never while one asks."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.files import Report
from bot.store import history, models, workloads
from bot.store.models import Observed
from bot.usecases.learning.scoring import looked_back
from bot.usecases.room import Room
from engine import (
    Accelerators,
    History,
    Kind,
    MixedUnits,
    Observations,
    Stage,
    fit,
    infer_kind,
    infer_stage,
    observe,
)

__all__ = ["learn"]

_CHUNK = 100  # workloads a transaction


def learn(
    room: Room,
    team_id: str,
    names: Sequence[str],
    report: Report,
    progress: Callable[[str, int, int | None], object] = lambda *_: None,
) -> int:
    """Measure the workloads `names` anew and refit the model on everything; how many were measured.

    A workload whose runs count in two units teaches nothing; the report says so.
    """
    if not names:
        return 0
    with room.store.read(team_id) as scope:
        accelerators = room.shelf.index(scope).catalog.accelerators
    learned = 0
    for start in range(0, len(names), _CHUNK):
        observed = _observed(room, team_id, names[start : start + _CHUNK], accelerators, report)
        with room.store.write(team_id) as scope:
            for each, stage, kind in observed:
                models.save_observations(scope, each)
                workloads.note(scope, each.workload, stage, kind)
        learned += len(observed)
        progress("learning from workloads", learned, len(names))
    _refit(room, team_id, accelerators)
    return learned


def _observed(
    room: Room, team_id: str, names: Sequence[str], accelerators: Accelerators, report: Report
) -> list[tuple[Observed, Stage | None, Kind | None]]:
    """What the runs of each workload say: of its speed, and of its stage and kind."""
    found = []
    for name in names:
        try:
            with room.store.read(team_id) as scope:
                runs = history.load(scope, name)
        except MixedUnits as error:
            report.warn(str(error))
        else:
            observations = observe(runs, accelerators)
            observed = Observed(name, runs.digest, observations.as_document())
            found.append((observed, _stage(runs, room.clock()), infer_kind(observations)[0]))
    return found


def _stage(runs: History, now: datetime) -> Stage | None:
    """The latest tag, else what the history shows."""
    tag = next((tag for tag in reversed(runs.stage) if tag is not None), None)
    return tag or infer_stage(runs, now)[0]


def _refit(room: Room, team_id: str, accelerators: Accelerators) -> None:
    with room.store.read(team_id) as scope:
        known = [Observations.from_document(each.document) for each in models.all_observations(scope)]
    model = fit(known, accelerators)
    checked = looked_back(model, known, accelerators)
    with room.store.write(team_id) as scope:
        models.save_model(scope, model.version, model.as_document(), room.clock(), checked)
