"""Open modals and Home tabs, as `views.*` keeps them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.local.errors import SlackError
from bot.local.workspace import APP_ID, BOT_ID, Workspace

__all__ = ["OpenView", "Views"]

MOST_STACKED = 3


@dataclass(slots=True)
class OpenView:
    """A view that someone sees now; `content` is what the bot sent."""

    id: str
    user_id: str
    content: Mapping[str, Any]
    root_view_id: str
    previous_view_id: str | None = None
    state: Mapping[str, Any] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """Changes whenever the content does; guards against racing updates."""
        return hashlib.sha256(json.dumps(self.content, sort_keys=True).encode()).hexdigest()[:16]

    def as_slack(self, team_id: str) -> dict[str, Any]:
        """Return the view object that Slack sends in answers and payloads."""
        empty = {"private_metadata": "", "callback_id": "", "external_id": "", "submit": None, "close": None}
        flags = {"clear_on_close": False, "notify_on_close": False}
        return {
            **empty,
            **flags,
            **self.content,
            "id": self.id,
            "team_id": team_id,
            "app_id": APP_ID,
            "bot_id": BOT_ID,
            "app_installed_team_id": team_id,
            "hash": self.hash,
            "state": {"values": self.state},
            "root_view_id": self.root_view_id,
            "previous_view_id": self.previous_view_id,
        }


class Views:
    """For each person a stack of at most three modals, the top one last, and one Home tab."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stacks: dict[str, list[OpenView]] = {}
        self._homes: dict[str, OpenView] = {}

    def open(self, user_id: str, content: Mapping[str, Any]) -> OpenView:
        """Show a modal in place of whatever modals were open."""
        self._stacks[user_id] = []
        return self.push(user_id, content)

    def push(self, user_id: str, content: Mapping[str, Any]) -> OpenView:
        """Show a modal on top of the open ones."""
        stack = self._stacks.setdefault(user_id, [])
        if len(stack) == MOST_STACKED:
            raise SlackError("push_limit_reached")
        below = stack[-1] if stack else None
        view_id = self._workspace.next_id("V")
        view = OpenView(
            view_id, user_id, content, below.root_view_id if below else view_id, below.id if below else None
        )
        stack.append(view)
        self._workspace.changed()
        return view

    def publish(self, user_id: str, content: Mapping[str, Any]) -> OpenView:
        """Replace someone's Home tab."""
        view_id = self._homes[user_id].id if user_id in self._homes else self._workspace.next_id("V")
        self._homes[user_id] = OpenView(view_id, user_id, content, view_id)
        self._workspace.changed()
        return self._homes[user_id]

    def update(self, view: OpenView, content: Mapping[str, Any]) -> OpenView:
        """Replace the content of an open modal."""
        view.content = content
        self._workspace.changed()
        return view

    def close(self, view: OpenView, *, is_all: bool = False) -> None:
        """Take a modal away, or the whole stack that it stands in."""
        stack = self._stacks.get(view.user_id, [])
        self._stacks[view.user_id] = [] if is_all else [other for other in stack if other is not view]
        self._workspace.changed()

    def find(self, *, view_id: str | None = None, external_id: str | None = None) -> OpenView:
        """Return the open view with this identifier, or refuse as Slack does."""
        for view in self._all():
            if view.id == view_id or (external_id and view.content.get("external_id") == external_id):
                return view
        raise SlackError("not_found")

    def top(self, user_id: str) -> OpenView | None:
        """Return the modal that someone sees, if any."""
        stack = self._stacks.get(user_id)
        return stack[-1] if stack else None

    def home(self, user_id: str) -> OpenView | None:
        """Return someone's Home tab once the bot has published one."""
        return self._homes.get(user_id)

    def _all(self) -> list[OpenView]:
        return [view for stack in self._stacks.values() for view in stack] + list(self._homes.values())
