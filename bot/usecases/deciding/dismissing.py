"""Dismiss, with a reason. A reason that will still hold next time becomes a limit of that workload, until revoked."""

from typing import TypedDict

from bot.posts import Destination, Modal, Post
from bot.store import Scope, advices, audit, decisions, exclusions, outbox
from bot.store.advices import StoredAdvice
from bot.usecases.deciding.confirming import Bound, open_case
from bot.usecases.deciding.excluding import DISMISSALS, Dismissal, as_documents, excluded_by
from bot.usecases.deciding.standing import decided, deny, late, refuse
from bot.usecases.origin import Origin
from bot.usecases.requests import Click, Submission
from bot.usecases.room import Room
from bot.usecases.workspace.people import known
from bot.usecases.workspace.permissions import Denied, grounds, may
from engine import OBJECTIVES, AdviceDocument, OfferedDocument, pick_of

__all__ = ["ask_why", "dismiss", "list_exclusions", "revoke", "show"]

_LONGEST = 300  # characters of a remark


class _Pick(TypedDict):
    choice: str
    configuration: OfferedDocument


def ask_why(room: Room, click: Click) -> Modal:
    """The form that asks for the reason, and which configuration it is about; or why there is nothing to dismiss."""
    case = open_case(room, click, "dismiss")
    if isinstance(case, Modal):
        return case
    data = {
        "metadata": Bound.of(click).model_dump_json(exclude_defaults=True),
        "workload": case.advice.workload,
        "reasons": list(DISMISSALS),
        "picks": _picks(case.advice.document),
    }
    return Modal("modal_dismiss", data)


def dismiss(room: Room, form: Submission, request_id: str) -> None:
    """Dismiss the advice for the reason given, once only, and keep out of later answers what the reason excludes."""
    origin = Bound.read(form.metadata)
    person = known(room.people, form.team_id, form.user_id)
    with room.store.write(form.team_id, settles=request_id) as scope:
        now, to = room.clock(), origin.in_private(form.user_id)
        advice = advices.get(scope, origin.advice_id or "")
        if advice is None or person is None:
            return refuse(scope, to, "unknown_advice" if advice is None else "who_is_that", advice)
        verdict = may("dismiss", person, grounds(room, scope, advice.workload))
        if isinstance(verdict, Denied):
            return deny(scope, now, form.user_id, to, "dismiss", verdict, advice.workload)
        return _dismiss(room, scope, form, advice, origin)


def _dismiss(room: Room, scope: Scope, form: Submission, advice: StoredAdvice, origin: Bound) -> None:
    now, reason = room.clock(), _reason(form)
    remark = (form.first("remark") or "").strip()[:_LONGEST]
    said = f"{reason}: {remark}" if remark else reason
    outcome = decisions.decide(scope, advice.id, "dismiss", by=form.user_id, at=now, reason=said)
    if not outcome.is_ours:
        late(scope, advice, now, origin, form.user_id, outcome)
        return
    decided(scope, advice, now, origin, form.user_id)
    audit.record(scope, now, form.user_id, "advice.dismiss", advice.workload, advice_id=advice.id, reason=said)
    _exclude(room, scope, form, advice, reason, origin.in_private(form.user_id))


def list_exclusions(room: Room, click: Click, request_id: str | None = None) -> None:
    """Show privately what the answers for a workload leave out, each with a button that revokes it.

    `click.value` names the workload, by an advice about it or itself.
    """
    with room.store.write(click.team_id, settles=request_id) as scope:
        advice = advices.get(scope, click.value)
        show(scope, click.in_private, advice.workload if advice else click.value)


def revoke(room: Room, click: Click, request_id: str | None = None) -> None:
    """Let later answers propose again what the exclusion `click.value` left out."""
    person = known(room.people, click.team_id, click.user_id)
    with room.store.write(click.team_id, settles=request_id) as scope:
        now, excluded = room.clock(), exclusions.get(scope, click.value)
        if excluded is None or person is None:
            return refuse(scope, click.in_private, "unknown_exclusion" if excluded is None else "who_is_that")
        verdict = may("revoke", person, grounds(room, scope, excluded.workload))
        if isinstance(verdict, Denied):
            return deny(scope, now, click.user_id, click.in_private, "revoke", verdict, excluded.workload)
        if exclusions.revoke(scope, excluded.id, by=click.user_id, at=now):
            detail = {"id": excluded.id, "reason": excluded.reason, "excluded": dict(excluded.excluded)}
            audit.record(scope, now, click.user_id, "exclusion.revoke", excluded.workload, **detail)
        return show(scope, Origin.at(click).in_place(click.user_id), excluded.workload, "revoked")


def show(scope: Scope, to: Destination, workload: str, note: str | None = None) -> None:
    """Post what is left out of the answers for `workload`; `note` says what was just done: made, revoked."""
    data = {"workload": workload, "note": note, "rows": as_documents(scope, workload)}
    outbox.put(scope, Post(to, "exclusions", data))


def _exclude(
    room: Room, scope: Scope, form: Submission, advice: StoredAdvice, reason: Dismissal, to: Destination
) -> None:
    about = form.first("about") or advice.document["recommended"] or ""
    pick = next((it for it in _picks(advice.document) if it["choice"] == about), None)
    excluded = excluded_by(reason, pick["configuration"]) if pick else {}
    now = room.clock()
    if excluded:
        made = exclusions.add(
            scope, advice.workload, reason, excluded, advice_id=advice.id, by=form.user_id, at=now
        )  # fmt: skip
        detail = {"id": made.id, "reason": reason, "excluded": excluded}
        audit.record(scope, now, form.user_id, "exclusion.make", advice.workload, **detail)
        show(scope, to, advice.workload, "made")


def _reason(form: Submission) -> Dismissal:
    chosen = form.first("reason")
    return next((known_ for known_ in DISMISSALS if known_ == chosen), "other")


def _picks(document: AdviceDocument) -> list[_Pick]:
    """The distinct configurations that an advice proposes, the recommended one first."""
    ordered = sorted(OBJECTIVES, key=lambda objective: objective != document["recommended"])
    found: list[_Pick] = []
    for name in ordered:
        pick = pick_of(document, name)
        if pick and all(it["configuration"] != pick["configuration"] for it in found):
            found.append({"choice": name, "configuration": pick["configuration"]})
    return found
