"""`auth.test` and `users.info`: who the bot is and whom it talks to."""

from typing import Any

from bot.local.calls import Call
from bot.local.shown import person_as_slack
from bot.local.state import State
from bot.local.workspace import BOT, BOT_ID

__all__ = ["METHODS"]

TEAM_NAME = "Local workspace"


def auth_test(state: State, _call: Call) -> dict[str, Any]:
    """Say whose token this is."""
    identity = {"user": BOT.name, "user_id": BOT.id, "bot_id": BOT_ID, "is_enterprise_install": False}
    return {"url": state.address + "/", "team": TEAM_NAME, "team_id": state.workspace.team_id, **identity}


def user_info(state: State, call: Call) -> dict[str, Any]:
    """Return one person."""
    person = state.person(call.required("user", "user_not_found"))
    return {"user": person_as_slack(person, state.workspace.team_id)}


METHODS = {"auth.test": auth_test, "users.info": user_info}
