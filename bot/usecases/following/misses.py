"""A prediction that missed: the model must have learned from what was measured, or learns now."""

from typing import Literal, TypeAlias

from bot.documents import Comparison
from bot.files import Report
from bot.store import Scope, history, models
from bot.usecases.following.measuring import is_inside
from bot.usecases.learning.learn import learn
from bot.usecases.room import Room
from engine import MixedUnits

__all__ = ["Lesson", "taught"]

Lesson: TypeAlias = Literal["not_needed", "learned_before", "refitted"]


def taught(room: Room, team_id: str, workload: str, found: Comparison) -> Lesson:
    """What was done about the comparison `found`: nothing where it is inside; else see to it that the model knows.

    An import ends with the model learning from it, so mostly it knows these runs already.
    """
    if is_inside(found):
        return "not_needed"
    with room.store.read(team_id) as scope:
        if _has_learned(scope, workload):
            return "learned_before"
    learn(room, team_id, [workload], Report(on_problem=lambda _: None, on_warning=lambda _: None))
    return "refitted"


def _has_learned(scope: Scope, workload: str) -> bool:
    """Whether the measurements that the model was fitted on hold every run."""
    known = models.observations(scope, workload)
    try:
        return known is not None and known.history_digest == history.load(scope, workload).digest
    except MixedUnits:
        return True  # such a history teaches nothing, however often
