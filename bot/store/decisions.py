"""What people decided about an advice: once only, whoever clicks and however often."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select
from sqlmodel import col

from bot.documents import Forecast
from bot.store import advices
from bot.store.columns import new_id
from bot.store.scope import Scope
from bot.store.tables import AdviceRow, DecisionRow
from engine import Objective, OfferedDocument

__all__ = ["Decision", "DecisionKind", "Outcome", "Refusal", "closed", "decide", "get", "latest", "too_late", "undo"]

DecisionKind = Literal["approve", "dismiss", "snooze"]
Refusal = Literal["already_decided", "expired", "replaced", "unknown_advice"]
_STATES: dict[DecisionKind, advices.State] = {"approve": "approved", "dismiss": "dismissed", "snooze": "snoozed"}


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided what, and when.

    `objective` is the pick approved, None of a fallback. `configuration` is what was approved, in the shape of the
    contract and at the price of that moment, with its `forecast`; of a snooze until the price moves, what the price was
    then. `until` ends any other snooze. `reason` is the one chosen for a dismissal, or what ends a snooze (week, month,
    price).
    """

    advice_id: str
    kind: DecisionKind
    objective: Objective | None
    decided_by: str
    decided_at: datetime
    until: datetime | None
    reason: str | None = None
    configuration: OfferedDocument | None = None
    forecast: Forecast | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The decision that stands, and why ours was refused; None: it is ours."""

    standing: Decision | None
    refusal: Refusal | None

    @property
    def is_ours(self) -> bool:
        """Whether this call made the decision that stands."""
        return self.refusal is None


def decide(
    scope: Scope,
    advice_id: str,
    kind: DecisionKind,
    *,
    objective: Objective | None = None,
    by: str,
    at: datetime,
    until: datetime | None = None,
    reason: str | None = None,
    configuration: OfferedDocument | None = None,
    forecast: Forecast | None = None,
) -> Outcome:
    """Decide an open advice. Of any number of callers at once exactly one succeeds; the others learn who did."""
    # The first to change the state wins; on PostgreSQL the next waits here until that transaction has ended.
    if not advices.change_state(scope, advice_id, "open", _STATES[kind], unless_expired_at=at):
        return _refused(scope, advice_id, at)
    decision = Decision(advice_id, kind, objective, by, at, until, reason, configuration, forecast)
    row = {name: getattr(decision, name) for name in Decision.__slots__}
    scope.add(DecisionRow(id=new_id(), **row))
    return Outcome(decision, None)


def undo(scope: Scope, decision: Decision) -> bool:
    """Open the advice again, as if nothing had been decided; False when that decision does not stand any more."""
    this_one = (
        col(DecisionRow.advice_id) == decision.advice_id,
        col(DecisionRow.decided_by) == decision.decided_by,
        col(DecisionRow.decided_at) == decision.decided_at,
    )
    taken_back = delete(DecisionRow).where(*this_one).returning(col(DecisionRow.id))
    if scope.scalars(taken_back).one_or_none() is None:
        return False
    return advices.change_state(scope, decision.advice_id, _STATES[decision.kind], "open")


def get(scope: Scope, advice_id: str) -> Decision | None:
    """The decision about that advice; None while it is open."""
    row = scope.scalars(select(DecisionRow).where(col(DecisionRow.advice_id) == advice_id)).one_or_none()
    return None if row is None else _decision(row)


def latest(scope: Scope, since: datetime) -> dict[str, Decision]:
    """The last decision about each workload, by name, where one was made at `since` or later."""
    about = (
        select(col(AdviceRow.workload), DecisionRow)
        .join(DecisionRow, col(DecisionRow.advice_id) == col(AdviceRow.id))
        .where(col(DecisionRow.decided_at) >= since)
        .order_by(col(DecisionRow.decided_at), col(DecisionRow.id))
    )
    return {workload: _decision(row) for workload, row in scope.execute(about)}


def _decision(row: DecisionRow) -> Decision:
    return Decision(**{name: getattr(row, name) for name in Decision.__slots__})


def too_late(advice: advices.StoredAdvice, standing: Decision | None, now: datetime) -> Refusal | None:
    """Why nobody can decide it any more; None while it is open."""
    if standing is not None:
        return "already_decided"
    if advice.state == "replaced":
        return "replaced"
    return "expired" if advice.state != "open" or advice.expires_at <= now else None


def closed(scope: Scope, advice: advices.StoredAdvice, now: datetime) -> Outcome | None:
    """What stands in the way of deciding `advice`, which the caller has locked; None while it is open."""
    standing = get(scope, advice.id)
    refusal = too_late(advice, standing, now)
    return None if refusal is None else Outcome(standing, refusal)


def _refused(scope: Scope, advice_id: str, now: datetime) -> Outcome:
    advice = advices.get(scope, advice_id)
    if advice is None:
        return Outcome(None, "unknown_advice")
    return closed(scope, advice, now) or Outcome(None, "expired")  # where it was undone just now: ask again
