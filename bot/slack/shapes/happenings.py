"""What Slack tells of by itself."""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from bot.slack.shapes.parts import Organisation, Part, Text, object_only, text_only, texts_only
from bot.usecases.requests import Departure, HomeOpened, Id

__all__ = ["EventCallback"]

_ID = re.compile(r"[A-Z0-9]{2,64}")


class _Tokens(Part):
    bot: Annotated[list[Text], BeforeValidator(texts_only)] = Field(default_factory=list)


class _Event(Part):
    type: Text
    tokens: Annotated[_Tokens | None, BeforeValidator(object_only)] = None  # those revoked, by their owners
    user: Annotated[Id | None, BeforeValidator(text_only)] = None  # some events carry a whole user here
    tab: Annotated[Text | None, BeforeValidator(text_only)] = None
    # Those that an organisation took out.
    team_ids: Annotated[list[Text], BeforeValidator(texts_only)] = Field(default_factory=list)


class EventCallback(Part):
    """Something happened that the app subscribes to; Slack repeats it under the same `event_id` until acknowledged."""

    type: Literal["event_callback"]
    team_id: Id | None = None
    enterprise_id: Organisation = None
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
