"""`views.*`: modals and Home tabs."""

from collections.abc import Mapping
from typing import Any

from bot.local.blocks import completed, view_problems
from bot.local.calls import Call
from bot.local.errors import SlackError
from bot.local.state import State
from bot.local.views import OpenView

__all__ = ["METHODS", "checked_view"]


def open_view(state: State, call: Call) -> dict[str, Any]:
    """Open a modal for whoever's trigger this is."""
    content = checked_view(call.nested("view"), "modal")
    return _shown(state, state.views.open(state.grants.redeem_trigger(_trigger(call)), content))


def push_view(state: State, call: Call) -> dict[str, Any]:
    """Put a modal on top of the open one."""
    content = checked_view(call.nested("view"), "modal")
    return _shown(state, state.views.push(state.grants.redeem_trigger(_trigger(call)), content))


def update_view(state: State, call: Call) -> dict[str, Any]:
    """Replace an open view, unless it has changed since the bot saw `hash`."""
    view = state.views.find(view_id=call.text("view_id"), external_id=call.text("external_id"))
    if call.text("hash") not in {None, view.hash}:
        raise SlackError("hash_conflict")
    return _shown(state, state.views.update(view, checked_view(call.nested("view"))))


def publish_view(state: State, call: Call) -> dict[str, Any]:
    """Replace someone's Home tab."""
    user_id = state.person(call.required("user_id")).id
    return _shown(state, state.views.publish(user_id, checked_view(call.nested("view"), "home")))


def checked_view(view: Any, kind: str | None = None) -> Mapping[str, Any]:
    """Return a view that Slack would accept, or refuse it with the reasons."""
    problems = view_problems(view)
    if not problems and kind not in {None, view["type"]}:
        problems = [f"[ERROR] must be of type {kind} [json-pointer:/view/type]"]
    if problems:
        raise SlackError("invalid_arguments", problems)
    return {**view, "blocks": completed(view["blocks"])}


def _trigger(call: Call) -> str:
    return call.required("trigger_id", "invalid_trigger_id")


def _shown(state: State, view: OpenView) -> dict[str, Any]:
    return {"view": view.as_slack(state.workspace.team_id)}


METHODS = {
    "views.open": open_view,
    "views.push": push_view,
    "views.update": update_view,
    "views.publish": publish_view,
}
