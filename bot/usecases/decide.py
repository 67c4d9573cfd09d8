"""Buttons of a card: approve, dismiss and snooze take effect once, whoever clicks and however often; why explains."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.posts import Destination, Post
from bot.store import Scope, advices, decisions, outbox
from bot.store.advices import StoredAdvice
from bot.store.decisions import Decision, DecisionKind, Outcome
from bot.usecases.advise import card
from bot.usecases.requests import Click
from bot.usecases.room import Room
from engine import OBJECTIVES, Objective

__all__ = ["SNOOZE_FOR", "decide", "explain"]

SNOOZE_FOR = timedelta(days=7)
_KINDS: dict[str, DecisionKind] = {"approve": "approve", "dismiss": "dismiss", "snooze": "snooze"}
_STATES: dict[DecisionKind, str] = {"approve": "approved", "dismiss": "dismissed", "snooze": "snoozed"}


def decide(room: Room, click: Click, request_id: str | None = None) -> None:
    """Decide the advice that `click.value` names; the first click wins, every other is told who was first.

    One transaction: the decision, the card without its buttons in every copy, and the answer to whoever clicked.
    """
    _, verb, *rest = click.action_id.split(".")
    objective: Objective | None = next((known for known in OBJECTIVES if known in rest), None)
    now = room.clock()
    with room.store.write(click.team_id, settles=request_id) as scope:
        advice = advices.get(scope, click.value)
        if advice is None:
            return _refuse(scope, click, "unknown_advice")
        if objective is not None and not _is_feasible(advice, objective):
            return _refuse(scope, click, "nothing_feasible", advice)
        until = now + SNOOZE_FOR if verb == "snooze" else None
        outcome = decisions.decide(
            scope, advice.id, _KINDS[verb], objective=objective, by=click.user_id, at=now, until=until
        )
        _tell(scope, click, advice, outcome)
        return None


def explain(room: Room, click: Click, request_id: str | None = None) -> None:
    """Post the story behind the advice that `click.value` names, to the clicker alone."""
    with room.store.write(click.team_id, settles=request_id) as scope:
        advice = advices.get(scope, click.value)
        if advice is None:
            return _refuse(scope, click, "unknown_advice")
        data = {"advice_id": advice.id, "document": advice.document}
        outbox.put(scope, Post(click.in_private, "why", data))
        return None


def _tell(scope: Scope, click: Click, advice: StoredAdvice, outcome: Outcome) -> None:
    """The card as it stands now, in place of the clicked one and of every copy; a late click also learns why."""
    refusal = "expired" if advice.state == "expired" else outcome.refusal
    if refusal == "expired":
        advices.change_state(scope, advice.id, "open", "expired")
    data = card(
        advice.id,
        advice.document,
        advice.asked_by,
        advice.created_at,
        state=_STATES[outcome.standing.kind] if outcome.standing else refusal or "replaced",
        decision=_as_document(outcome.standing),
    )
    is_news = outcome.is_ours or refusal == "expired"
    copies = outbox.update_copies(scope, advice.id, "advice", data) if is_news else 0
    if click.is_ephemeral or (is_news and not copies):
        outbox.put(scope, Post(_in_place(click), "advice", data))  # only this click can reach that copy
    if refusal is not None:
        _refuse(scope, click, refusal, advice, outcome.standing)


def _refuse(
    scope: Scope,
    click: Click,
    reason: str,
    advice: StoredAdvice | None = None,
    standing: Decision | None = None,
) -> None:
    data = {
        "reason": reason,
        "decision": _as_document(standing),
        "workload": advice.workload if advice else None,
    }
    outbox.put(scope, Post(click.in_private, "decision_refused", data))


def _in_place(click: Click) -> Destination:
    return replace(click.in_private, update_ts=click.message_ts, is_private=click.is_ephemeral)


def _is_feasible(advice: StoredAdvice, objective: Objective) -> bool:
    pick = advice.document["objectives"].get(objective)
    return pick is not None and "infeasible" not in pick


def _as_document(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "kind": decision.kind,
        "objective": decision.objective,
        "by": decision.decided_by,
        "at": decision.decided_at.isoformat(),
        "until": decision.until.isoformat() if decision.until else None,
    }
