"""Undo: for a quarter of an hour a decision can be taken back, by whoever made it or an administrator."""

from bot.store import Scope, advices, approvals, audit, decisions, exclusions
from bot.store.advices import StoredAdvice
from bot.store.decisions import Decision
from bot.usecases.deciding.standing import UNDO_FOR, deny, redraw, refuse
from bot.usecases.following import afterwards
from bot.usecases.origin import Origin
from bot.usecases.requests import Click, Closing
from bot.usecases.room import Room
from bot.usecases.workspace.people import Person, known
from bot.usecases.workspace.permissions import Denied, grounds, may

__all__ = ["close", "undo"]


def undo(room: Room, click: Click, request_id: str | None = None) -> None:
    """Open the advice that `click.value` names again, as if nothing had been decided; the audit log keeps both."""
    person = known(room.people, click.team_id, click.user_id)
    with room.store.write(click.team_id, settles=request_id) as scope:
        advice = advices.get(scope, click.value, is_locked=True)
        standing = decisions.get(scope, click.value)
        if advice is None or standing is None:
            refuse(scope, click.in_private, "unknown_advice" if advice is None else "not_decided", advice)
        elif person is None:
            refuse(scope, click.in_private, "who_is_that", advice)
        else:
            _undo(room, scope, click, person, advice, standing)


def close(room: Room, closing: Closing, request_id: str) -> None:
    """Take the Undo buttons away once their time is over; of a decision that was undone there are none."""
    with room.store.write(closing.team_id, settles=request_id) as scope:
        advice = advices.get(scope, closing.advice_id)
        if advice is not None and decisions.get(scope, advice.id) is not None:
            redraw(scope, advice, room.clock(), Origin.read(closing.origin), closing.user_id)


def _undo(room: Room, scope: Scope, click: Click, person: Person, advice: StoredAdvice, standing: Decision) -> None:
    now, to = room.clock(), click.in_private
    said = [word.given_by for word in approvals.given(scope, advice.id) if word.choice == standing.reason]
    ground = grounds(room, scope, advice.workload, deciders=(standing.decided_by, *said))
    verdict = may("undo", person, ground)
    if isinstance(verdict, Denied):
        deny(scope, now, click.user_id, to, "undo", verdict, advice.workload)
    elif now >= standing.decided_at + UNDO_FOR:
        refuse(scope, to, "too_late_to_undo", advice, standing, now)
    elif not decisions.undo(scope, standing):
        refuse(scope, to, "not_decided", advice)
    else:
        _take_back(room, scope, click, advice, standing)


def _take_back(room: Room, scope: Scope, click: Click, advice: StoredAdvice, standing: Decision) -> None:
    """Everything that the decision set going, and the cards, which have their buttons again."""
    now = room.clock()
    revoked = exclusions.revoke_of(scope, advice.id, by=click.user_id, at=now)
    approvals.clear(scope, advice.id)
    redraw(scope, advice, now, Origin.at(click), click.user_id)
    if standing.kind == "approve":
        afterwards.undone(room, scope, advice, standing)
    detail = {"advice_id": advice.id, "kind": standing.kind, "decided_by": standing.decided_by, "revoked": revoked}
    audit.record(scope, now, click.user_id, "advice.undo", advice.workload, **detail)
