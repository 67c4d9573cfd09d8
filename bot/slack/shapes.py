"""The payloads of Slack that the bot understands, reduced to the fields it uses.

Bolt digs through a payload before any listener sees it and trips over every field of an unexpected type. What passes
here has been rebuilt from typed fields alone, so that nothing else ever reaches Bolt, over HTTP or Socket Mode.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from bot.slack.inputs import Inputs, chosen
from bot.usecases.requests import Click, Command, Departure, HomeOpened, Id, ResponseUrl, Submission, Typed
from bot.usecases.words.wording import tidy

__all__ = [
    "BlockActions",
    "BlockSuggestion",
    "EventCallback",
    "Misshapen",
    "Other",
    "Shape",
    "SlashCommand",
    "UrlVerification",
    "ViewSubmission",
    "read",
]

_LONGEST_TEXT = 4000
_ID = re.compile(r"[A-Z0-9]{2,64}")
_Text = Annotated[str, Field(max_length=_LONGEST_TEXT)]


class Misshapen(Exception):
    """A payload that is none of Slack's, as far as the bot knows them; says nothing of its content."""


def _text_only(value: Any) -> Any:
    return value if isinstance(value, str) else None


def _object_only(value: Any) -> Any:
    return value if isinstance(value, Mapping) else None


def _texts_only(value: Any) -> Any:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _id_only(value: Any) -> Any:
    """Slack leaves the organisation of a workspace that has none empty, or out."""
    return value if isinstance(value, str) and value else None


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


_Organisation = Annotated[Id | None, BeforeValidator(_id_only)]


class SlashCommand(_Shape):
    """A form without `type`: `/gpu-advise …`."""

    command: _Text
    team_id: Id
    enterprise_id: _Organisation = None
    user_id: Id
    channel_id: Id
    text: str = ""
    trigger_id: _Text | None = None
    response_url: ResponseUrl | None = None

    def request(self) -> Command:
        """What is asked, with a text that every database can store."""
        return Command(
            team_id=self.team_id,
            user_id=self.user_id,
            channel_id=self.channel_id,
            text=tidy(self.text[:_LONGEST_TEXT]),
            trigger_id=self.trigger_id,
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


def _with_choice(value: Any) -> Any:
    """An element other than a button has its value in a place of its own; the first one chosen stands for it.

    An entry of an overflow menu stands for a button that has no room of its own: its value is that one's action id
    and value.
    """
    if not isinstance(value, Mapping) or "value" in value:
        return value
    picked = next(iter(chosen(value)), "")
    action_id, is_button, of_button = picked.partition(" ")
    if value.get("type") == "overflow" and is_button:
        return {**value, "action_id": action_id, "value": of_button}
    return {**value, "value": picked}


class _Fields(_Shape):
    type: _Text = "button"
    action_id: _Text
    block_id: _Text | None = None
    value: _Text = ""


_Action = Annotated[_Fields, BeforeValidator(_with_choice)]


class _View(_Shape):
    id: Id
    type: _Text = "modal"
    callback_id: _Text = ""
    private_metadata: _Text = ""
    state: Inputs = {}


class _Interaction(_Shape):
    """`team` is null for org-wide installs: then the user's workspace counts."""

    team: _Team | None = None
    enterprise: Annotated[_Team | None, BeforeValidator(_object_only)] = None
    user: _User

    @property
    def team_id(self) -> str | None:
        """The workspace that this happened in."""
        return self.team.id if self.team else self.user.team_id


class BlockActions(_Interaction):
    """A pressed button, or a choice from a menu that acts at once."""

    type: Literal["block_actions"]
    trigger_id: _Text | None = None
    view: _View | None = None
    state: Inputs = {}
    channel: _Channel | None = None
    message: _Message | None = None
    container: _Container | None = None
    actions: Annotated[list[_Action], Field(min_length=1, max_length=25)]
    response_url: ResponseUrl | None = None

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
            trigger_id=self.trigger_id,
            view_id=self.view.id if self.view else None,
            is_home=self.view is not None and self.view.type == "home",
            metadata=self.view.private_metadata if self.view else "",
            values=self.view.state if self.view else self.state,
            response_url=self.response_url,
        )


