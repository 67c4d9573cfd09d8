"""One look at a whole workspace, its work shared out where there are hands for it."""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TypeAlias

import structlog

from bot.store import watched
from bot.usecases.digests.hands import Crew
from bot.usecases.digests.spotting import Part, Seen, Spotted, spot, spot_elsewhere
from bot.usecases.room import Room

__all__ = ["Beat", "Survey", "survey"]

_log = structlog.get_logger("bot.usecases.digests.surveying")
_PART = 32  # workloads a task: a second or two, so that handing it over costs little and a lost one loses little
_FEW = 64  # workloads that are sooner answered here than other processes start
_PATIENCE_SECONDS = 120.0  # for one task, which waits behind no more than `ahead` others

Beat: TypeAlias = Callable[[int, int], object]
"""Told every few seconds how many workloads of how many were looked at; whoever holds a lease can renew it then."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What stands out in a workspace, the most serious first.

    `names` are the workloads looked at, `unanswered` those of them that failed, `undetermined` those whose history
    carries no answer yet, `owners` whose they are where that is known; `stages` and `kinds` count the others.
    """

    team_id: str
    at: datetime
    names: frozenset[str]
    spotted: tuple[Spotted, ...]
    unanswered: frozenset[str]
    owners: dict[str, str]
    stages: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)
    undetermined: frozenset[str] = frozenset()

    @property
    def workloads(self) -> int:
        """How many there are."""
        return len(self.names)


def survey(room: Room, team_id: str, beat: Beat = lambda *_: None) -> Survey:
    """Advise every watched workload, outside any transaction that writes.

    Watched are those that somebody tracks; where nobody tracks any, all of them. Findings are kept packed, a few
    kilobytes each, and no more than a few dozen answers are in memory at a time.
    """
    at = room.clock()
    with room.store.read(team_id) as scope:
        names, owners = watched.names(scope), watched.owners(scope)
    spotted: list[Spotted] = []
    unanswered, undetermined = set[str](), set[str]()
    stages, kinds = Counter[str](), Counter[str]()
    for number, seen in enumerate(_seen(room, team_id, names, at), 1):
        spotted.extend(seen.spotted)
        unanswered.update(seen.unanswered)
        undetermined.update(seen.undetermined)
        stages.update(seen.stages)
        kinds.update(seen.kinds)
        beat(min(number * _PART, len(names)), len(names))
    spotted.sort(key=lambda each: (each.rank, each.workload))
    return Survey(
        team_id, at, frozenset(names), tuple(spotted), frozenset(unanswered), owners, dict(stages), dict(kinds),
        frozenset(undetermined),
    )  # fmt: skip


def _seen(room: Room, team_id: str, names: Sequence[str], at: datetime) -> Iterator[Seen]:
    rest = iter(names)
    parts = iter(lambda: tuple(islice(rest, _PART)), ())
    if room.crew is not None and len(names) > _FEW:
        yield from _shared_out(room, room.crew, team_id, at, parts)
    for part in parts:
        yield spot(room, team_id, part)


def _shared_out(room: Room, crew: Crew, team_id: str, at: datetime, parts: Iterator[tuple[str, ...]]) -> Iterator[Seen]:
    """The parts that other hands did; those that they failed are done here, and after that all that remain."""
    under_way: deque[tuple[Future[Seen] | None, tuple[str, ...]]] = deque()
    with ExitStack() as stack:
        try:
            hands = stack.enter_context(crew())
            for names in parts:
                part = Part(hands.database_url, team_id, at, names)
                under_way.append((None, names))  # first: a task that cannot be handed over is not lost
                under_way[-1] = (hands.executor.submit(spot_elsewhere, part), names)
                if len(under_way) >= hands.ahead:
                    yield _taken(under_way)
            while under_way:
                yield _taken(under_way)
        except GeneratorExit:
            raise
        except Exception as problem:  # noqa: BLE001 - other machines and other libraries: nothing of theirs stops us
            _log.warning("a survey is finished here: other hands failed", team_id=team_id, reason=_words(problem))
    for _, names in under_way:
        yield spot(room, team_id, names)


def _taken(under_way: deque[tuple[Future[Seen] | None, tuple[str, ...]]]) -> Seen:
    """The oldest task's answer; it stays in the queue until it is there."""
    future = under_way[0][0]
    assert future is not None  # noqa: S101 - only the newest can be without
    seen = future.result(_PATIENCE_SECONDS)
    under_way.popleft()
    return seen


def _words(problem: BaseException) -> str:
    return f"{type(problem).__name__}: {problem}"[:500]
