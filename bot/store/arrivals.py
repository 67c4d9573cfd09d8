"""Runs of one workload that came after a moment: what receipts and trials compare predictions with."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from bot.store.scope import Scope
from bot.store.tables import RunRow

__all__ = ["Arrived", "since"]


@dataclass(frozen=True, slots=True)
class Arrived:
    """One successful run: what it ran on, how long (seconds), what it did and what it cost where that is known."""

    started: float
    ended: float
    units: float
    accelerator: str
    accelerator_count: int
    node_count: int
    provider: str | None
    instance_type: str | None
    precision: str | None
    batch_size: float | None
    cost_usd: float | None


def since(scope: Scope, workload: str, unit: str, moment: datetime) -> list[Arrived]:
    """The successful runs of `workload`, counted in `unit`, that began at `moment` or later; oldest first."""
    columns = [getattr(RunRow, name) for name in Arrived.__slots__]
    later = (col(RunRow.workload) == workload, col(RunRow.started) >= moment.timestamp())
    done = (col(RunRow.status) == "succeeded", col(RunRow.units) > 0, col(RunRow.unit) == unit)
    return [Arrived(*row) for row in scope.execute(select(*columns).where(*later, *done).order_by(col(RunRow.started)))]
