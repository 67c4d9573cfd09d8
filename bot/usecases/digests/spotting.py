"""What stands out among some workloads of one workspace: the work of a survey that any process can do."""

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Self

from bot.config import Settings
from bot.store import Store, said, workloads, workspaces
from bot.usecases.asking.advise import answer
from bot.usecases.asking.reading import Question
from bot.usecases.room import Room
from engine import (
    Advice,
    AdviceDocument,
    ConfigurationDocument,
    Finding,
    FindingKind,
    Objective,
    Workload,
    as_document,
    findings,
)

__all__ = ["Part", "Seen", "Spotted", "spot", "spot_elsewhere"]


@dataclass(frozen=True, slots=True)
class Spotted:
    """One finding, packed so that those of ten thousand workloads fit in memory.

    `worth_usd_per_week` is what it saves, or what the results gained would cost today, whichever is more. `rank`
    orders findings, least first. `configuration` is the one to move to; None where there is no pick. `is_weak`: it is
    about how little is known.
    """

    kind: FindingKind
    workload: str
    unit: str
    objective: Objective
    gain_units_per_week: float
    extra_usd_per_week: float
    worth_usd_per_week: float
    payback_days: float | None
    evidence: str
    stage: str | None
    workload_kind: str | None
    rank: tuple[float, float]
    configuration: ConfigurationDocument | None
    packed: bytes
    is_weak: bool = False

    @classmethod
    def of(cls, found: Finding) -> Self:
        """What a digest needs of `found`."""
        advice = found.advice
        pick = advice.objectives.get(found.objective)
        configuration = getattr(pick, "configuration", None)
        return cls(
            found.kind,
            found.workload,
            advice.unit,
            found.objective,
            found.gain_units_per_week,
            found.extra_usd_per_week,
            _worth(found),
            getattr(found, "payback_days", None),
            found.evidence,
            advice.stage.value if advice.stage else None,
            advice.kind.value if advice.kind else None,
            found.rank,
            as_document(configuration) if configuration else None,
            zlib.compress(json.dumps(as_document(advice), allow_nan=False).encode()),
            found.is_weak,
        )

    @property
    def document(self) -> AdviceDocument:
        """The advice, as `engine.as_document` has it."""
        unpacked: AdviceDocument = json.loads(zlib.decompress(self.packed))
        return unpacked


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands out, in no order, which workloads could not be answered, and how many of the others are what.

    `undetermined` are those whose history carries no answer yet; `stages` and `kinds` count those that have one.
    """

    spotted: tuple[Spotted, ...]
    unanswered: tuple[str, ...]
    undetermined: tuple[str, ...] = ()
    stages: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """Some workloads of a survey. `database_url`: None where the process that does it has settings of its own."""

    database_url: str | None
    team_id: str
    at: datetime
    names: tuple[str, ...]


def spot(room: Room, team_id: str, names: Sequence[str]) -> Seen:
    """Answer for each workload, as of the room's clock, and keep what stands out."""
    with room.store.read(team_id) as scope:
        policy, known = workspaces.policy(scope), said.standing(scope)  # what was said stays while noise may hide it
    tally = _Tally()
    found = findings(map(tally.counted, _answers(room, team_id, names, tally)), policy, known)
    spotted, undetermined = tuple(map(Spotted.of, found)), tuple(tally.undetermined)
    return Seen(spotted, tuple(tally.unanswered), undetermined, dict(tally.stages), dict(tally.kinds))


def spot_elsewhere(part: Part) -> Seen:
    """`spot` in another process, which opens the database by itself.

    Raises:
        LookupError: the database that this process sees does not know the workloads.
    """
    room = _room_at(part.database_url or Settings.read().database_url)
    seen = spot(replace(room, clock=lambda: part.at), part.team_id, part.names)
    if len(seen.unanswered) == len(part.names) and not _is_known(room, part):
        raise LookupError("another database: it knows none of the workloads")
    return seen


@lru_cache(maxsize=1)
def _room_at(database_url: str) -> Room:
    """Kept between parts: its indexes and models are dear."""
    return Room(Store(database_url))


def _is_known(room: Room, part: Part) -> bool:
    with room.store.read(part.team_id) as scope:
        return any(workloads.get(scope, name) is not None for name in part.names)


@dataclass(frozen=True, slots=True)
class _Tally:
    """What is counted while the answers go by."""

    unanswered: list[str] = field(default_factory=list)
    undetermined: list[str] = field(default_factory=list)
    stages: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def counted(self, advice: Advice) -> Advice:
        """The same advice."""
        if advice.undetermined is not None:
            self.undetermined.append(advice.workload)
            return advice
        self.stages.update([advice.stage.value] if advice.stage else [])
        self.kinds.update([advice.kind.value] if advice.kind else [])
        return advice


def _answers(room: Room, team_id: str, names: Sequence[str], tally: _Tally) -> Iterator[Advice]:
    """The advices, one at a time, undetermined ones too: how little is known may be a finding.

    Without frontiers, which only charts show: a card that is opened gets its chart then.
    """
    for name in names:
        found = answer(room, team_id, Question(name, Workload(name)), with_frontier=False)
        if isinstance(found, Advice):
            yield found
        else:
            tally.unanswered.append(name)


def _worth(found: Finding) -> float:
    """US dollars a week: money saved, or more results at what each costs today."""
    current = found.advice.current
    each = current.usd_per_unit if current and current.usd_per_unit else 0.0
    return max(0.0, -found.extra_usd_per_week, found.gain_units_per_week * each)
