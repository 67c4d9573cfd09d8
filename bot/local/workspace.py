"""What a Slack workspace holds: people, channels, messages and files, in memory."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "ADMINISTRATOR",
    "APP_ID",
    "BOT",
    "BOT_ID",
    "CHANNEL",
    "MEMBER",
    "SLACKBOT",
    "TEAM_ID",
    "Channel",
    "Clock",
    "Person",
    "PostedMessage",
    "StoredFile",
    "Workspace",
]

Json = Mapping[str, Any]
Clock = Callable[[], float]
"""Seconds since 1970."""

TEAM_ID = "T0LOCAL01"
APP_ID = "A0LOCAL01"
BOT_ID = "B0LOCAL01"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with an account. `name` is the handle, `real_name` what messages show."""

    id: str
    name: str
    real_name: str
    is_admin: bool = False
    is_bot: bool = False
    is_deactivated: bool = False
    is_guest: bool = False
    timezone: str = "Europe/London"


@dataclass(slots=True)
class Channel:
    """A place to write. A direct conversation (`is_im`) has no name and two members."""

    id: str
    name: str
    members: list[str]
    is_private: bool = False
    is_im: bool = False


@dataclass(slots=True)
class PostedMessage:
    """A message as the workspace keeps it. `visible_to`: only that person sees it (ephemeral)."""

    channel_id: str
    ts: str
    user_id: str
    text: str
    blocks: Sequence[Json] = ()
    metadata: Json | None = None
    thread_ts: str | None = None
    visible_to: str | None = None
    edited_ts: str | None = None
    file_ids: tuple[str, ...] = ()

    @property
    def is_ephemeral(self) -> bool:
        """Only one person sees it, and no history has it."""
        return self.visible_to is not None


@dataclass(slots=True)
class StoredFile:
    """An uploaded file. `channel_ids` is empty until the upload is completed."""

    id: str
    name: str
    content: bytes = b""
    title: str = ""
    alt_text: str = ""
    channel_ids: list[str] = field(default_factory=list)


ADMINISTRATOR = Person("U0ADMIN01", "ada", "Ada (administrator)", is_admin=True)
MEMBER = Person("U0MEMBER1", "max", "Max (member)")
BOT = Person("U0BOT0001", "gpu_advise", "gpu-advise", is_bot=True)
SLACKBOT = Person("USLACKBOT", "slackbot", "Slackbot", is_bot=True)
CHANNEL = "C0GPU0001"


def _default_channels() -> list[Channel]:
    everyone = [ADMINISTRATOR.id, MEMBER.id, BOT.id]
    return [Channel(CHANNEL, "gpu-advice", list(everyone)), Channel("C0GENERAL", "general", list(everyone))]


class Workspace:
    """One team. Threads may share it: every change is made under one lock and raises `version`."""

    def __init__(
        self,
        *,
        team_id: str = TEAM_ID,
        clock: Clock = time.time,
        people: Iterable[Person] = (ADMINISTRATOR, MEMBER, BOT, SLACKBOT),
        channels: Iterable[Channel] | None = None,
    ) -> None:
        self.team_id = team_id
        self.enterprise_id: str | None = None  # of an organisation that installed the app for all its workspaces
        self.clock = clock
        self.people = {person.id: person for person in people}
        self.channels = {channel.id: channel for channel in channels or _default_channels()}
        self.files: dict[str, StoredFile] = {}
        self.version = 0
        self._messages: list[PostedMessage] = []
        self._lock = threading.RLock()
        self._last_microsecond = 0
        self._serial = 0

    def post(self, message: PostedMessage) -> PostedMessage:
        """Put a message at the end of its channel."""
        with self._lock:
            self._messages.append(message)
            self.changed()
        return message

    def edit(self, message: PostedMessage, text: str, blocks: Sequence[Json]) -> None:
        """Replace what a message says."""
        with self._lock:
            message.text, message.blocks = text, blocks
            message.edited_ts = self.next_ts()
            self.changed()

    def remove(self, message: PostedMessage) -> None:
        """Take a message away."""
        with self._lock:
            self._messages.remove(message)
            self.changed()

    def find(self, channel_id: str, ts: str) -> PostedMessage | None:
        """Look a message up by its channel and time stamp, ephemeral ones included."""
        return next((m for m in self.messages(channel_id) if m.ts == ts), None)

    def messages(self, channel_id: str | None = None) -> tuple[PostedMessage, ...]:
        """Everything said in a channel (or anywhere), oldest first, ephemeral messages included."""
        with self._lock:
            return tuple(m for m in self._messages if channel_id in {None, m.channel_id})

    def visible(self, channel_id: str, viewer_id: str) -> tuple[PostedMessage, ...]:
        """What one person sees in a channel, oldest first."""
        return tuple(m for m in self.messages(channel_id) if m.visible_to in {None, viewer_id})

    def direct_channel(self, user_id: str) -> Channel:
        """Return the direct conversation between a person and the bot, opened when there is none."""
        with self._lock:
            existing = (c for c in self.channels.values() if c.is_im and user_id in c.members)
            return next(existing, None) or self._open_direct_channel(user_id)

    def _open_direct_channel(self, user_id: str) -> Channel:
        channel = Channel("D" + user_id[1:], "", [user_id, BOT.id], is_private=True, is_im=True)
        self.channels[channel.id] = channel
        self.changed()
        return channel

    def add_file(self, name: str) -> StoredFile:
        """Make room for a file that is about to be uploaded."""
        with self._lock:
            stored = StoredFile(self.next_id("F"), name)
            self.files[stored.id] = stored
            return stored

    def next_ts(self) -> str:
        """Return a time stamp that no other message has, later than all before it."""
        with self._lock:
            self._last_microsecond = max(self._last_microsecond + 1, round(self.clock() * 1e6))
            return f"{self._last_microsecond // 1_000_000}.{self._last_microsecond % 1_000_000:06d}"

    def next_id(self, prefix: str) -> str:
        """Return an identifier that nothing else here has."""
        with self._lock:
            self._serial += 1
            return f"{prefix}0LOCAL{self._serial:05d}"

    def changed(self) -> None:
        """Tell whoever watches `version` that something is new."""
        with self._lock:
            self.version += 1
