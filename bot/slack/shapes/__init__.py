"""The payloads of Slack that the bot understands, reduced to the fields it uses.

Bolt digs through a payload before any listener sees it and trips over every field of an unexpected type. What passes
here has been rebuilt from typed fields alone, so that nothing else ever reaches Bolt, over HTTP or Socket Mode.
"""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from pydantic import TypeAdapter, ValidationError

from bot.slack.shapes.happenings import EventCallback
from bot.slack.shapes.interactions import BlockActions, BlockSuggestion, Interaction, ViewSubmission
from bot.slack.shapes.parts import LONGEST_TEXT, Organisation, Part, Text
from bot.usecases.requests import Command, Id, ResponseUrl
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


class Misshapen(Exception):
    """A payload that is none of Slack's, as far as the bot knows them; says nothing of its content."""


class SlashCommand(Part):
    """A form without `type`: `/gpu-advise …`."""

    command: Text
    team_id: Id
    enterprise_id: Organisation = None
    user_id: Id
    channel_id: Id
    text: str = ""
    trigger_id: Text | None = None
    response_url: ResponseUrl | None = None

    def request(self) -> Command:
        """What is asked, with a text that every database can store."""
        return Command(
            team_id=self.team_id,
            user_id=self.user_id,
            channel_id=self.channel_id,
            text=tidy(self.text[:LONGEST_TEXT]),
            trigger_id=self.trigger_id,
            response_url=self.response_url,
        )


class UrlVerification(Part):
    """Slack asks whether this address is the app's: it wants `challenge` back."""

    type: Literal["url_verification"]
    challenge: Text


class Other(Part):
    """A kind of payload that the bot has no use for; acknowledged, so that Slack does not repeat it."""

    type: Text = ""
    ssl_check: Text = ""


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
    is_nowhere = (isinstance(shape, Interaction) and shape.team_id is None) or (
        isinstance(shape, EventCallback) and shape.where is None
    )
    if is_nothing or is_nowhere:
        raise Misshapen
    return shape
