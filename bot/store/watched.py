"""Which workloads digests look at, and whose they are: names only, so that a large fleet costs little."""

from sqlalchemy import select
from sqlmodel import col

from bot.store.scope import Scope
from bot.store.tables import WorkloadRow

__all__ = ["names", "owners"]


def names(scope: Scope) -> list[str]:
    """Every workload that nobody left out, in alphabetical order."""
    return sorted(scope.scalars(select(col(WorkloadRow.name)).where(col(WorkloadRow.is_tracked))))


def owners(scope: Scope) -> dict[str, str]:
    """The owner of each workload that has one, by the workload's name."""
    owned = select(col(WorkloadRow.name), col(WorkloadRow.owner)).where(col(WorkloadRow.owner).is_not(None))
    return {name: owner for name, owner in scope.execute(owned) if owner}
