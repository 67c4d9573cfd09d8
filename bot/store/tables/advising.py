"""The tables of what was advised, decided, tried and checked."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from bot.store.columns import DOCUMENT, UtcTime, new_id
from bot.store.tables.base import Scoped

__all__ = ["AdviceRow", "ApprovalRow", "DecisionRow", "ExclusionRow", "ReceiptRow", "TrialRow"]


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
    reason: str | None = None
    configuration: dict[str, Any] | None = Field(default=None, sa_type=DOCUMENT)
    forecast: dict[str, Any] | None = Field(default=None, sa_type=DOCUMENT)


class ApprovalRow(Scoped, table=True):
    """One person's word for one configuration of an advice that needs more than one."""

    __tablename__ = "approval"
    __table_args__ = (UniqueConstraint("advice_id", "given_by"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    advice_id: str = Field(foreign_key="advice.id")
    given_by: str
    given_at: datetime = Field(sa_type=UtcTime)
    objective: str
    configuration: dict[str, Any] = Field(sa_type=DOCUMENT)


class ExclusionRow(Scoped, table=True):
    """What a workload must not be advised any more, and why; in force until somebody revokes it."""

    __tablename__ = "exclusion"
    __table_args__ = (Index(None, "team_id", "workload"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    workload: str
    reason: str
    excluded: dict[str, Any] = Field(sa_type=DOCUMENT)
    advice_id: str | None = None
    made_by: str
    made_at: datetime = Field(sa_type=UtcTime)
    revoked_by: str | None = None
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)


class TrialRow(Scoped, table=True):
    """A short run that somebody promised to make, so that a prediction can be checked."""

    __tablename__ = "trial"
    __table_args__ = (Index(None, "team_id", "workload", "state"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    advice_id: str = Field(foreign_key="advice.id")
    workload: str
    configuration: dict[str, Any] = Field(sa_type=DOCUMENT)
    predicted: dict[str, Any] = Field(sa_type=DOCUMENT)
    measured: dict[str, Any] | None = Field(default=None, sa_type=DOCUMENT)
    state: str = "planned"
    runner: str
    until: datetime = Field(sa_type=UtcTime)
    made_by: str
    made_at: datetime = Field(sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)


class ReceiptRow(Scoped, table=True):
    """A promise to compare what was predicted of an approved configuration with what was measured."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("advice_id", "key"), Index(None, "state", "due_at"))
    id: str = Field(default_factory=new_id, primary_key=True)
    advice_id: str = Field(foreign_key="advice.id")
    workload: str
    key: str
    state: str = "waiting"
    due_at: datetime = Field(sa_type=UtcTime)
    document: dict[str, Any] | None = Field(default=None, sa_type=DOCUMENT)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)
