"""The thresholds of approvals that workloads have of their own; an import of workloads leaves them as they are."""

from sqlalchemy import select, update
from sqlmodel import col

from bot.store.columns import Document
from bot.store.scope import Scope
from bot.store.tables import WorkloadRow

__all__ = ["change", "of"]


def of(scope: Scope, workload: str, *, is_locked: bool = False) -> Document:
    """The thresholds of that workload, by name; empty where it has none; `is_locked` until the transaction ends."""
    query = select(col(WorkloadRow.thresholds)).where(col(WorkloadRow.name) == workload)
    return scope.scalars(query.with_for_update() if is_locked else query).one_or_none() or {}


def change(scope: Scope, workload: str, thresholds: Document) -> bool:
    """Make `thresholds` those of that workload; False when nobody knows it."""
    changed = update(WorkloadRow).where(col(WorkloadRow.name) == workload).values(thresholds=dict(thresholds))
    return scope.scalars(changed.returning(col(WorkloadRow.name))).one_or_none() is not None
