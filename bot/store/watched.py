"""Which workloads digests look at, and whose they are: names only, so that a large fleet costs little."""

from sqlalchemy import select
from sqlmodel import col

from bot.store.scope import Scope
from bot.store.tables import WorkloadRow

__all__ = ["names", "owners"]


def names(scope: Scope) -> list[str]:
    """The workloads that somebody tracks; where nobody tracks any, all of them. In alphabetical order."""
    known = select(col(WorkloadRow.name))
    tracked = scope.scalars(known.where(col(WorkloadRow.is_tracked))).all()
    return sorted(tracked or scope.scalars(known).all())


def owners(scope: Scope) -> dict[str, str]:
    """The owner of each workload that has one, by the workload's name."""
    owned = select(col(WorkloadRow.name), col(WorkloadRow.owner)).where(col(WorkloadRow.owner).is_not(None))
    return {name: owner for name, owner in scope.execute(owned) if owner}
