"""What Slack writes into its requests: https://docs.slack.dev/reference/interaction-payloads."""

from collections.abc import Mapping
from typing import Any

from bot.local.shown import message_as_slack
from bot.local.state import State
from bot.local.views import OpenView
from bot.local.workspace import APP_ID, BOT, PostedMessage

__all__ = ["Source", "block_actions", "block_suggestion", "event", "slash_command", "view_closed", "view_submission"]

Source = PostedMessage | OpenView
"""Where something was pressed: a message, or a modal or Home tab."""

_TOKEN = "local-verification-token"  # noqa: S105 - Slack still sends it and nobody should read it


def slash_command(state: State, text: str, user_id: str, channel_id: str, command: str) -> dict[str, Any]:
    """Return the form of a slash command."""
    channel, person = state.workspace.channels[channel_id], state.person(user_id)
    return {
        "token": _TOKEN,
        "team_id": state.workspace.team_id,
        "team_domain": "local",
        "channel_id": channel_id,
        "channel_name": "directmessage" if channel.is_im else channel.name,
        "user_id": user_id,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "true" if state.workspace.enterprise_id else "false",
        **_enterprise(state),
        "response_url": f"{state.address}/response/{state.grants.new_response_url(channel_id, user_id)}",
        "trigger_id": state.grants.new_trigger(user_id),
    }


def block_actions(
    state: State, source: Source, action: Mapping[str, Any], user_id: str, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the payload of a pressed button or a changed input; `values` is the state of all inputs around it."""
    payload = {
        "type": "block_actions",
        **_interaction(state, user_id),
        **_place(state, source),
        "actions": [{**action, "action_ts": state.workspace.next_ts()}],
    }
    if isinstance(source, OpenView):
        source.state = values
        return payload | {"view": source.as_slack(state.workspace.team_id)}
    key = state.grants.new_response_url(source.channel_id, user_id, source.ts)
    return payload | {"state": {"values": values}, "response_url": f"{state.address}/response/{key}"}


def block_suggestion(
    state: State, source: Source, action: Mapping[str, str], typed: str, user_id: str
) -> dict[str, Any]:
    """Return the question for the options of an external select; `action` has its `block_id` and `action_id`."""
    payload = {"type": "block_suggestion", **_interaction(state, user_id), **_place(state, source), **action}
    del payload["trigger_id"]
    view = {"view": source.as_slack(state.workspace.team_id)} if isinstance(source, OpenView) else {}
    return payload | {"value": typed} | view


def view_submission(state: State, view: OpenView) -> dict[str, Any]:
    """Return the payload of a submitted modal, with the state that it holds."""
    shown = {"view": view.as_slack(state.workspace.team_id), "response_urls": []}
    return {"type": "view_submission", **_interaction(state, view.user_id), **shown}


def view_closed(state: State, view: OpenView, *, is_cleared: bool) -> dict[str, Any]:
    """Return the payload of a modal that was closed without submitting it."""
    payload = {"type": "view_closed", **_interaction(state, view.user_id), "is_cleared": is_cleared}
    del payload["trigger_id"]
    return payload | {"view": view.as_slack(state.workspace.team_id)}


def event(state: State, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the envelope of an event."""
    now = state.workspace.clock()
    authorization = {
        "team_id": state.workspace.team_id,
        "user_id": BOT.id,
        "is_bot": True,
        "is_enterprise_install": state.workspace.enterprise_id is not None,
    }
    return {
        "type": "event_callback",
        "token": _TOKEN,
        "team_id": state.workspace.team_id,
        **_enterprise(state),
        "api_app_id": APP_ID,
        "event": {"event_ts": state.workspace.next_ts(), **content},
        "event_id": state.workspace.next_id("Ev"),
        "event_time": int(now),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
    }


def _enterprise(state: State) -> dict[str, str]:
    return {"enterprise_id": state.workspace.enterprise_id} if state.workspace.enterprise_id else {}


def _interaction(state: State, user_id: str) -> dict[str, Any]:
    name, team_id = state.person(user_id).name, state.workspace.team_id
    return {
        "token": _TOKEN,
        "api_app_id": APP_ID,
        "team": None if state.workspace.enterprise_id else {"id": team_id, "domain": "local"},
        "user": {"id": user_id, "username": name, "name": name, "team_id": team_id},
        "enterprise": {"id": state.workspace.enterprise_id} if state.workspace.enterprise_id else None,
        "is_enterprise_install": state.workspace.enterprise_id is not None,
        "trigger_id": state.grants.new_trigger(user_id),
    }


def _place(state: State, source: Source) -> dict[str, Any]:
    """Return where it happened. Slack does not repeat an ephemeral message in the payload."""
    if isinstance(source, OpenView):
        return {"container": {"type": "view", "view_id": source.id}}
    channel = state.workspace.channels[source.channel_id]
    container = {
        "type": "message",
        "message_ts": source.ts,
        "channel_id": channel.id,
        "is_ephemeral": source.is_ephemeral,
    }
    place = {"container": container, "channel": {"id": channel.id, "name": channel.name or "directmessage"}}
    if source.is_ephemeral:
        return place
    return place | {"message": message_as_slack(state.workspace, source, with_metadata=True)}
