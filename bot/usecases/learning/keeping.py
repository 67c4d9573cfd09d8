"""Measurements are kept and learned in one transaction: the model in use is the sum of what is kept, to the last bit.

A change costs the workloads that changed, however many the workspace has. Only the first model, and one after the
engine or the spec sheets changed, is fitted on everything.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from bot.store import Scope, models, workspaces
from bot.store.columns import Document
from bot.store.models import Observed
from bot.usecases.learning.scoring import looked_back
from bot.usecases.room import Room
from engine import Accelerators, Model, Observations, fit, learn

__all__ = ["catch_up", "keep", "look_back"]

_FEW = 200  # workloads: so many are looked back on in two seconds
_OLD = timedelta(days=1)


def keep(room: Room, scope: Scope, observed: Sequence[Observed]) -> None:
    """Keep measurements instead of the workloads' former ones, and let the model learn what is new in them.

    Where there is no model to add to, `catch_up` has to follow.
    """
    workspaces.lock(scope)  # two that learn at once would each start from a model without the other's
    former = models.observations_of(scope, [each.workload for each in observed])
    for each in observed:
        models.save_observations(scope, each)
    accelerators = room.shelf.index(scope).catalog.accelerators
    model = _in_use(scope, accelerators)
    if model is not None:
        _save(room, scope, learn(model, _read(former), _read(observed), accelerators))


def catch_up(room: Room, team_id: str) -> None:
    """Fit a model on everything, unless the one in use is that already or nothing is known.

    Others write and ask meanwhile; what they have kept since is learned at the end.
    """
    with room.store.read(team_id) as scope:
        accelerators = room.shelf.index(scope).catalog.accelerators
        if _in_use(scope, accelerators) is not None:
            return
        fitted = {each.workload: each for each in models.all_observations(scope)}
        moments = models.moments(scope)
    if not fitted:
        return
    model = fit(_read(fitted.values()), accelerators)
    with room.store.write(team_id) as scope:
        workspaces.lock(scope)
        now = models.moments(scope)
        moved = [name for name in {**moments, **now} if moments.get(name) != now.get(name)]
        former = [fitted[name] for name in moved if name in fitted]
        if _in_use(scope, accelerators) is None:
            _save(room, scope, learn(model, _read(former), _read(models.observations_of(scope, moved)), accelerators))


def look_back(room: Room, team_id: str) -> None:
    """Note how well the model would have predicted what is known: always where that is little, else once a day."""
    with room.store.read(team_id) as scope:
        accelerators = room.shelf.index(scope).catalog.accelerators
        model, last = _in_use(scope, accelerators), models.hindsight(scope)
        if model is None or (len(model.taught_by) > _FEW and last is not None and room.clock() - _at(last) < _OLD):
            return
        known = _read(models.all_observations(scope))
    found = looked_back(model, known, accelerators) | {"at": room.clock().isoformat()}
    with room.store.write(team_id) as scope:
        workspaces.lock(scope)
        latest = models.latest_model(scope)
        if latest is not None:
            models.save_model(scope, *latest, room.clock(), found)


def _at(hindsight: Document) -> datetime:
    return datetime.fromisoformat(hindsight["at"]) if "at" in hindsight else datetime.fromtimestamp(0, UTC)


def _in_use(scope: Scope, accelerators: Accelerators) -> Model | None:
    """The model that can learn more; None where there is none, or one of another engine or other spec sheets."""
    latest = models.latest_model(scope)
    if latest is None or not Model.is_current(latest[1]):
        return None
    model = Model.from_document(latest[1])
    return model if model.sheets == accelerators.version else None


def _save(room: Room, scope: Scope, model: Model) -> None:
    models.save_model(scope, model.version, model.as_document(), room.clock(), models.hindsight(scope))


def _read(observed: Iterable[Observed]) -> list[Observations]:
    return [Observations.from_document(each.document) for each in observed]
