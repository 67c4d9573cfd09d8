"""The main question: read what is known of a workload, recommend, keep the advice, and post it."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.posts import Destination, Post
from bot.store import Scope, advices, history, models, outbox, workloads, workspaces
from bot.store.columns import new_id
from bot.usecases.asking import Malformed, Question
from bot.usecases.problems import Problem
from bot.usecases.room import Room
from bot.usecases.wording import closest
from engine import (
    Advice,
    CatalogIndex,
    Constraints,
    Filters,
    History,
    MixedUnits,
    Model,
    Observations,
    Policy,
    Workload,
    as_document,
    observe,
    recommend,
)

__all__ = ["STANDS_FOR", "Asker", "Unknown", "advise", "answer", "card", "keep"]

STANDS_FOR = timedelta(days=14)  # prices and history move on: an older advice must be asked for again


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where the answer goes; `request_id` is the inbox row that this answer settles."""

    team_id: str
    user: str | None
    destination: Destination
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows that workload: the nearest names, and how many workloads are known at all."""

    asked: str
    closest: tuple[str, ...]
    known: int

    def as_document(self) -> dict[str, Any]:
        """The data of the view `unknown_workload`."""
        return {"asked": self.asked, "closest": list(self.closest), "known": self.known}


@dataclass(frozen=True, eq=False, slots=True)
class _Grounds:
    """Everything that one answer is made from, read in one consistent view."""

    workload: Workload
    history: History
    observations: Observations
    model: Model
    index: CatalogIndex
    policy: Policy


def advise(room: Room, question: Question, asker: Asker) -> None:
    """Answer `question` where `asker` wants it: an advice that can be decided, or a private word on what is wrong."""
    found = answer(room, asker.team_id, question)
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        if isinstance(found, Unknown):
            outbox.put(scope, Post(asker.destination, "unknown_workload", found.as_document()))
        elif isinstance(found, Malformed):
            outbox.put(scope, Post(asker.destination, "bad_request", found.as_document()))
        else:
            data = keep(scope, found, question, asker.user, room.clock())
            outbox.put(scope, Post(asker.destination, "advice", data), advice_id=data["advice_id"])


def answer(room: Room, team_id: str, question: Question) -> Advice | Unknown | Malformed:
    """The answer to `question` from what the database knows; writes nothing, so that the command line asks here too."""
    with room.store.read(team_id) as scope:
        grounds = _gather(room, scope, question)
    if isinstance(grounds, Unknown | Malformed):
        return grounds
    return recommend(
        grounds.workload,
        grounds.history,
        grounds.observations,
        grounds.model,
        grounds.index,
        grounds.policy,
        room.clock(),
        timer=room.timer,
    )


def keep(scope: Scope, advice: Advice, question: Question, asked_by: str | None, now: datetime) -> dict[str, Any]:
    """Store `advice`, open for a decision; the data of its card."""
    advice_id = new_id()
    document = as_document(advice)
    request = {"asked": question.asked, "workload": asdict(question.workload)}
    advices.save(
        scope, advice_id, request, document, asked_by=asked_by, created_at=now, expires_at=now + STANDS_FOR
    )  # fmt: skip
    return card(advice_id, document, asked_by, now)


def card(
    advice_id: str,
    document: Any,
    asked_by: str | None,
    asked_at: datetime,
    state: str = "open",
    decision: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The data of the view `advice`."""
    return {
        "advice_id": advice_id,
        "document": document,
        "asked_by": asked_by,
        "asked_at": asked_at.isoformat(),
        "state": state,
        "decision": decision,
    }


def _gather(room: Room, scope: Scope, question: Question) -> _Grounds | Unknown | Malformed:
    name = question.workload.name
    owned = workloads.get(scope, name)
    if owned is None:
        return Unknown(name, tuple(history.nearest(scope, name)), len(history.names(scope)))
    index = room.shelf.index(scope)
    problems = _unrentable(question.workload.filters, index)
    if problems:
        return Malformed(question.asked, problems)
    try:
        runs = history.load(scope, name)
    except MixedUnits as mixed:
        return Malformed(question.asked, (_mixed(mixed),))
    observations = _observed(scope, runs, index)
    return _Grounds(
        _overlaid(owned.workload, question.workload),
        runs,
        observations,
        room.shelf.model(scope, observations),
        index,
        workspaces.policy(scope),
    )


def _observed(scope: Scope, runs: History, index: CatalogIndex) -> Observations:
    """What was condensed when the runs arrived, if no run has come since."""
    kept = models.observations(scope, runs.workload)
    if kept is not None and kept.history_digest == runs.digest:
        return Observations.from_document(kept.document)
    return observe(runs, index.catalog.accelerators)


def _overlaid(owned: Workload, asked: Workload) -> Workload:
    """What the owner asks for, except where the question itself says otherwise."""

    def over(mine: Any, theirs: Any) -> dict[str, Any]:
        return {name: value for name, value in asdict(theirs).items() if value not in (None, ())} | {
            name: value for name, value in asdict(mine).items() if value not in (None, ())
        }

    return replace(
        owned,
        stage=asked.stage or owned.stage,
        is_critical=asked.is_critical or owned.is_critical,
        value_of_time_usd_per_hour=asked.value_of_time_usd_per_hour or owned.value_of_time_usd_per_hour,
        constraints=Constraints(**over(asked.constraints, owned.constraints)),
        filters=Filters(**over(asked.filters, owned.filters)),
    )


def _unrentable(filters: Filters, index: CatalogIndex) -> tuple[Problem, ...]:
    """Providers and regions that the catalogue does not have: a spelling mistake would exclude everything."""
    asked = {"provider": filters.providers, "region": filters.regions}
    return tuple(
        _unknown_word(column, word, index.words[column])
        for column, words in asked.items()
        for word in words
        if word not in index.words[column]
    )


def _unknown_word(column: str, word: str, known: tuple[str, ...]) -> Problem:
    near = closest(word, known)
    hint = f"did you mean {' or '.join(near)}?" if near else f"for example {', '.join(known[:5])}"
    return Problem(f"no offer has the {column} {word[:40]!r}", hint)


def _mixed(mixed: MixedUnits) -> Problem:
    units = ", ".join(mixed.units)
    return Problem(
        f"the runs of {mixed.workload!r} count their work in {len(mixed.units)} units: {units}",
        "one workload has one unit: import the runs of each unit under a name of their own",
    )
