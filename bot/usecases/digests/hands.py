"""Other processes that share the work of a survey, so that the one that answers people stays free for them."""

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Crew", "Hands"]


@dataclass(frozen=True, slots=True)
class Hands:
    """How to give other processes work, and `ahead` tasks at a time.

    `database_url` is what they open; None where they have settings of their own, as on other machines.
    """

    executor: Executor
    database_url: str | None
    ahead: int


Crew: TypeAlias = Callable[[], AbstractContextManager[Hands]]
"""Makes hands for one survey. Whatever goes wrong in making or using them, the survey is finished without them."""
