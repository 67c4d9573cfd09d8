"""A workspace lets the bot in: a visit to Slack that comes back once, and the access that it brings."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from pydantic import SecretStr

from bot.store import Scope, Store, audit, installations, workspaces
from bot.store.installations import Installation
from bot.usecases.room import Room
from bot.usecases.workspace.preferences import change, preferences
from bot.vault import CannotOpen, Vault

__all__ = [
    "VISIT_SECONDS",
    "Granted",
    "NotInstalled",
    "begin_visit",
    "covering",
    "end_visit",
    "install",
    "is_installed",
    "join_enterprise",
    "renew_seals",
]

VISIT_SECONDS = 600  # to read what Slack shows, to ask an administrator, and to press Allow
_log = structlog.get_logger("bot.usecases.workspace.installing")


class NotInstalled(Exception):
    """Slack did not give access: `reason` is its own word for it, or `unreachable`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Granted:
    """What Slack gave: access to one workspace, or (`is_org_wide`) to those of the organisation `enterprise_id`."""

    team_id: str | None
    enterprise_id: str | None
    is_org_wide: bool
    name: str | None
    app_id: str | None
    bot_user_id: str | None
    bot_token: SecretStr
    scopes: tuple[str, ...]
    installed_by: str | None

    @property
    def holder(self) -> str:
        """Whose the access is: the organisation's id where it is org-wide, else the workspace's."""
        return (self.enterprise_id if self.is_org_wide else self.team_id) or ""


def begin_visit(room: Room) -> str:
    """Somebody goes to Slack to install the bot; what they must bring back."""
    state, now = secrets.token_urlsafe(32), room.clock()
    with room.store.across() as across:
        installations.begin_visit(across, state, now, now + timedelta(seconds=VISIT_SECONDS))
    return state


def end_visit(room: Room, state: str) -> bool:
    """Whether that visit was begun here, ends now for the first time, and did not last too long."""
    with room.store.across() as across:
        return installations.end_visit(across, state, room.clock())


def install(room: Room, granted: Granted) -> None:
    """Keep the access, encrypted, instead of whatever the workspace gave before.

    Raises:
        NoKeys: there is nothing to encrypt the token with.
    """
    now = room.clock()
    sealed = room.vault.seal(granted.bot_token.get_secret_value())
    names = ("enterprise_id", "is_org_wide", "name", "app_id", "bot_user_id", "scopes", "installed_by")
    held = {name: getattr(granted, name) for name in names}
    with room.store.write(granted.holder) as scope:
        installations.save(scope, Installation(granted.holder, bot_token=sealed, installed_at=now, **held))
        if not granted.is_org_wide:
            workspaces.ensure(scope, granted.name)
        audit.record(scope, now, granted.installed_by, "workspace.install", granted.holder, scopes=list(granted.scopes))
    room.forget(granted.holder)
    _log.info("installed", team_id=granted.holder, is_org_wide=granted.is_org_wide)


def is_installed(room: Room, granted: Granted) -> bool:
    """Whether access to the same workspace or organisation is kept already."""
    with room.store.read(granted.holder) as scope:
        return installations.get(scope) is not None


def covering(store: Store, team_id: str, enterprise_id: str | None = None) -> Installation | None:
    """The installation that speaks in this workspace: its own, else that of its organisation."""
    with store.read(team_id) as scope:
        own = installations.get(scope)
        enterprise_id = enterprise_id or workspaces.enterprise_of(scope)
    if own is not None or enterprise_id is None:
        return own
    with store.read(enterprise_id) as scope:
        found = installations.get(scope)
    return found if found is not None and found.is_org_wide else None


def join_enterprise(store: Store, team_id: str, enterprise_id: str) -> None:
    """Remember the organisation that a workspace says it belongs to; later posts need its installation."""
    with store.read(team_id) as scope:
        if workspaces.enterprise_of(scope) == enterprise_id:
            return
    with store.write(team_id) as scope:
        workspaces.join_enterprise(scope, enterprise_id)


def renew_seals(store: Store, vault: Vault) -> int:
    """Encrypt every secret at rest with the newest key, so that older ones can be retired; how many there were.

    What no key opens is left alone and named in the log: its key may come back.
    """
    if not vault.has_keys:
        return 0
    with store.across() as across:
        held, team_ids = installations.list_all(across), workspaces.list_ids(across)
        renewed = sum(_renewed(across, each, vault) for each in held)
    return renewed + sum(_secret_renewed(store, team_id, vault) for team_id in team_ids)


def _renewed(across: Scope, held: Installation, vault: Vault) -> bool:
    return any(
        installations.renew(across, held, sealed) for sealed in _sealed_anew(held.bot_token, held.team_id, vault)
    )


def _secret_renewed(store: Store, team_id: str, vault: Vault) -> bool:
    with store.write(team_id) as scope:
        kept = preferences(scope)
        for sealed in _sealed_anew(kept.webhook_secret, team_id, vault):
            change(scope, replace(kept, webhook_secret=sealed))
            return True
    return False


def _sealed_anew(sealed: str | None, team_id: str, vault: Vault) -> Iterator[str]:
    """The secret under the newest key, if there is one and a key opens it."""
    if sealed is None:
        return
    try:
        yield vault.renewed(sealed)
    except CannotOpen:
        _log.error("a secret that no key opens", team_id=team_id)
