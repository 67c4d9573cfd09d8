"""What new runs teach: the measurements of their workloads, then the model of the workspace. Never while one asks."""

from collections.abc import Callable, Sequence

from bot.files import Report
from bot.store import history, models
from bot.store.models import Observed
from bot.usecases.room import Room
from engine import Accelerators, MixedUnits, Observations, fit, observe

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
            for each in observed:
                models.save_observations(scope, each)
        learned += len(observed)
        progress("learning from workloads", learned, len(names))
    _refit(room, team_id, accelerators)
    return learned


def _observed(
    room: Room, team_id: str, names: Sequence[str], accelerators: Accelerators, report: Report
) -> list[Observed]:
    found = []
    for name in names:
        try:
            with room.store.read(team_id) as scope:
                runs = history.load(scope, name)
        except MixedUnits as error:
            report.warn(str(error))
        else:
            found.append(Observed(name, runs.digest, observe(runs, accelerators).as_document()))
    return found


def _refit(room: Room, team_id: str, accelerators: Accelerators) -> None:
    with room.store.read(team_id) as scope:
        known = [Observations.from_document(each.document) for each in models.all_observations(scope)]
    model = fit(known, accelerators)
    with room.store.write(team_id) as scope:
        models.save_model(scope, model.version, model.as_document(), room.clock())
