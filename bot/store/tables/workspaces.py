"""The tables of workspaces: who they are, the access they gave, what was done in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from bot.store.columns import BIG_INTEGER, DOCUMENT, UtcTime, utc_now
from bot.store.tables.base import Scoped, Table

__all__ = ["AuditRow", "InstallationRow", "OAuthStateRow", "WorkspaceRow"]


class WorkspaceRow(Scoped, table=True):
    """A workspace that the bot serves, its organisation if it has one, and what its administrators changed."""

    __tablename__ = "workspace"
    team_id: str = Field(default="", primary_key=True, max_length=64)
    name: str | None = None
    enterprise_id: str | None = None
    settings: dict[str, Any] = Field(default_factory=dict, sa_type=DOCUMENT)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcTime)


class InstallationRow(Scoped, table=True):
    """The bot's access to a workspace, or (`is_org_wide`) to every workspace of an organisation.

    The tokens are encrypted. Of an org-wide installation `team_id` is the organisation's id.
    """

    __tablename__ = "installation"
    team_id: str = Field(default="", primary_key=True, max_length=64)
    enterprise_id: str | None = None
    is_org_wide: bool = False
    name: str | None = None
    app_id: str | None = None
    bot_user_id: str | None = None
    bot_token: str
    scopes: list[str] = Field(sa_type=DOCUMENT)
    installed_by: str | None = None
    installed_at: datetime = Field(sa_type=UtcTime)


class OAuthStateRow(Table, table=True):
    """A visit to the installation page that may still return; it belongs to no workspace yet."""

    __tablename__ = "oauth_state"
    state: str = Field(primary_key=True)
    expires_at: datetime = Field(sa_type=UtcTime)


class AuditRow(Scoped, table=True):
    """Who did what, and when. Rows are only ever added."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "team_id", "at"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BIG_INTEGER)
    at: datetime = Field(sa_type=UtcTime)
    actor: str | None = None
    action: str
    subject: str
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=DOCUMENT)
