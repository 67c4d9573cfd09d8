"""The tables of what is known: runs, workloads, prices, measurements, models."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from bot.store.columns import BIG_INTEGER, DOCUMENT, UtcTime, utc_now
from bot.store.tables.base import Scoped, Shared

__all__ = ["CatalogRow", "FleetRow", "ModelRow", "ObservationsRow", "RunRow", "WorkloadRow"]


class RunRow(Scoped, table=True):
    """One run of history. Times are seconds since 1970 UTC, the form in which the engine computes."""

    __tablename__ = "run"
    __table_args__ = (
        UniqueConstraint("team_id", "source", "run_id"),
        Index(None, "team_id", "workload", "started"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BIG_INTEGER)
    source: str
    workload: str
    run_id: str
    started: float
    ended: float
    units: float
    unit: str
    accelerator: str
    accelerator_count: int
    node_count: int
    provider: str | None = None
    region: str | None = None
    instance_type: str | None = None
    pricing_category: str | None = None
    precision: str | None = None
    batch_size: float | None = None
    tensor_active: float | None = None
    sm_active: float | None = None
    dram_active: float | None = None
    memory_used_gib: float | None = None
    status: str
    stage: str | None = None
    cost_usd: float | None = None
    is_trial: bool = False


class WorkloadRow(Scoped, table=True):
    """A workload: a summary of its runs, kept as they arrive, what its owner asks for, and thresholds of its own."""

    __tablename__ = "workload"
    team_id: str = Field(default="", primary_key=True, max_length=64)
    name: str = Field(primary_key=True)
    unit: str | None = None
    run_count: int = 0
    first_run: float | None = None
    last_run: float | None = None
    asks: dict[str, Any] | None = Field(default=None, sa_type=DOCUMENT)
    stage_seen: str | None = None
    kind_seen: str | None = None
    owner: str | None = None
    channel: str | None = None
    is_tracked: bool = True
    thresholds: dict[str, Any] | None = Field(default=None, sa_type=DOCUMENT)


class FleetRow(Scoped, table=True):
    """What the last survey of a workspace saw: counts and sums, for a glance that needs no survey."""

    __tablename__ = "fleet"
    team_id: str = Field(default="", primary_key=True, max_length=64)
    at: datetime = Field(sa_type=UtcTime)
    document: dict[str, Any] = Field(sa_type=DOCUMENT)


class CatalogRow(Shared, table=True):
    """One version of offers and spec sheets, as compressed JSON: it is only ever read whole."""

    __tablename__ = "catalog"
    team_id: str = Field(default="", primary_key=True, max_length=64)
    version: str = Field(primary_key=True)
    offer_count: int
    document: bytes = Field(sa_type=LargeBinary)
    saved_at: datetime = Field(default_factory=utc_now, sa_type=UtcTime)


class ObservationsRow(Scoped, table=True):
    """The condensed measurements of one workload, and the history that they condense."""

    __tablename__ = "observations"
    team_id: str = Field(default="", primary_key=True, max_length=64)
    workload: str = Field(primary_key=True)
    history_digest: str
    document: dict[str, Any] = Field(sa_type=DOCUMENT)
    saved_at: datetime = Field(default_factory=utc_now, sa_type=UtcTime)


class ModelRow(Scoped, table=True):
    """One fitted performance model of a workspace; `hindsight` is how well it would have predicted what was known."""

    __tablename__ = "model"
    team_id: str = Field(default="", primary_key=True, max_length=64)
    version: str = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_type=DOCUMENT)
    hindsight: dict[str, Any] | None = Field(default=None, sa_type=DOCUMENT)
    fitted_at: datetime = Field(sa_type=UtcTime)
