"""What is wrong with a question, in words that say how to mend it."""

from dataclasses import dataclass
from typing import Any

__all__ = ["Problem", "Unreadable"]


@dataclass(frozen=True, slots=True)
class Problem:
    """`what` is wrong and a `hint` how to put it right."""

    what: str
    hint: str

    def as_document(self) -> dict[str, Any]:
        """The shape that the view `bad_request` draws."""
        return {"what": self.what, "hint": self.hint}


class Unreadable(Exception):
    """One value of a question that cannot be read; carries its `problem`."""

    def __init__(self, what: str, hint: str) -> None:
        self.problem = Problem(what, hint)
        super().__init__(f"{what}; {hint}")
