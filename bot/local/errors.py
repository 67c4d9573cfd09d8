"""How a call to the local workspace goes wrong.

SlackError          the Web API's own `{"ok": false, "error": …}`
PortTaken           another program listens where the workspace should be served
"""

from collections.abc import Sequence

__all__ = ["PortTaken", "SlackError"]


class SlackError(Exception):
    """A refusal by name, as Slack's documentation lists them; `messages` say where and why."""

    def __init__(self, name: str, messages: Sequence[str] = (), **more: object) -> None:
        super().__init__(name)
        self.name = name
        self.messages = tuple(messages)
        self.more = more


class PortTaken(Exception):
    """Another program listens on `port`, or this one may not."""

    def __init__(self, port: int, reason: str) -> None:
        super().__init__(f"port {port} cannot be used ({reason}); try another, or --port 0 for any free one")
        self.port = port
