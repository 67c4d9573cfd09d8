"""What was learned from history: the measurements of each workload, and the model of the workspace."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlmodel import col

from bot.store.columns import Document, utc_now
from bot.store.scope import Scope
from bot.store.tables import ModelRow, ObservationsRow

__all__ = [
    "Observed",
    "all_observations",
    "hindsight",
    "latest_model",
    "moments",
    "observations",
    "observations_of",
    "save_model",
    "save_observations",
]

_KEPT = 32  # models: none but the latest is needed to make the next one
_A_MOMENT = timedelta(microseconds=1)


class Observed(NamedTuple):
    """The condensed measurements of one workload, and the digest of the history that they condense."""

    workload: str
    history_digest: str
    document: Document


def save_observations(scope: Scope, observed: Observed) -> None:
    """Keep the measurements of one workload instead of its former ones."""
    scope.upsert(ObservationsRow, [observed._asdict() | {"saved_at": utc_now()}])


def observations(scope: Scope, workload: str) -> Observed | None:
    """The measurements of one workload; None when none were made."""
    row = scope.get(ObservationsRow, workload)
    return None if row is None else Observed(row.workload, row.history_digest, row.document)


def observations_of(scope: Scope, workloads: Iterable[str]) -> list[Observed]:
    """The measurements of those of `workloads` that have any, in that order."""
    found = (observations(scope, name) for name in workloads)
    return [each for each in found if each is not None]


def moments(scope: Scope) -> dict[str, datetime]:
    """When the measurements of each workload were last kept: what has another moment now has changed since."""
    rows = scope.execute(select(col(ObservationsRow.workload), col(ObservationsRow.saved_at)))
    return {str(name): at for name, at in rows}


def all_observations(scope: Scope) -> list[Observed]:
    """The measurements of every workload, in the order of their names: what a model is fitted on."""
    rows = scope.scalars(select(ObservationsRow).order_by(col(ObservationsRow.workload)))
    return [Observed(row.workload, row.history_digest, row.document) for row in rows]


def save_model(
    scope: Scope, version: str, document: Document, fitted_at: datetime, hindsight: Document | None = None
) -> None:
    """Keep a model, which is the one in use from now on, whatever the clocks say; let go of very old ones.

    `hindsight` says how well it would have predicted.
    """
    latest = scope.scalars(select(func.max(ModelRow.fitted_at))).one()
    moment = fitted_at if latest is None else max(fitted_at, latest + _A_MOMENT)
    row = {"version": version, "document": dict(document), "fitted_at": moment, "hindsight": hindsight}
    scope.upsert(ModelRow, [row])
    newest = select(col(ModelRow.version)).order_by(col(ModelRow.fitted_at).desc()).limit(_KEPT)
    scope.execute(delete(ModelRow).where(col(ModelRow.version).not_in(scope.scalars(newest).all())))


def latest_model(scope: Scope) -> tuple[str, Document] | None:
    """Version and document of the model that is in use; None when there is none."""
    row = scope.scalars(select(ModelRow).order_by(col(ModelRow.fitted_at).desc()).limit(1)).one_or_none()
    return None if row is None else (row.version, row.document)


def hindsight(scope: Scope) -> Document | None:
    """How well the model fitted last would have predicted what was known then; None where nobody has looked."""
    newest = select(col(ModelRow.hindsight)).order_by(col(ModelRow.fitted_at).desc()).limit(1)
    found: Document | None = scope.scalars(newest).one_or_none()
    return found
