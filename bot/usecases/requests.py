"""What was asked of the bot, as it lies in the inbox until it is answered."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from bot.posts import Destination

__all__ = ["Click", "Command", "Departure", "Id", "Request", "ResponseUrl"]

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
ResponseUrl = Annotated[str, Field(pattern=r"^https?://[!-~]{1,1000}$")]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    team_id: Id
    user_id: Id
    response_url: ResponseUrl | None = None


class Command(_Asked):
    """A slash command and what followed it."""

    kind: Literal["command"] = "command"
    channel_id: Id
    text: str

    @property
    def in_private(self) -> Destination:
        """An answer that only the asker sees: by `response_url`, as the bot need not be a member of the channel."""
        return Destination(self.channel_id, self.user_id, response_url=self.response_url, is_private=True)


class Click(_Asked):
    """A pressed button: `action_id` and `value` are the button's, `message_ts` names the message that holds it."""

    kind: Literal["click"] = "click"
    channel_id: Id | None = None
    message_ts: Id | None = None
    thread_ts: Id | None = None
    is_ephemeral: bool = False
    action_id: str
    value: str

    @property
    def in_private(self) -> Destination:
        """An answer that only the clicker sees, beside the message; a direct message where there is no channel."""
        return Destination(
            self.channel_id or self.user_id,
            self.user_id,
            thread_ts=self.thread_ts,
            response_url=self.response_url,
            is_private=True,
        )


class Departure(BaseModel):
    """The workspace removed the app or took its token back, as the event of that type says."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["departure"] = "departure"
    team_id: Id
    event_type: str


Request: TypeAlias = Command | Click | Departure
