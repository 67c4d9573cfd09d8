"""What the owners of workloads ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import col

from bot.store.scope import Scope
from bot.store.tables import WorkloadRow
from engine import Constraints, Deadline, Filters, Quota, Workload, as_document

__all__ = ["OwnedWorkload", "get", "list_all", "note", "read_asked", "save", "track"]


@dataclass(frozen=True, slots=True)
class OwnedWorkload:
    """A workload with what is asked about it, who owns it, where it is talked about, and whether digests watch it."""

    workload: Workload
    owner: str | None = None
    channel: str | None = None
    is_tracked: bool = True


def save(scope: Scope, owned: OwnedWorkload) -> None:
    """Keep what is asked of a workload, instead of what was asked before; its runs stay as they are."""
    row = {
        "name": owned.workload.name,
        "asks": as_document(owned.workload),
        "owner": owned.owner,
        "channel": owned.channel,
        "is_tracked": owned.is_tracked,
    }
    scope.upsert(WorkloadRow, [row | {"run_count": 0}], lambda _, given: {name: given[name] for name in row})


def get(scope: Scope, name: str) -> OwnedWorkload | None:
    """The workload called `name`, asking for nothing when only its runs are known; None when nothing is."""
    row = scope.get(WorkloadRow, name)
    return None if row is None else _owned(row)


def list_all(scope: Scope) -> list[OwnedWorkload]:
    """Every known workload, in the order of their names."""
    return [_owned(row) for row in scope.scalars(select(WorkloadRow).order_by(col(WorkloadRow.name)))]


def track(scope: Scope, name: str, *, is_tracked: bool = True) -> bool:
    """Let digests watch the workload, or not any more; False when nobody knows it."""
    change = update(WorkloadRow).where(col(WorkloadRow.name) == name).values(is_tracked=is_tracked)
    return scope.scalars(change.returning(col(WorkloadRow.name))).one_or_none() is not None


def note(scope: Scope, name: str, stage: str | None, kind: str | None) -> None:
    """Keep what the runs of a workload show, for lists that read no runs."""
    shown = update(WorkloadRow).where(col(WorkloadRow.name) == name)
    scope.execute(shown.values(stage_seen=stage, kind_seen=kind))


def _owned(row: WorkloadRow) -> OwnedWorkload:
    asked = Workload(row.name) if row.asks is None else read_asked(row.asks)
    return OwnedWorkload(asked, row.owner, row.channel, row.is_tracked)


def read_asked(asks: Mapping[str, Any]) -> Workload:
    """The wishes that were stored as the document of a workload."""
    limits, filters = asks["constraints"], {name: tuple(values) for name, values in asks["filters"].items()}
    quotas = tuple(Quota(**quota) for quota in filters.get("quotas", ()))
    due = limits.get("deadline")
    deadline = None if due is None else Deadline(due["units"], datetime.fromisoformat(due["at"]))
    constraints = Constraints(**{**limits, "deadline": deadline})
    return Workload(**{**asks, "constraints": constraints, "filters": Filters(**{**filters, "quotas": quotas})})
