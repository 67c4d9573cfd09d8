"""What the bot says, before anyone decides how it looks: to whom, which view, and its data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Destination", "Message", "Modal", "Post"]


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a post goes. `is_private`: only `user` sees it. `update_ts`: it replaces that message of `channel`.

    `is_home`: it becomes the Home tab of `user`; then the post's view is one of the surfaces, not of the messages.
    """

    channel: str | None = None
    user: str | None = None
    thread_ts: str | None = None
    response_url: str | None = None
    update_ts: str | None = None
    is_private: bool = False
    is_home: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """One thing to say: the name of a view and its data, which is plain JSON."""

    destination: Destination
    view: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Modal:
    """A modal to open: the name of a surface and its data, which is plain JSON.

    `is_turned`: it takes the place of the modal that was clicked in, as the next page of a list does.
    """

    view: str
    data: Mapping[str, Any]
    is_turned: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """Blocks, and `text` for notifications and screen readers; of a Home tab its `view` instead."""

    text: str
    blocks: tuple[Mapping[str, Any], ...] = field(default=())
    view: Mapping[str, Any] | None = None
