"""What was asked of the bot, as it lies in the inbox until it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from bot.posts import Destination

__all__ = [
    "Click",
    "Closing",
    "Command",
    "Departure",
    "HomeOpened",
    "Id",
    "Option",
    "Request",
    "ResponseUrl",
    "Submission",
    "Typed",
    "Values",
]

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
ResponseUrl = Annotated[str, Field(pattern=r"^https?://[!-~]{1,1000}$")]
Values: TypeAlias = Mapping[str, tuple[str, ...]]
"""What stands in the inputs of a modal, by block id: the text typed, or the value of each option chosen."""


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
    trigger_id: str | None = None

    @property
    def in_private(self) -> Destination:
        """An answer that only the asker sees: by `response_url`, as the bot need not be a member of the channel."""
        return Destination(self.channel_id, self.user_id, response_url=self.response_url, is_private=True)


class Click(_Asked):
    """A pressed button: `action_id` and `value` are the button's, `message_ts` names the message that holds it.

    Of a menu `value` is the option chosen. In a modal or a Home tab (`is_home`) `view_id` and `metadata` are its own
    and `values` what stands in its inputs. `beneath` is the metadata of a list that stays open under what this opens.
    """

    kind: Literal["click"] = "click"
    channel_id: Id | None = None
    message_ts: Id | None = None
    thread_ts: Id | None = None
    is_ephemeral: bool = False
    action_id: str
    value: str
    trigger_id: str | None = None
    view_id: Id | None = None
    is_home: bool = False
    metadata: str = ""
    beneath: str = ""
    values: Values = Field(default_factory=dict)

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


class Submission(_Asked):
    """A modal that somebody submitted. `metadata` is what the bot itself wrote into it when it opened it.

    `previous_view_id` is the modal under it, if there is one.
    """

    kind: Literal["submission"] = "submission"
    callback_id: str
    metadata: str = ""
    previous_view_id: Id | None = None
    values: Values = Field(default_factory=dict)

    def in_private(self, channel_id: str | None = None) -> Destination:
        """An answer that only this person sees, in that channel; a direct message where there is none."""
        return Destination(channel_id, self.user_id, response_url=self.response_url, is_private=channel_id is not None)

    def first(self, block_id: str) -> str | None:
        """What was typed or chosen in that block; None when it was left empty."""
        return next((text for text in self.values.get(block_id, ()) if text.strip()), None)


class Typed(BaseModel):
    """Letters typed into a menu that asks for its options; answered at once and never written down."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    team_id: Id
    user_id: Id
    action_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a menu: what is shown, and what is sent back when it is chosen (at most 150 characters)."""

    label: str
    value: str


class HomeOpened(BaseModel):
    """Somebody opened the bot's Home tab."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["home"] = "home"
    team_id: Id
    user_id: Id


class Departure(BaseModel):
    """The workspace removed the app or took its token back, as the event of that type says.

    Of an org-wide installation `team_id` may be the organisation's.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["departure"] = "departure"
    team_id: Id
    enterprise_id: Id | None = None
    event_type: str


class Closing(BaseModel):
    """The time to undo a decision is over; the bot asks this of itself. `origin` is where the decision was made."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["close"] = "close"
    team_id: Id
    user_id: Id
    advice_id: Id
    origin: str


Request: TypeAlias = Command | Click | Submission | HomeOpened | Departure
