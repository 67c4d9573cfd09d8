"""A price has moved too far, or an offer has gone: the card is answered anew, and the old answer replaced."""

from typing import Any

from bot.posts import Post
from bot.store import Scope, advices, approvals, audit, decisions, outbox, workloads
from bot.store.advices import StoredAdvice
from bot.store.decisions import Outcome
from bot.usecases.asking.advise import Unknown, answer, keep
from bot.usecases.asking.reading import Malformed, Question
from bot.usecases.deciding.confirming import Bound
from bot.usecases.deciding.standing import late, redraw, refuse
from bot.usecases.origin import Origin
from bot.usecases.requests import Submission
from bot.usecases.room import Room
from engine import Advice

__all__ = ["refresh", "refresh_card"]


def refresh_card(room: Room, form: Submission, request_id: str) -> None:
    """Answer the question of a card anew, because somebody who saw that its price had moved wished so."""
    refresh(room, form, Bound.read(form.metadata), request_id)


def refresh(room: Room, form: Submission, origin: Origin, request_id: str) -> None:
    """Replace the advice of `origin` by a fresh answer to the same question, in every copy; nothing is decided."""
    with room.store.read(form.team_id) as scope:
        stale = advices.get(scope, origin.advice_id or "")
    found = None if stale is None else answer(room, form.team_id, _question(stale))
    with room.store.write(form.team_id, settles=request_id) as scope:
        if stale is None:
            refuse(scope, origin.in_private(form.user_id), "unknown_advice")
        elif isinstance(found, Advice):
            _replace(room, scope, form.user_id, origin, stale, found)
        elif found is not None:
            view, data = _unanswerable(found)
            outbox.put(scope, Post(origin.in_private(form.user_id), view, data))


def _question(advice: StoredAdvice) -> Question:
    return Question(advice.request["asked"], workloads.read_asked(advice.request["workload"]))


def _unanswerable(found: Unknown | Malformed) -> tuple[str, dict[str, Any]]:
    return "unknown_workload" if isinstance(found, Unknown) else "bad_request", found.as_document()


def _replace(room: Room, scope: Scope, user_id: str, origin: Origin, stale: StoredAdvice, found: Advice) -> None:
    now = room.clock()
    was_expired = advices.change_state(scope, stale.id, "expired", "replaced")
    if not was_expired and not advices.change_state(scope, stale.id, "open", "replaced"):
        standing = decisions.get(scope, stale.id)
        late(scope, stale, now, origin, user_id, Outcome(standing, "already_decided" if standing else "replaced"))
        return
    fresh_id = keep(scope, found, _question(stale), stale.asked_by, now)["advice_id"]
    approvals.clear(scope, stale.id)
    outbox.pass_copies(scope, stale.id, fresh_id)
    fresh = advices.get(scope, fresh_id)
    assert fresh is not None  # noqa: S101 - just kept
    redraw(scope, fresh, now, origin, user_id)
    refuse(scope, origin.in_private(user_id), "renewed" if was_expired else "refreshed", fresh)
    audit.record(scope, now, user_id, "advice.replace", stale.workload, advice_id=stale.id, by=fresh_id)
