"""The payloads of Slack that the bot understands, reduced to the fields it uses.

Bolt digs through a payload before any listener sees it and trips over every field of an unexpected type. What passes
here has been rebuilt from typed fields alone, so that nothing else ever reaches Bolt, over HTTP or Socket Mode.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from bot.usecases.requests import Click, Command, Departure, Id, ResponseUrl
from bot.usecases.wording import tidy

__all__ = ["BlockActions", "EventCallback", "Misshapen", "Other", "Shape", "SlashCommand", "UrlVerification", "read"]

_LONGEST_TEXT = 4000
_Text = Annotated[str, Field(max_length=_LONGEST_TEXT)]


class Misshapen(Exception):
    """A payload that is none of Slack's, as far as the bot knows them; says nothing of its content."""


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class SlashCommand(_Shape):
    """A form without `type`: `/gpu-advise …`."""

    command: _Text
    team_id: Id
    user_id: Id
    channel_id: Id
    text: str = ""
    response_url: ResponseUrl | None = None

    def request(self) -> Command:
        """What is asked, with a text that every database can store."""
        return Command(
            team_id=self.team_id,
            user_id=self.user_id,
            channel_id=self.channel_id,
            text=tidy(self.text[:_LONGEST_TEXT]),
            response_url=self.response_url,
        )


class _Team(_Shape):
    id: Id


class _User(_Shape):
    id: Id
    team_id: Id | None = None


class _Channel(_Shape):
    id: Id


class _Message(_Shape):
    ts: Id | None = None
    thread_ts: Id | None = None


class _Container(_Shape):
    is_ephemeral: bool = False
    message_ts: Id | None = None
    channel_id: Id | None = None


class _Action(_Shape):
    type: _Text = "button"
    action_id: _Text
    block_id: _Text | None = None
    value: _Text = ""


class BlockActions(_Shape):
    """A pressed button. `team` is null for org-wide installs: then the user's workspace counts."""

    type: Literal["block_actions"]
    team: _Team | None = None
    user: _User
    channel: _Channel | None = None
    message: _Message | None = None
    container: _Container | None = None
    actions: Annotated[list[_Action], Field(min_length=1, max_length=25)]
    response_url: ResponseUrl | None = None

    @property
    def team_id(self) -> str | None:
        """The workspace that the button was pressed in."""
        return self.team.id if self.team else self.user.team_id

    def request(self) -> Click:
        """The first action: Slack sends one for a button."""
        message, container = self.message or _Message(), self.container or _Container()
        return Click(
            team_id=self.team_id or "",  # `read` refuses a click without one
            user_id=self.user.id,
            channel_id=self.channel.id if self.channel else container.channel_id,
            message_ts=message.ts or container.message_ts,
            thread_ts=message.thread_ts,
            is_ephemeral=container.is_ephemeral,
            action_id=tidy(self.actions[0].action_id),
            value=tidy(self.actions[0].value),
            response_url=self.response_url,
        )


def _text_only(value: Any) -> Any:
    return value if isinstance(value, str) else None


def _object_only(value: Any) -> Any:
    return value if isinstance(value, Mapping) else None


def _texts_only(value: Any) -> Any:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


class _Tokens(_Shape):
    bot: Annotated[list[_Text], BeforeValidator(_texts_only)] = []


class _Event(_Shape):
    type: _Text
    tokens: Annotated[_Tokens | None, BeforeValidator(_object_only)] = None  # those revoked, by their owners
    user: Annotated[Id | None, BeforeValidator(_text_only)] = None  # some events carry a whole user here


class EventCallback(_Shape):
    """Something happened that the app subscribes to; Slack repeats it under the same `event_id` until acknowledged."""

    type: Literal["event_callback"]
    team_id: Id
    event_id: Id | None = None
    event: _Event

    def departure(self) -> Departure | None:
        """The end of the bot's access, if it says so; a token that a person takes back is none of the bot's."""
        revoked = self.event.tokens is not None and self.event.tokens.bot
        if self.event.type == "app_uninstalled" or (self.event.type == "tokens_revoked" and revoked):
            return Departure(team_id=self.team_id, event_type=self.event.type)
        return None


class UrlVerification(_Shape):
    """Slack asks whether this address is the app's: it wants `challenge` back."""

    type: Literal["url_verification"]
    challenge: _Text


class Other(_Shape):
    """A kind of payload that the bot has no use for; acknowledged, so that Slack does not repeat it."""

    type: _Text = ""
    ssl_check: _Text = ""


Shape: TypeAlias = SlashCommand | BlockActions | EventCallback | UrlVerification | Other
_BY_TYPE: Mapping[str, TypeAdapter[Any]] = {
    "block_actions": TypeAdapter(BlockActions),
    "event_callback": TypeAdapter(EventCallback),
    "url_verification": TypeAdapter(UrlVerification),
}
_COMMAND: TypeAdapter[Any] = TypeAdapter(SlashCommand)
_OTHER: TypeAdapter[Any] = TypeAdapter(Other)


def read(payload: Mapping[str, Any]) -> Shape:
    """The typed form of `payload`.

    Raises:
        Misshapen: it names a kind that the bot knows and does not have that kind's fields, or no kind at all.
    """
    kind = payload.get("type")
    adapter = _COMMAND if "command" in payload else _BY_TYPE.get(kind, _OTHER) if isinstance(kind, str) else _OTHER
    try:
        shape: Shape = adapter.validate_python(payload)
    except ValidationError:
        raise Misshapen from None
    is_nothing = isinstance(shape, Other) and not shape.type and not shape.ssl_check
    is_nowhere = isinstance(shape, BlockActions) and shape.team_id is None
    if is_nothing or is_nowhere:
        raise Misshapen
    return shape
