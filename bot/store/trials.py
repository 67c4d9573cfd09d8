"""Short runs that somebody promised to make, so that a prediction can be checked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import select, update
from sqlmodel import col

from bot.configurations import is_same
from bot.documents import Comparison, Promised
from bot.store.columns import new_id
from bot.store.scope import Scope
from bot.store.tables import TrialRow, WorkloadRow
from engine import OfferedDocument

__all__ = ["OPEN", "Begun", "State", "Trial", "begin", "finish", "get", "planned", "planned_everywhere", "verified"]

State = Literal["planned", "reminded", "verified", "cancelled", "expired"]
OPEN = ("planned", "reminded")
"""The states of a trial that is still to be made."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Who runs what until when, what was predicted of it, and what was measured (None until then)."""

    id: str
    team_id: str
    advice_id: str
    workload: str
    configuration: OfferedDocument
    predicted: Promised
    measured: Comparison | None
    state: State
    runner: str
    until: datetime
    made_by: str
    made_at: datetime
    finished_at: datetime | None


class Begun(NamedTuple):
    """The trial that stands, and whether this call planned it."""

    trial: Trial
    is_new: bool


def begin(
    scope: Scope,
    advice_id: str,
    workload: str,
    configuration: OfferedDocument,
    predicted: Promised,
    *,
    runner: str,
    until: datetime,
    by: str,
    at: datetime,
) -> Begun:
    """Keep a promise, unless the same configuration of that workload is being tried already."""
    scope.get(WorkloadRow, workload, is_locked=True)  # whoever plans for the same workload waits until we are through
    for standing in planned(scope, workload):
        if is_same(standing.configuration, configuration):
            return Begun(standing, is_new=False)
    row = TrialRow(
        id=new_id(),
        advice_id=advice_id,
        workload=workload,
        configuration=dict(configuration),
        predicted=dict(predicted),
        runner=runner,
        until=until,
        made_by=by,
        made_at=at,
    )
    scope.add(row)
    return Begun(_trial(row), is_new=True)


def get(scope: Scope, trial_id: str) -> Trial | None:
    """The trial with that id, if it is this workspace's."""
    row = scope.get(TrialRow, trial_id)
    return None if row is None else _trial(row)


def planned(scope: Scope, workload: str | None = None) -> list[Trial]:
    """The trials of this workspace that are still to be made, the next to end first; of one workload, or of all."""
    query = select(TrialRow).where(col(TrialRow.state).in_(OPEN)).order_by(col(TrialRow.until), col(TrialRow.id))
    return [
        _trial(row)
        for row in scope.scalars(query if workload is None else query.where(col(TrialRow.workload) == workload))
    ]


def planned_everywhere(across: Scope) -> list[Trial]:
    """Every trial that is still to be made, of any workspace."""
    query = select(TrialRow).where(col(TrialRow.state).in_(OPEN)).order_by(col(TrialRow.until), col(TrialRow.id))
    return [_trial(row) for row in across.scalars(query)]


def finish(
    scope: Scope,
    trial: Trial,
    state: State,
    now: datetime,
    *,
    until: datetime | None = None,
    measured: Comparison | None = None,
) -> bool:
    """Move a trial on from the state that it was read in: of any number of callers exactly one succeeds."""
    still = (col(TrialRow.id) == trial.id, col(TrialRow.state) == trial.state)
    values: dict[str, Any] = {"state": state, "finished_at": None if state in OPEN else now}
    if measured is not None:
        values["measured"] = dict(measured)
    if until is not None:
        values["until"] = until
    moved = update(TrialRow).where(*still).values(**values).returning(col(TrialRow.id))
    return scope.scalars(moved).one_or_none() is not None


def verified(scope: Scope, advice_id: str) -> Trial | None:
    """The trial that an advice was verified by last."""
    theirs = (col(TrialRow.advice_id) == advice_id, col(TrialRow.state) == "verified")
    query = select(TrialRow).where(*theirs).order_by(col(TrialRow.finished_at).desc()).limit(1)
    row = scope.scalars(query).one_or_none()
    return None if row is None else _trial(row)


def _trial(row: TrialRow) -> Trial:
    return Trial(**{name: getattr(row, name) for name in Trial.__slots__})
