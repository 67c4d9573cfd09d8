"""The tables of what is heard and said: digests, posts, requests, webhooks."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from bot.store.columns import BIG_INTEGER, DOCUMENT, UtcTime, new_id, utc_now
from bot.store.tables.base import Scoped

__all__ = ["ChartRow", "InboxRow", "OutboxRow", "PeriodRow", "SaidFindingRow", "SubscriptionRow", "WebhookRow"]


class SubscriptionRow(Scoped, table=True):
    """A digest of a channel: on which weekdays, at what local time, in which time zone, about what."""

    __tablename__ = "subscription"
    __table_args__ = (UniqueConstraint("team_id", "channel", "name"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    channel: str
    name: str = ""
    filters: dict[str, Any] = Field(default_factory=dict, sa_type=DOCUMENT)
    is_paused: bool = False
    weekdays: list[int] = Field(sa_type=DOCUMENT)
    at: str
    timezone: str
    created_by: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    served_until: datetime = Field(sa_type=UtcTime)
    leased_until: datetime | None = Field(default=None, sa_type=UtcTime)


class PeriodRow(Scoped, table=True):
    """A period that a digest was written for, or skipped: the unique key makes it happen once."""

    __tablename__ = "period"
    subscription_id: str = Field(primary_key=True, foreign_key="subscription.id", ondelete="CASCADE")
    key: str = Field(primary_key=True)
    is_skipped: bool = False
    claimed_at: datetime = Field(default_factory=utc_now, sa_type=UtcTime)


class SaidFindingRow(Scoped, table=True):
    """A finding as a subscription said it last: the same one unchanged is not said again."""

    __tablename__ = "said_finding"
    subscription_id: str = Field(primary_key=True, foreign_key="subscription.id", ondelete="CASCADE")
    workload: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    signature: str
    said_at: datetime = Field(sa_type=UtcTime)


class ChartRow(Scoped, table=True):
    """What the chart of an advice shows besides its document, and the file that Slack keeps it as.

    Drawn and uploaded once, for the first copy of the card; shown by every copy.
    """

    __tablename__ = "chart"
    advice_id: str = Field(primary_key=True)
    frontier: list[Any] = Field(sa_type=DOCUMENT)
    file_id: str | None = None
    uploaded_at: datetime | None = Field(default=None, sa_type=UtcTime)


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


class WebhookRow(Scoped, table=True):
    """One delivery to the workspace's webhook, and what became of it."""

    __tablename__ = "webhook"
    __table_args__ = (Index(None, "state", "due_at"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    event: str
    body: str
    url: str
    state: str = "waiting"
    due_at: datetime = Field(sa_type=UtcTime)
    owner: str | None = None
    attempts: int = 0
    status: int | None = None
    error: str | None = None
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)
