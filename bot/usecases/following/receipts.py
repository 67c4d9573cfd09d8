"""Receipts: some time after an approval, what was predicted against what the runs since then measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.documents import Comparison
from bot.posts import Destination, Post
from bot.store import Scope, advices, arrivals, decisions, outbox, receipts
from bot.store.advices import StoredAdvice
from bot.store.arrivals import Arrived
from bot.store.decisions import Decision
from bot.store.receipts import Receipt
from bot.usecases.deciding.standing import standing_card
from bot.usecases.following import webhooks
from bot.usecases.following.measuring import compared, ran_on
from bot.usecases.following.misses import taught
from bot.usecases.following.threads import place_of, thread_of
from bot.usecases.room import Room
from engine import OfferedDocument

__all__ = ["RUNS", "check", "promise", "withdraw"]

RUNS = 5
"""So many runs on the approved configuration are compared as soon as they are there, whatever the day."""

_AFTER = {"7d": timedelta(days=7), "14d": timedelta(days=14), "30d": timedelta(days=30)}
_BY_RUNS, _FIRST, _LAST = "runs", "7d", "30d"


@dataclass(frozen=True, slots=True)
class _Case:
    """A promise, the runs since on the configuration that was approved, and what the last receipt told."""

    receipt: Receipt
    advice: StoredAdvice
    decision: Decision
    runs: list[Arrived]
    configuration: OfferedDocument
    told_last: Comparison | None


def promise(scope: Scope, advice: StoredAdvice, decision: Decision, card: Destination) -> None:
    """Promise a receipt after 7, 14 and 30 days and after so many runs, in the thread of `card`."""
    place = place_of(card)
    for key, after in _AFTER.items():
        receipts.promise(scope, advice.id, advice.workload, key, decision.decided_at + after, place)
    receipts.promise(scope, advice.id, advice.workload, _BY_RUNS, decision.decided_at, place)


def withdraw(scope: Scope, advice: StoredAdvice, now: datetime) -> int:
    """Take back what was promised about an approval that does not stand any more; how many promises."""
    return receipts.withdraw(scope, advice.id, now)


def check(room: Room, receipt: Receipt) -> bool:
    """Keep a promise whose time has come; False while there is nothing to compare yet, or when another was faster.

    Measuring and refitting happen before the transaction, in which only the first of several callers says anything.
    """
    with room.store.read(receipt.team_id) as scope:
        case = _case(room, scope, receipt)
    if case is None:
        return _withdrawn(room, receipt)
    if receipt.key == _BY_RUNS and len(case.runs) < RUNS:
        return False
    if not case.runs:
        return _nothing_ran(room, case)
    found = compared(case.configuration, case.decision.forecast, case.runs)
    if case.told_last is not None and case.told_last["measured"] == found["measured"]:
        return _finish(room, case, "skipped")  # an earlier receipt told of the very same runs
    lesson = taught(room, receipt.team_id, receipt.workload, found)
    return _finish(room, case, "measured", found, {**found, "lesson": lesson})


def _case(room: Room, scope: Scope, receipt: Receipt) -> _Case | None:
    advice, decision = advices.get(scope, receipt.advice_id), decisions.get(scope, receipt.advice_id)
    if advice is None or decision is None or decision.kind != "approve" or decision.configuration is None:
        return None
    since = arrivals.since(scope, receipt.workload, advice.document["unit"], decision.decided_at)
    runs = ran_on(decision.configuration, since, room.shelf.index(scope).catalog.accelerators)
    last = receipts.last_measured(scope, advice.id)
    return _Case(receipt, advice, decision, runs, decision.configuration, last.found if last else None)


def _withdrawn(room: Room, receipt: Receipt) -> bool:
    with room.store.write(receipt.team_id) as scope:
        return receipts.finish(scope, receipt.id, "withdrawn", room.clock(), receipt.document)


def _nothing_ran(room: Room, case: _Case) -> bool:
    """Said once, after a week, with what to do; later ones keep silent until there is something to tell."""
    if case.receipt.key != _FIRST:
        return _finish(room, case, "skipped")
    return _finish(room, case, "nothing", None, {"configuration": case.configuration, "measured": None})


def _finish(
    room: Room,
    case: _Case,
    state: receipts.State,
    found: Comparison | None = None,
    said: Mapping[str, Any] | None = None,
) -> bool:
    """Settle the promise and say `said` in the thread; False when another process did so before."""
    now, receipt = room.clock(), case.receipt
    with room.store.write(receipt.team_id) as scope:
        if not receipts.finish(scope, receipt.id, state, now, {**receipt.document, **(found or {})}):
            return False
        if said is not None:
            outbox.put(scope, Post(_to(scope, case), "receipt", {**_told(case), **said}))
        if found:
            outbox.update_copies(scope, case.advice.id, "advice", standing_card(scope, case.advice, now))
            webhooks.notify(scope, "receipt.measured", case.advice, case.decision, now, {"receipt": dict(found)})
        if receipt.key == _LAST:  # nothing more is promised, however few runs there were
            receipts.withdraw(scope, case.advice.id, now)
    return True


def _to(scope: Scope, case: _Case) -> Destination:
    return thread_of(scope, case.advice.id, case.receipt.document, case.decision.decided_by)


def _told(case: _Case) -> dict[str, Any]:
    return {
        "workload": case.advice.workload,
        "unit": case.advice.document["unit"],
        "key": case.receipt.key,
        "approved_at": case.decision.decided_at.isoformat(),
        "approved_by": case.decision.decided_by,
    }
