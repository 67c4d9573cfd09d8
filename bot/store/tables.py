"""Every table. A class that inherits `Scoped` belongs to one workspace, and the scope filters it by `team_id`."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, LargeBinary, MetaData, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.store.columns import BIG_INTEGER, DOCUMENT, UtcTime, new_id, utc_now

__all__ = [
    "EVERY_TEAM",
    "METADATA",
    "AdviceRow",
    "CatalogRow",
    "DecisionRow",
    "InboxRow",
    "ModelRow",
    "ObservationsRow",
    "OutboxRow",
    "PeriodRow",
    "RunRow",
    "Scoped",
    "Shared",
    "SubscriptionRow",
    "WorkloadRow",
    "WorkspaceRow",
]

EVERY_TEAM = "*"
"""The `team_id` of a `Shared` row that every workspace may read."""

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Table(SQLModel):
    """Ancestor of every table; keeps them in the project's own metadata."""

    metadata: ClassVar[MetaData] = METADATA


class Scoped(Table):
    """Rows of one workspace. Left empty on insert, `team_id` becomes the scope's."""

    team_id: str = Field(default="", max_length=64)


class Shared(Table):
    """Rows of one workspace, or of all when `team_id` is EVERY_TEAM."""

    team_id: str = Field(default="", max_length=64)


class WorkspaceRow(Scoped, table=True):
    """A workspace that the bot serves, and the settings that its administrators changed."""

    __tablename__ = "workspace"
    team_id: str = Field(default="", primary_key=True, max_length=64)
    name: str | None = None
    settings: dict[str, Any] = Field(default_factory=dict, sa_type=DOCUMENT)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcTime)


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
    """A workload: a summary of its runs, kept as they arrive, and what its owner asks for."""

    __tablename__ = "workload"
    team_id: str = Field(default="", primary_key=True, max_length=64)
    name: str = Field(primary_key=True)
    unit: str | None = None
    run_count: int = 0
    first_run: float | None = None
    last_run: float | None = None
    asks: dict[str, Any] | None = Field(default=None, sa_type=DOCUMENT)
    owner: str | None = None
    channel: str | None = None
    is_tracked: bool = False


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
    """One fitted performance model of a workspace."""

    __tablename__ = "model"
    team_id: str = Field(default="", primary_key=True, max_length=64)
    version: str = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_type=DOCUMENT)
    fitted_at: datetime = Field(sa_type=UtcTime)


class AdviceRow(Scoped, table=True):
    """A recommendation that was shown to someone, with all that it was computed from."""

    __tablename__ = "advice"
    __table_args__ = (Index(None, "team_id", "workload", "created_at"), Index(None, "team_id", "state"))
    id: str = Field(default_factory=new_id, primary_key=True)
    workload: str
    request: dict[str, Any] = Field(sa_type=DOCUMENT)
    document: dict[str, Any] = Field(sa_type=DOCUMENT)
    state: str = "open"
    asked_by: str | None = None
    catalog_version: str
    model_version: str
    history_digest: str
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)


class DecisionRow(Scoped, table=True):
    """The one decision that an advice can have."""

    __tablename__ = "decision"
    id: str = Field(default_factory=new_id, primary_key=True)
    advice_id: str = Field(foreign_key="advice.id", unique=True)
    kind: str
    objective: str | None = None
    decided_by: str
    decided_at: datetime = Field(sa_type=UtcTime)
    until: datetime | None = Field(default=None, sa_type=UtcTime)


class SubscriptionRow(Scoped, table=True):
    """A channel's digest: on which weekdays, at what local time, in which time zone."""

    __tablename__ = "subscription"
    __table_args__ = (UniqueConstraint("team_id", "channel"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    channel: str
    weekdays: list[int] = Field(sa_type=DOCUMENT)
    at: str
    timezone: str
    created_by: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    served_until: datetime = Field(sa_type=UtcTime)


class PeriodRow(Scoped, table=True):
    """A period that a digest was written for, or skipped: the unique key makes it happen once."""

    __tablename__ = "period"
    subscription_id: str = Field(primary_key=True, foreign_key="subscription.id", ondelete="CASCADE")
    key: str = Field(primary_key=True)
    is_skipped: bool = False
    claimed_at: datetime = Field(default_factory=utc_now, sa_type=UtcTime)


class OutboxRow(Scoped, table=True):
    """Something to say in Slack. `lane` orders the rows of one channel by `position`; `due_at` ends wait and lease."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "state", "due_at"), Index(None, "lane", "state", "position"))
    position: int | None = Field(default=None, primary_key=True, sa_type=BIG_INTEGER)
    id: str = Field(default_factory=new_id, unique=True)
    lane: str
    destination: dict[str, Any] = Field(sa_type=DOCUMENT)
    view: str
    data: dict[str, Any] = Field(sa_type=DOCUMENT)
    advice_id: str | None = Field(default=None, index=True)
    updates_id: str | None = None
    state: str = "waiting"
    due_at: datetime = Field(sa_type=UtcTime)
    owner: str | None = None
    attempts: int = 0
    doubts: int = 0
    error: str | None = None
    sent_channel: str | None = None
    sent_ts: str | None = None
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)


class InboxRow(Scoped, table=True):
    """Work that Slack asked for, written before it was acknowledged."""

    __tablename__ = "inbox"
    __table_args__ = (UniqueConstraint("team_id", "dedupe_key"), Index(None, "state", "due_at"))
    id: str = Field(default_factory=new_id, primary_key=True)
    dedupe_key: str
    kind: str
    body: dict[str, Any] = Field(sa_type=DOCUMENT)
    state: str = "waiting"
    due_at: datetime = Field(sa_type=UtcTime)
    owner: str | None = None
    attempts: int = 0
    error: str | None = None
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)
