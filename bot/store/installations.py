"""The access that workspaces gave the bot by installing it, and the visits that may still give it."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlmodel import col

from bot.store.scope import Scope
from bot.store.tables import InstallationRow, OAuthStateRow

__all__ = ["Installation", "begin_visit", "end_visit", "get", "list_all", "remove", "renew", "save"]


@dataclass(frozen=True, slots=True)
class Installation:
    """The bot's access to the workspace `team_id`, or (`is_org_wide`) to those of the organisation of that id.

    `bot_token` is encrypted, always.
    """

    team_id: str
    enterprise_id: str | None
    is_org_wide: bool
    name: str | None
    app_id: str | None
    bot_user_id: str | None
    bot_token: str
    scopes: tuple[str, ...]
    installed_by: str | None
    installed_at: datetime


def save(scope: Scope, installation: Installation) -> None:
    """Keep the access of this workspace (or organisation), instead of what it gave before."""
    scope.upsert(InstallationRow, [asdict(installation) | {"scopes": list(installation.scopes)}])


def get(scope: Scope) -> Installation | None:
    """The access of this workspace, or of the organisation whose id the scope has."""
    row = scope.get(InstallationRow)
    return None if row is None else _installation(row)


def remove(scope: Scope) -> bool:
    """Forget the access of this workspace, its token above all; False when there was none."""
    gone = delete(InstallationRow).returning(col(InstallationRow.team_id))
    return scope.scalars(gone.execution_options(synchronize_session=False)).one_or_none() is not None


def list_all(across: Scope) -> list[Installation]:
    """Every installation, in the order of their ids."""
    rows = across.scalars(select(InstallationRow).order_by(col(InstallationRow.team_id)))
    return [_installation(row) for row in rows]


def renew(across: Scope, held: Installation, sealed: str) -> bool:
    """Keep the same token under another key; False when somebody installed the bot anew meanwhile."""
    same = (col(InstallationRow.team_id) == held.team_id, col(InstallationRow.bot_token) == held.bot_token)
    changed = update(InstallationRow).where(*same).values(bot_token=sealed).returning(col(InstallationRow.team_id))
    return across.scalars(changed.execution_options(synchronize_session=False)).one_or_none() is not None


def begin_visit(across: Scope, state: str, now: datetime, expires_at: datetime) -> None:
    """Remember who went to Slack to install the bot; those who never came back are forgotten."""
    across.execute(delete(OAuthStateRow).where(col(OAuthStateRow.expires_at) <= now))
    across.add(OAuthStateRow(state=state, expires_at=expires_at))


def end_visit(across: Scope, state: str, now: datetime) -> bool:
    """Take the visit back, once; False when there is none, or when it lasted too long."""
    known = (col(OAuthStateRow.state) == state, col(OAuthStateRow.expires_at) > now)
    return (
        across.scalars(delete(OAuthStateRow).where(*known).returning(col(OAuthStateRow.state))).one_or_none()
        is not None
    )


def _installation(row: InstallationRow) -> Installation:
    found = Installation(**{name: getattr(row, name) for name in Installation.__slots__})
    return replace(found, scopes=tuple(row.scopes))
