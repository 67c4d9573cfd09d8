"""The main question: read what is known of a workload, recommend, keep the advice, and post it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from bot.documents import Card, Decided, Exclusion
from bot.posts import Destination, Post
from bot.store import Scope, advices, charts, history, models, outbox, workloads, workspaces
from bot.store.columns import new_id
from bot.usecases.asking.reading import Malformed, Question
from bot.usecases.asking.renting import spelled_out, unrentable
from bot.usecases.deciding import excluding
from bot.usecases.following.under_way import under_way
from bot.usecases.room import Room
from bot.usecases.words.problems import Problem
from bot.usecases.workspace.preferences import preferences
from engine import (
    Advice,
    AdviceDocument,
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
    """Who asks, and where the answer goes; `request_id` is the inbox row that this answer settles.

    `in_place` is where the card stands that this answer's card replaces, and `replaces` the id of its advice.
    """

    team_id: str
    user: str | None
    destination: Destination
    request_id: str | None = None
    in_place: Destination | None = None
    replaces: str | None = None


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
    now = room.clock()
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        if isinstance(found, Unknown):
            outbox.put(scope, Post(asker.destination, "unknown_workload", found.as_document()))
        elif isinstance(found, Malformed):
            outbox.put(scope, Post(asker.destination, "bad_request", found.as_document()))
        else:
            data = keep(scope, found, question, asker.user, now)
            if asker.replaces:
                advices.change_state(scope, asker.replaces, "open", "replaced")
            to = _place(scope, asker)
            data["is_private"] = to.is_private  # then it can be shared
            outbox.put(scope, Post(to, "advice", data), advice_id=data["advice_id"])


def _place(scope: Scope, asker: Asker) -> Destination:
    """In place of a card, else as the workspace prefers: seen by the asker alone, or by the channel."""
    if asker.in_place is not None:
        return asker.in_place
    is_open = preferences(scope).answers_in == "channel" and asker.destination.channel is not None
    return replace(asker.destination, is_private=False) if is_open else asker.destination


def answer(
    room: Room, team_id: str, question: Question, *, with_predictions: bool = False, with_frontier: bool = True
) -> Advice | Unknown | Malformed:
    """The answer to `question` from what the database knows; writes nothing, so that the command line asks here too.

    A survey of many workloads wants no frontier: it draws no chart.
    """
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
        with_predictions=with_predictions,
        with_frontier=with_frontier,
        timer=room.timer,
    )


def keep(scope: Scope, advice: Advice, question: Question, asked_by: str | None, now: datetime) -> Card:
    """Store `advice`, open for a decision; the data of its card."""
    advice_id = new_id()
    document = as_document(advice)
    left_out = excluding.as_documents(scope, advice.workload)
    request = {"asked": question.asked, "workload": as_document(question.workload), "exclusions": left_out}
    advices.save(
        scope, advice_id, request, document, asked_by=asked_by, created_at=now, expires_at=now + STANDS_FOR
    )  # fmt: skip
    if advice.frontier:
        charts.put(scope, advice_id, [(point.seconds_per_unit, point.usd_per_unit) for point in advice.frontier])
    planned = under_way(scope, advice.workload)
    return {**card(advice_id, document, asked_by, now, exclusions=left_out), "trials": planned}


def card(
    advice_id: str,
    document: AdviceDocument,
    asked_by: str | None,
    asked_at: datetime,
    state: str = "open",
    decision: Decided | None = None,
    exclusions: Sequence[Exclusion] = (),
) -> Card:
    """The data of the view `advice`; `exclusions` are those that the answer keeps."""
    return {
        "advice_id": advice_id,
        "document": document,
        "asked_by": asked_by,
        "asked_at": asked_at.isoformat(),
        "state": state,
        "decision": decision,
        "exclusions": list(exclusions),
    }


def _gather(room: Room, scope: Scope, question: Question) -> _Grounds | Unknown | Malformed:
    name = question.workload.name
    owned = workloads.get(scope, name)
    if owned is None:
        return Unknown(name, tuple(history.nearest(scope, name)), len(history.names(scope)))
    index = room.shelf.index(scope)
    problems = unrentable(question.workload.filters, index)
    if problems:
        return Malformed(question.asked, tuple(problem for _, problem in problems))
    try:
        runs = history.load(scope, name)
    except MixedUnits as mixed:
        return Malformed(question.asked, (_mixed(mixed),))
    observations = _observed(scope, runs, index)
    asked = _overlaid(owned.workload, question.workload, index)
    excluded = excluding.quotas(scope, name)
    return _Grounds(
        replace(asked, filters=replace(asked.filters, quotas=(*asked.filters.quotas, *excluded))),
        runs,
        observations,
        room.shelf.model(scope, observations),
        index,
        replace(workspaces.policy(scope), production_pricing_categories=preferences(scope).production_pricing),
    )


def _observed(scope: Scope, runs: History, index: CatalogIndex) -> Observations:
    """What was condensed when the runs arrived, if no run has come since."""
    kept = models.observations(scope, runs.workload)
    if kept is not None and kept.history_digest == runs.digest:
        return Observations.from_document(kept.document)
    return observe(runs, index.catalog.accelerators)


def _overlaid(owned: Workload, asked: Workload, index: CatalogIndex) -> Workload:
    """What the owner asks for, except where the question itself says otherwise."""

    def said(wishes: Any) -> dict[str, Any]:
        found = {item.name: getattr(wishes, item.name) for item in fields(wishes)}
        return {name: value for name, value in found.items() if value not in (None, ())}

    def over(mine: Any, theirs: Any) -> dict[str, Any]:
        return said(theirs) | said(mine)

    return replace(
        owned,
        stage=asked.stage or owned.stage,
        is_critical=asked.is_critical or owned.is_critical,
        value_of_time_usd_per_hour=asked.value_of_time_usd_per_hour or owned.value_of_time_usd_per_hour,
        constraints=Constraints(**over(asked.constraints, owned.constraints)),
        filters=spelled_out(Filters(**over(asked.filters, owned.filters)), index),
    )


def _mixed(mixed: MixedUnits) -> Problem:
    units = ", ".join(mixed.units)
    return Problem(
        f"the runs of {mixed.workload!r} count their work in {len(mixed.units)} units: {units}",
        "one workload has one unit: import the runs of each unit under a name of their own",
    )
