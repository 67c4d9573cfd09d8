"""The submission of an approval: bound to what the confirmation showed, and decided once only."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.posts import Post
from bot.store import Scope, advices, approvals, audit, decisions, outbox
from bot.store.advices import StoredAdvice
from bot.store.approvals import Approval
from bot.usecases.deciding.confirming import Bound, Case, case_of, verdict_on
from bot.usecases.deciding.proposing import Proposal
from bot.usecases.deciding.refreshing import refresh
from bot.usecases.deciding.standing import decided, deny, late, redraw, refuse
from bot.usecases.following import afterwards
from bot.usecases.following.threads import place_of, thread_of
from bot.usecases.requests import Submission
from bot.usecases.room import Room
from bot.usecases.workspace.permissions import Allowed, Denied, Verdict

__all__ = ["approve"]


def approve(room: Room, form: Submission, request_id: str) -> None:
    """Approve what the confirmation showed, or refresh the card where that does not hold any more.

    The right is asked of Slack before the transaction begins, so that nobody waits for Slack inside it.
    """
    bound = Bound.read(form.metadata)
    case = case_of(room, form.team_id, bound)
    verdict = verdict_on(room, form.team_id, form.user_id, case) if case else None
    if case and isinstance(verdict, Allowed) and case.closed(room.clock()) is None and not _holds(case, bound):
        refresh(room, form, bound, request_id)
        return
    with room.store.write(form.team_id, settles=request_id) as scope:
        _settle(room, scope, form, bound, case, verdict)


def _holds(case: Case, bound: Bound) -> bool:
    return case.proposal is not None and case.proposal.digest == bound.digest


def _settle(
    room: Room, scope: Scope, form: Submission, bound: Bound, case: Case | None, verdict: Verdict | None
) -> None:
    """One transaction: the decision, the cards without their buttons, what follows, and a word to whoever clicked."""
    now, to = room.clock(), bound.in_private(form.user_id)
    advice = advices.get(scope, bound.advice_id or "", is_locked=True)  # two first words would wait for each other
    if advice is None or case is None:
        refuse(scope, to, "unknown_advice")
    elif (outcome := decisions.closed(scope, advice, now)) is not None:
        late(scope, advice, now, bound, form.user_id, outcome)
    elif case.proposal is None:
        refuse(scope, to, "nothing_feasible", advice)
    elif verdict is None:
        refuse(scope, to, "who_is_that", advice)
    elif isinstance(verdict, Denied):
        deny(scope, now, form.user_id, to, "approve", verdict, advice.workload)
    elif _needs_another(scope, advice, case, case.proposal, form.user_id):
        _wait(scope, advice, case, case.proposal, form, bound, now)
    else:
        _approve(room, scope, advice, case.proposal, form, bound)


def _needs_another(scope: Scope, advice: StoredAdvice, case: Case, proposal: Proposal, user_id: str) -> bool:
    """Whether this is not enough: another person must have said the same, of the same price."""
    said = approvals.given(scope, advice.id)
    others = {it.given_by for it in said if it.choice == proposal.choice and it.configuration == proposal.configuration}
    return len(others | {user_id}) < case.grounds.words_needed


def _wait(
    scope: Scope, advice: StoredAdvice, case: Case, proposal: Proposal, form: Submission, bound: Bound, now: datetime
) -> None:
    """Keep the first word, and let every copy of the card say who gave it and that a second one is missing."""
    said = [it for it in approvals.given(scope, advice.id) if it.choice == proposal.choice]
    is_again = any(it.given_by == form.user_id and it.configuration == proposal.configuration for it in said)
    lapsed = [it for it in said if it.given_by != form.user_id and it.configuration != proposal.configuration]
    approvals.give(
        scope, Approval(advice.id, form.user_id, now, proposal.choice, proposal.configuration or proposal.advised)
    )
    moved = None if is_again else _lapse(scope, advice, proposal, lapsed, form, bound, now)
    if not is_again:
        redraw(scope, advice, now, bound, form.user_id)
        detail = {"advice_id": advice.id, "choice": proposal.choice, "configuration": proposal.configuration}
        audit.record(scope, now, form.user_id, "approval.give", advice.workload, **detail)
    to, threshold = bound.in_private(form.user_id), asdict(case.grounds.threshold("two-approvers-above"))
    if moved is None:
        refuse(scope, to, "same_person" if is_again else "first_word", advice, threshold=threshold)
    else:
        refuse(scope, to, "first_word_again", advice, lapsed=moved)


def _lapse(
    scope: Scope,
    advice: StoredAdvice,
    proposal: Proposal,
    lapsed: Sequence[Approval],
    form: Submission,
    bound: Bound,
    now: datetime,
) -> dict[str, Any] | None:
    """Take back the words that were for another price, and tell whoever gave them why; the price then and now."""
    if not lapsed or proposal.configuration is None:
        return None
    people = [it.given_by for it in lapsed]
    then, price = lapsed[-1].configuration["price_usd_per_hour"], proposal.configuration["price_usd_per_hour"]
    moved = {"by": people, "then": then, "now": price}
    approvals.withdraw(scope, advice.id, people)
    detail = {"advice_id": advice.id, "words": people, "price": {"then": then, "now": price}}
    audit.record(scope, now, None, "approval.lapse", advice.workload, **detail)
    data = {**moved, "workload": advice.workload, "advice_id": advice.id, "choice": proposal.choice}
    place = place_of(bound.in_place(form.user_id))
    for to in dict.fromkeys(thread_of(scope, advice.id, place, each) for each in people):
        outbox.put(scope, Post(to, "word_lapsed", {**data, "next": form.user_id}))
    return moved


def _approve(
    room: Room, scope: Scope, advice: StoredAdvice, proposal: Proposal, form: Submission, bound: Bound
) -> None:
    now = room.clock()
    outcome = decisions.decide(
        scope,
        advice.id,
        "approve",
        objective=proposal.objective,
        by=form.user_id,
        at=now,
        reason=proposal.choice,
        configuration=proposal.configuration,
        forecast=proposal.forecast,
    )
    if not outcome.is_ours or outcome.standing is None:
        late(scope, advice, now, bound, form.user_id, outcome)
        return
    decided(scope, advice, now, bound, form.user_id)
    words = sorted({it.given_by for it in approvals.given(scope, advice.id)} | {form.user_id})
    detail = {"advice_id": advice.id, "choice": proposal.choice, "configuration": proposal.configuration}
    audit.record(scope, now, form.user_id, "advice.approve", advice.workload, **detail, words=words)
    afterwards.approved(room, scope, advice, outcome.standing, bound.in_place(form.user_id))
