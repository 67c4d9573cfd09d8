"""Everything the local Slack remembers, in one value that its methods share."""

from dataclasses import dataclass, field

from bot.local.errors import SlackError
from bot.local.grants import Grants
from bot.local.views import Views
from bot.local.workspace import BOT, Channel, Person, Workspace

__all__ = ["State"]


@dataclass(slots=True)
class State:
    """The workspace, what it has handed out, and the address it is reached at (without a slash at the end).

    `is_public_writer`: the bot has the scope chat:write.public, so it may write where it is no member.
    """

    workspace: Workspace
    address: str
    is_public_writer: bool = True
    grants: Grants = field(init=False)
    views: Views = field(init=False)

    def __post_init__(self) -> None:
        self.grants = Grants(self.workspace.clock)
        self.views = Views(self.workspace)

    def channel(self, channel_id: str) -> Channel:
        """Return a channel that the bot may use; a person's id means the direct conversation with them."""
        if channel_id in self.workspace.people:
            return self.workspace.direct_channel(channel_id)
        channel = self.workspace.channels.get(channel_id)
        if channel is None or (channel.is_private and BOT.id not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def joined_channel(self, channel_id: str) -> Channel:
        """Return a channel that the bot is in."""
        channel = self.channel(channel_id)
        if BOT.id not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def writable_channel(self, channel_id: str) -> Channel:
        """Return a channel that the bot may post to."""
        channel = self.channel(channel_id)
        is_open = self.is_public_writer and not channel.is_private
        return channel if is_open else self.joined_channel(channel.id)

    def person(self, user_id: str) -> Person:
        """Return someone with an account."""
        person = self.workspace.people.get(user_id)
        if person is None:
            raise SlackError("user_not_found")
        return person
