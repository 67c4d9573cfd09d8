"""How a call to the local workspace goes wrong.

SlackError          the Web API's own `{"ok": false, "error": …}`
"""

from collections.abc import Sequence

__all__ = ["SlackError"]


class SlackError(Exception):
    """A refusal by name, as Slack's documentation lists them; `messages` say where and why."""

    def __init__(self, name: str, messages: Sequence[str] = (), **more: object) -> None:
        super().__init__(name)
        self.name = name
        self.messages = tuple(messages)
        self.more = more
