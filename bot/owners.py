"""Whose a workload is: a person in Slack, a user group of Slack, or a team that is only a name."""

import re
from dataclasses import dataclass
from typing import Self

__all__ = ["Owner"]

_PERSON = re.compile(r"<?@?([UW][A-Z0-9]{7,})(?:\|[^<>]*)?>?")  # shorter than any id of Slack: a team in capitals
_GROUP = re.compile(r"(?:<!subteam\^)?(S[A-Z0-9]{7,})(?:\|@?([^<>]*))?>?")
_GROUP_WORD = "user group"


@dataclass(frozen=True, slots=True)
class Owner:
    """Two texts that mean the same have the same `key`; `name` is how a team is called where people read it.

    A user group is called as Slack called it when it was written down (`<!subteam^S012AB3CD|@film>`), else by its id.
    """

    key: str
    name: str
    is_person: bool = False

    @classmethod
    def of(cls, text: str) -> Self:
        """Whom `text` means: a mention or an id as Slack writes them, or the name of a team."""
        person, group = _PERSON.fullmatch(text.strip()), _GROUP.fullmatch(text.strip())
        if person:
            return cls(person[1], person[1], is_person=True)
        if group:
            handle = (group[2] or "").strip()
            return cls(group[1], f"@{handle}" if handle else f"{_GROUP_WORD} {group[1]}")
        name = text.strip()
        return cls(name.removeprefix("@").casefold(), name)

    @property
    def as_text(self) -> str:
        """What `of` reads as the same owner again."""
        is_group = _GROUP.fullmatch(self.key) and not self.is_person
        return (
            f"{self.key}|{self.name}" if is_group and self.name.startswith("@") else self.key if is_group else self.name
        )
