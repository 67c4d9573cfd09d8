"""What people do with messages, modals and menus."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from bot.slack.inputs import Inputs, chosen
from bot.slack.shapes.parts import Part, Text, object_only
from bot.usecases.requests import Click, Id, ResponseUrl, Submission, Typed
from bot.usecases.words.wording import tidy

__all__ = ["BlockActions", "BlockSuggestion", "Interaction", "ViewSubmission"]


class _Team(Part):
    id: Id


class _User(Part):
    id: Id
    team_id: Id | None = None


class _Channel(Part):
    id: Id


class _Message(Part):
    ts: Id | None = None
    thread_ts: Id | None = None


class _Container(Part):
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


class _Fields(Part):
    type: Text = "button"
    action_id: Text
    block_id: Text | None = None
    value: Text = ""


_Action = Annotated[_Fields, BeforeValidator(_with_choice)]


def _id_or_none(value: Any) -> Any:
    """Slack names no modal under the lowest."""
    return value if isinstance(value, str) and value else None


class _View(Part):
    id: Id
    type: Text = "modal"
    callback_id: Text = ""
    private_metadata: Text = ""
    previous_view_id: Annotated[Id | None, BeforeValidator(_id_or_none)] = None
    state: Inputs = Field(default_factory=dict)


class Interaction(Part):
    """`team` is null for org-wide installs: then the user's workspace counts."""

    team: _Team | None = None
    enterprise: Annotated[_Team | None, BeforeValidator(object_only)] = None
    user: _User

    @property
    def team_id(self) -> str | None:
        """The workspace that this happened in."""
        return self.team.id if self.team else self.user.team_id


class BlockActions(Interaction):
    """A pressed button, or a choice from a menu that acts at once."""

    type: Literal["block_actions"]
    trigger_id: Text | None = None
    view: _View | None = None
    state: Inputs = Field(default_factory=dict)
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


class ViewSubmission(Interaction):
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
            previous_view_id=self.view.previous_view_id,
            values=self.view.state,
        )


class BlockSuggestion(Interaction):
    """Letters typed into a menu: Slack wants the options that they may mean."""

    type: Literal["block_suggestion"]
    action_id: Text
    block_id: Text | None = None
    value: Text = ""

    def typed(self) -> Typed:
        """What the options are wanted for."""
        return Typed(team_id=self.team_id or "", user_id=self.user.id, action_id=self.action_id, text=tidy(self.value))
