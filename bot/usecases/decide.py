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

__all__ = ["SNOOZE_FOR", "decide", "explain", "standing_card"]

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


def standing_card(advice: StoredAdvice, standing: Decision | None, otherwise: str | None = None) -> dict[str, Any]:
    """The data of the card as it stands: decided, or in the state `otherwise` (default: the advice's own)."""
    state = _STATES[standing.kind] if standing else otherwise or advice.state
    return card(advice.id, advice.document, advice.asked_by, advice.created_at, state, _as_document(standing))


def _tell(scope: Scope, click: Click, advice: StoredAdvice, outcome: Outcome) -> None:
    """What stands now, in place of what was clicked and in every copy of the card; a late click also learns why."""
    refusal = "expired" if advice.state == "expired" else outcome.refusal
    if refusal == "expired":
        advices.change_state(scope, advice.id, "open", "expired")
    data = standing_card(advice, outcome.standing, refusal or "replaced")
    if outcome.is_ours or refusal == "expired":
        copies = outbox.update_copies(scope, advice.id, "advice", data)
        if not copies and not _update_digest(scope, click):
            outbox.put(scope, Post(_beside_or_in_place(click, advice), "advice", data))
    elif click.is_ephemeral:
        outbox.put(scope, Post(_in_place(click), "advice", data))  # nothing but this click can reach that copy
    if refusal is not None:
        _refuse(scope, click, refusal, advice, outcome.standing)


def _update_digest(scope: Scope, click: Click) -> bool:
    """Redraw the digest that was clicked with all that was decided since; False when it was no digest of ours."""
    if click.channel_id is None or click.message_ts is None:
        return False
    said = outbox.post_at(scope, click.channel_id, click.message_ts)  # one redraws at a time, so the last knows all
    if said is None or said.post.view != "digest":
        return False
    findings = [{**finding, **_decided(scope, finding["advice_id"])} for finding in said.post.data["findings"]]
    post = replace(said.post, data={**said.post.data, "findings": findings})
    outbox.put(scope, post, updates_id=said.id)
    return True


def _decided(scope: Scope, advice_id: str) -> dict[str, Any]:
    standing = decisions.get(scope, advice_id)
    if standing is None:
        return {}
    return {"state": _STATES[standing.kind], "decision": _as_document(standing)}


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


def _beside_or_in_place(click: Click, advice: StoredAdvice) -> Destination:
    """In place of a card. A digest holds more than one advice: nobody asked for those, and their card stands beside."""
    return _in_place(click) if advice.asked_by else click.in_private


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
