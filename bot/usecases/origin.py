"""Where something was pressed or a form was opened: that is where its answer goes."""

from dataclasses import replace
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.posts import Destination
from bot.usecases.requests import Click, Id, ResponseUrl

__all__ = ["Origin"]

_LONGEST = 1200  # characters: Slack takes 3,000 with everything that is escaped in them


class Origin(BaseModel):
    """A place in Slack, which a form carries in its metadata; a form with more to remember inherits this.

    `advice_id` and `message_ts` are those of the card that the form is about and whose place its answer takes.
    `beneath` is the metadata of the list over which it was opened.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel_id: Id | None = None
    response_url: ResponseUrl | None = None
    advice_id: Id | None = None
    message_ts: Id | None = None
    is_ephemeral: bool = False
    beneath: str = Field(default="", max_length=_LONGEST)

    @classmethod
    def at(cls, click: Click) -> Self:
        """Where a button was pressed."""
        return cls(
            channel_id=click.channel_id,
            response_url=click.response_url,
            message_ts=click.message_ts,
            is_ephemeral=click.is_ephemeral,
            beneath=click.beneath if len(click.beneath) <= _LONGEST else "",
        )

    @classmethod
    def read(cls, metadata: str) -> Self:
        """What an earlier release wrote and this one cannot read means nowhere: the answer is a direct message."""
        try:
            return cls.model_validate_json(metadata or "{}")
        except ValidationError:
            return cls()

    def in_private(self, user_id: str) -> Destination:
        """Beside the command or the card, seen by this person alone."""
        return Destination(self.channel_id or user_id, user_id, response_url=self.response_url, is_private=True)

    def in_place(self, user_id: str) -> Destination:
        """Where the card stands."""
        return replace(self.in_private(user_id), update_ts=self.message_ts, is_private=self.is_ephemeral)
