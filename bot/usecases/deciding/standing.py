"""What stands about an advice, in every place that shows it; and the words for whoever could not decide."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.documents import Card, Decided, Word
from bot.posts import Destination, Post
from bot.store import Scope, advices, approvals, decisions, inbox, outbox
from bot.store.advices import StoredAdvice
from bot.store.decisions import Decision, Outcome
from bot.store.outbox import SentPost
from bot.usecases.asking.advise import card
from bot.usecases.following.measuring import verification
from bot.usecases.following.under_way import under_way
from bot.usecases.origin import Origin
from bot.usecases.workspace.permissions import Action, Denied
from bot.usecases.workspace.rights import note

__all__ = [
    "STATES",
    "UNDO_FOR",
    "as_document",
    "decided",
    "deny",
    "late",
    "redraw",
    "redraw_private",
    "refuse",
    "standing_card",
]

UNDO_FOR = timedelta(minutes=15)
_AROUND = timedelta(days=1)  # between an advice and the digest that holds it: a survey may take its time
STATES = {"approve": "approved", "dismiss": "dismissed", "snooze": "snoozed"}
"""The state of an advice after each kind of decision."""


def standing_card(scope: Scope, advice: StoredAdvice, now: datetime) -> Card:
    """The data of the card as it stands: open, with the words that people gave so far, decided, expired or replaced."""
    standing, fresh = decisions.get(scope, advice.id), advices.get(scope, advice.id) or advice
    state = STATES[standing.kind] if standing else fresh.state
    document, exclusions = as_document(standing, now), advice.request.get("exclusions", ())
    drawn = card(advice.id, advice.document, advice.asked_by, advice.created_at, state, document, exclusions)
    words = _words(scope, advice.id, standing.reason if standing else None)
    checked, planned = verification(scope, advice.id), under_way(scope, advice.workload)
    return {**drawn, "words": words, "verified": checked, "trials": planned}


def as_document(decision: Decision | None, now: datetime) -> Decided | None:
    """A decision as views show it; `can_undo` while that is still possible."""
    if decision is None:
        return None
    return {
        "kind": decision.kind,
        "objective": decision.objective,
        "by": decision.decided_by,
        "at": decision.decided_at.isoformat(),
        "until": decision.until.isoformat() if decision.until else None,
        "reason": decision.reason,
        "configuration": decision.configuration,
        "can_undo": now < decision.decided_at + UNDO_FOR,
    }


def redraw(scope: Scope, advice: StoredAdvice, now: datetime, origin: Origin, user_id: str) -> None:
    """Show what stands in every copy of the card, in the digest that was clicked, in one that only a click reaches."""
    data = standing_card(scope, advice, now)
    copies = outbox.update_copies(scope, advice.id, "advice", data)
    is_digest = _redraw_digests(scope, advice, origin, now)
    if origin.is_ephemeral:
        redraw_private(scope, advice, now, origin, user_id)
    elif not copies and not is_digest:
        _tell(scope, advice, origin, user_id, data)


def _tell(scope: Scope, advice: StoredAdvice, origin: Origin, user_id: str, data: Card) -> None:
    """Show an advice that no message shows yet: its card, or a line where a finding was decided in a list.

    Nobody asked for a finding: whoever decides many of them in a list gets a line each, and none when its Undo ends.
    """
    decision = data["decision"]
    if advice.asked_by:
        outbox.put(scope, Post(origin.in_place(user_id), "advice", data))
    elif data["state"] == "open" and not data.get("words"):
        outbox.put(scope, Post(origin.in_private(user_id), "advice", data))
    elif decision is None or decision["can_undo"]:
        kept = {name: data[name] for name in ("advice_id", "state", "decision", "words")}
        outbox.put(scope, Post(origin.in_private(user_id), "finding_decided", {**kept, "workload": advice.workload}))


def redraw_private(scope: Scope, advice: StoredAdvice, now: datetime, origin: Origin, user_id: str) -> None:
    """Show what stands in the copy that one person sees, which nothing but their click can reach."""
    data: Card = {**standing_card(scope, advice, now), "is_private": True}
    outbox.put(scope, Post(origin.in_place(user_id), "advice", data))


def decided(scope: Scope, advice: StoredAdvice, now: datetime, origin: Origin, user_id: str) -> None:
    """Redraw after a decision, and once more when it cannot be undone any more, so that no button outlives its use."""
    redraw(scope, advice, now, origin, user_id)
    there = origin.model_dump_json(include=set(Origin.model_fields))  # not what a confirmation adds to it
    body = {"team_id": scope.team_id, "user_id": user_id, "advice_id": advice.id, "origin": there}
    key = f"close/{advice.id}/{now.isoformat()}"
    inbox.put(scope, key, "close", body, owner="undo", now=now, lease_seconds=UNDO_FOR.total_seconds())


def late(scope: Scope, advice: StoredAdvice, now: datetime, origin: Origin, user_id: str, outcome: Outcome) -> None:
    """Tell a click that changed nothing why; an advice that turned out to be too old is closed wherever it stands."""
    refusal = "expired" if advice.state == "expired" else outcome.refusal or "already_decided"
    if refusal == "expired":
        advices.change_state(scope, advice.id, "open", "expired")
    if refusal == "expired" or origin.is_ephemeral:
        redraw(scope, advice, now, origin, user_id)
    refuse(scope, origin.in_private(user_id), refusal, advice, outcome.standing, now)


def refuse(
    scope: Scope,
    to: Destination,
    reason: str,
    advice: StoredAdvice | None = None,
    standing: Decision | None = None,
    now: datetime | None = None,
    **details: Any,
) -> None:
    """Say why nothing was changed, to whoever tried; `details` are what that reason speaks of besides."""
    document = as_document(standing, now) if standing and now else None
    workload = advice.workload if advice else None
    data = {"reason": reason, "decision": document, "workload": workload, **details}
    outbox.put(scope, Post(to, "decision_refused", data))


def deny(
    scope: Scope, now: datetime, user_id: str, to: Destination, action: Action, denied: Denied, workload: str
) -> None:
    """Say to whoever lacks the right why and who has it, and record the attempt."""
    outbox.put(scope, Post(to, "not_allowed", denied.as_document(action, workload)))
    note(scope, now, user_id, action, denied, workload)


def _redraw_digests(scope: Scope, advice: StoredAdvice, origin: Origin, now: datetime) -> bool:
    """Redraw the digest that was clicked, and any that holds the advice; whether there is one.

    Each is drawn with all that was decided since. One transaction at a time redraws it, so that the last knows all.
    """
    said_in = {said.id: said.post for said in _digests(scope, advice, origin)}
    digests = {post_id: post for post_id, post in said_in.items() if _holds(post, advice)}
    for post_id, post in digests.items():
        findings = [{**finding, **_finding(scope, finding, now)} for finding in post.data["findings"]]
        drawn = {**post.data, "findings": findings, "listing": "", "said": ""}  # which only the first is asked for
        outbox.put(scope, replace(post, data=drawn), updates_id=post_id)
    return bool(digests)


def _digests(scope: Scope, advice: StoredAdvice, origin: Origin) -> Iterator[SentPost]:
    if origin.channel_id is not None and origin.message_ts is not None:
        said = outbox.post_at(scope, origin.channel_id, origin.message_ts)
        if said is not None and said.post.view == "digest":
            yield said
    if advice.asked_by is None:  # a finding: decided in the Home tab or on a card, it stands in a digest all the same
        around = (advice.created_at - _AROUND, advice.created_at + _AROUND)
        for said in outbox.sent_between(scope, "digest", *around):
            yield said


def _holds(digest: Post, advice: StoredAdvice) -> bool:
    """Whether it shows that advice: what was decided in the list of everything stands on a card of its own."""
    return any(finding["advice_id"] == advice.id for finding in digest.data["findings"])


def _finding(scope: Scope, finding: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What was decided about one finding of a digest."""
    standing, advice = decisions.get(scope, finding["advice_id"]), advices.get(scope, finding["advice_id"])
    if standing is None:
        return {} if advice is None else {"state": advice.state, "decision": None}
    return {"state": STATES[standing.kind], "decision": as_document(standing, now)}


def _words(scope: Scope, advice_id: str, choice: str | None) -> list[Word]:
    """What people said where more than one must approve; of a decision only who said the same."""
    given = [it for it in approvals.given(scope, advice_id) if choice in {None, it.choice}]
    return [{"by": each.given_by, "at": each.given_at.isoformat(), "choice": each.choice} for each in given]
