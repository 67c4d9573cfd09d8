"""A workspace let the bot go: what was still to be said there will never be taken, so nobody tries."""

from dataclasses import replace

import structlog

from bot.store import Scope, audit, installations, outbox, subscriptions, workspaces
from bot.usecases.requests import Departure
from bot.usecases.room import Room
from bot.usecases.workspace.installing import covering
from bot.usecases.workspace.preferences import change, preferences

__all__ = ["depart"]

_TAKEN_OUT = "team_access_revoked"  # of an organisation's installation, which the others keep
_log = structlog.get_logger("bot.usecases.workspace.departing")


def depart(room: Room, departure: Departure, request_id: str | None = None) -> None:
    """Delete the token and the webhook's secret, end subscriptions, make dead letters of the posts that wait.

    Where the installation was org-wide, every workspace of the organisation departs. History stays until
    `gpu-advise forget`.
    """
    others, holder = _others(room, departure)
    for team_id in others:
        with room.store.write(team_id) as scope:
            _end(room, scope, departure)
        room.forget(team_id)
    if holder not in {None, departure.team_id}:
        with room.store.write(str(holder)) as scope:
            installations.remove(scope)
    with room.store.write(departure.team_id, settles=request_id) as scope:
        if departure.event_type == _TAKEN_OUT and installations.get(scope) is not None:
            return  # it has access of its own
        if workspaces.enterprise_of(scope) is not None:
            workspaces.join_enterprise(scope, None)
        _end(room, scope, departure)
    room.forget(departure.team_id)


def _others(room: Room, departure: Departure) -> tuple[list[str], str | None]:
    """The other workspaces that lose access too, and whose the access was; a workspace may have access of its own."""
    held = covering(room.store, departure.team_id, departure.enterprise_id)
    if held is None or not held.is_org_wide or departure.event_type == _TAKEN_OUT:
        return [], None
    with room.store.across() as across:
        own = {each.team_id for each in installations.list_all(across)}
        known = workspaces.list_of_enterprise(across, held.team_id)
    return [team_id for team_id in known if team_id not in own | {departure.team_id}], held.team_id


def _end(room: Room, scope: Scope, departure: Departure) -> None:
    """Everything of one workspace that must not outlive its consent."""
    installations.remove(scope)
    ended = subscriptions.end_all(scope)  # first: a digest that is being written now must be seen below
    given_up = outbox.give_up(scope, room.clock(), f"the workspace let the bot go: {departure.event_type}")
    kept = preferences(scope)
    if kept.webhook_secret is not None:
        change(scope, replace(kept, webhook_url=None, webhook_secret=None))
    audit.record(scope, room.clock(), None, "workspace.leave", scope.team_id, event_type=departure.event_type)
    _log.warning(
        "slack access ended",
        team_id=scope.team_id,
        event_type=departure.event_type,
        subscriptions=ended,
        posts=given_up,
    )
