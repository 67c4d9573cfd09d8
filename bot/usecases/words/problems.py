"""What is wrong with a question, in words that say how to mend it."""

from dataclasses import dataclass
from typing import Any

from bot.posts import Destination, Post

__all__ = ["Problem", "Unreadable", "bad_request"]


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


def bad_request(to: Destination, asked: str, *problems: Problem) -> Post:
    """Say what is wrong with what was `asked`; that may be empty, where a button or a form asked."""
    return Post(to, "bad_request", {"asked": asked, "problems": [problem.as_document() for problem in problems]})
