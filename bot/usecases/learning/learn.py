"""What new runs teach: the measurements of their workloads, and with them the model. Never while one asks."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.files import Report
from bot.store import history, workloads
from bot.store.models import Observed
from bot.usecases.learning.keeping import catch_up, keep, look_back
from bot.usecases.room import Room
from engine import Accelerators, History, Kind, MixedUnits, Stage, infer_kind, infer_stage, observe

__all__ = ["learn"]

_CHUNK = 100  # workloads a transaction


def learn(
    room: Room,
    team_id: str,
    names: Sequence[str],
    report: Report,
    progress: Callable[[str, int, int | None], object] = lambda *_: None,
) -> int:
    """Measure the workloads `names` anew, which the model learns; how many were measured.

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
            keep(room, scope, [each for each, _, _ in observed])
            for each, stage, kind in observed:
                workloads.note(scope, each.workload, stage, kind)
        learned += len(observed)
        progress("learning from workloads", learned, len(names))
    catch_up(room, team_id)
    look_back(room, team_id)
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