class ViewSubmission(_Interaction):
    """A submitted modal."""

    type: Literal["view_submission"]
    view: _View

    def request(self) -> Submission:
        """What was filled in."""
        return Submission(
            team_id=self.team_id or "",
            user_id=self.user.id,
            callback_id=self.view.callback_id,
            metadata=self.view.private_metadata,
            values=self.view.state,
        )


class BlockSuggestion(_Interaction):
    """Letters typed into a menu: Slack wants the options that they may mean."""

    type: Literal["block_suggestion"]
    action_id: _Text
    block_id: _Text | None = None
    value: _Text = ""

    def typed(self) -> Typed:
        """What the options are wanted for."""
        return Typed(team_id=self.team_id or "", user_id=self.user.id, action_id=self.action_id, text=tidy(self.value))


class _Tokens(_Shape):
    bot: Annotated[list[_Text], BeforeValidator(_texts_only)] = []


class _Event(_Shape):
    type: _Text
    tokens: Annotated[_Tokens | None, BeforeValidator(_object_only)] = None  # those revoked, by their owners
    user: Annotated[Id | None, BeforeValidator(_text_only)] = None  # some events carry a whole user here
    tab: Annotated[_Text | None, BeforeValidator(_text_only)] = None
    team_ids: Annotated[list[_Text], BeforeValidator(_texts_only)] = []  # those that an organisation took out


class EventCallback(_Shape):
    """Something happened that the app subscribes to; Slack repeats it under the same `event_id` until acknowledged."""

    type: Literal["event_callback"]
    team_id: Id | None = None
    enterprise_id: _Organisation = None
    event_id: Id | None = None
    event: _Event

    @property
    def where(self) -> str | None:
        """The workspace, or the organisation where an org-wide installation is meant."""
        return self.team_id or self.enterprise_id

    def home_opened(self) -> HomeOpened | None:
        """Somebody looks at the Home tab, if it says so; the messages tab needs nothing."""
        if self.event.type == "app_home_opened" and self.event.tab == "home" and self.event.user and self.team_id:
            return HomeOpened(team_id=self.team_id, user_id=self.event.user)
        return None

    def departures(self) -> list[Departure]:
        """The ends of the bot's access that it tells of; a token that a person takes back is none of the bot's."""
        revoked = self.event.tokens is not None and self.event.tokens.bot
        if self.event.type == "team_access_revoked":
            return [self._departure(team_id) for team_id in self.event.team_ids if _ID.fullmatch(team_id)]
        is_over = self.event.type == "app_uninstalled" or (self.event.type == "tokens_revoked" and revoked)
        return [self._departure(self.where or "")] if is_over else []

    def _departure(self, team_id: str) -> Departure:
        return Departure(team_id=team_id, enterprise_id=self.enterprise_id, event_type=self.event.type)


class UrlVerification(_Shape):
    """Slack asks whether this address is the app's: it wants `challenge` back."""

    type: Literal["url_verification"]
    challenge: _Text


class Other(_Shape):
    """A kind of payload that the bot has no use for; acknowledged, so that Slack does not repeat it."""

    type: _Text = ""
    ssl_check: _Text = ""


Shape: TypeAlias = (
    SlashCommand | BlockActions | ViewSubmission | BlockSuggestion | EventCallback | UrlVerification | Other
)
_BY_TYPE: Mapping[str, TypeAdapter[Any]] = {
    "block_actions": TypeAdapter(BlockActions),
    "block_suggestion": TypeAdapter(BlockSuggestion),
    "view_submission": TypeAdapter(ViewSubmission),
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
    is_nowhere = (isinstance(shape, _Interaction) and shape.team_id is None) or (
        isinstance(shape, EventCallback) and shape.where is None
    )
    if is_nothing or is_nowhere:
        raise Misshapen
    return shape
