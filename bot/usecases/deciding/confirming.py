"""The modal before an approval: what would change in money and speed, or why this person cannot approve it now."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from bot.documents import Change, Then
from bot.posts import Modal
from bot.store import advices, approvals, decisions
from bot.store.advices import StoredAdvice
from bot.store.approvals import Approval
from bot.store.decisions import Decision
from bot.usecases.deciding.proposing import Proposal, propose
from bot.usecases.deciding.standing import as_document, redraw, redraw_private
from bot.usecases.origin import Origin
from bot.usecases.requests import Click
from bot.usecases.room import Room
from bot.usecases.workspace.people import known
from bot.usecases.workspace.permissions import Action, Denied, Grounds, Verdict, grounds, may
from bot.usecases.workspace.rights import note

__all__ = ["Bound", "Case", "case_of", "confirm", "open_case", "refusal", "verdict_on"]


class Bound(Origin):
    """What a confirmation was shown for, carried in its metadata: the digest says at what price and forecast."""

    choice: str = ""
    digest: str = ""

    @classmethod
    def of(cls, click: Click) -> "Bound":
        """What a click is about: `<advice>:<objective or fallback:2>`, the objective of a button named by its action.

        A value that is none of ours is bound to nothing.
        """
        there = Origin.at(click).model_dump(exclude={"advice_id"})
        advice_id, _, choice = click.value.partition(":")
        named = choice or click.action_id.removeprefix("advice.approve.")
        try:
            return cls(**there, advice_id=advice_id, choice=named)
        except ValidationError:
            return cls(**there)


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that an approval is judged by. `words` are what people said for the same choice, whoever they are.

    Without a proposal there is nothing to approve.
    """

    advice: StoredAdvice
    standing: Decision | None
    proposal: Proposal | None
    grounds: Grounds
    words: tuple[Approval, ...]

    @property
    def valid(self) -> tuple[Approval, ...]:
        """The words that were given for what would be approved now, at the price that it has now."""
        now = self.proposal.configuration if self.proposal else None
        return tuple(word for word in self.words if word.configuration == now)

    @property
    def lapsed(self) -> dict[str, Any] | None:
        """Whose word was for another price, that price, and today's; None where everybody's counts."""
        now = self.proposal.configuration if self.proposal else None
        old = [word for word in self.words if word.configuration != now]
        if now is None or not old:
            return None
        then = old[-1].configuration["price_usd_per_hour"]
        return {"by": [word.given_by for word in old], "then": then, "now": now["price_usd_per_hour"]}

    def waits_for_another(self, user_id: str) -> bool:
        """Whether this person has said the same already, and it is somebody else's turn."""
        said = {word.given_by for word in self.valid}
        return user_id in said and len(said) < self.grounds.words_needed

    def closed(self, now: datetime) -> str | None:
        """Why nobody can approve it; None while it is open."""
        late = decisions.too_late(self.advice, self.standing, now)
        return late or ("nothing_feasible" if self.proposal is None else None)

    @property
    def has_moved(self) -> bool:
        """Whether its price has moved too far since the card was made, or it is not on offer any more."""
        proposal, limit = self.proposal, self.grounds.preferences.price_move_refreshes_above
        return proposal is not None and (proposal.configuration is None or abs(proposal.price_move) > limit)


def confirm(room: Room, click: Click) -> Modal:
    """What approving would change, to be confirmed; or why this person cannot approve it now."""
    case = open_case(room, click, "approve")
    if isinstance(case, Modal):
        return case
    if case.proposal is None:
        return refusal("nothing_feasible", case, room.clock())
    if case.waits_for_another(click.user_id) and not case.has_moved:
        return refusal("same_person", case, room.clock())
    make = _moved if case.has_moved else _confirmation
    return make(Bound.of(click), case, case.proposal, click.user_id)


def open_case(room: Room, click: Click, action: Action) -> Case | Modal:
    """The case of a click, where that person may do this with it now; else a modal that says why not."""
    case = case_of(room, click.team_id, Bound.of(click))
    if case is None:
        return refusal("unknown_advice", None, room.clock())
    if (late := decisions.too_late(case.advice, case.standing, room.clock())) is not None:
        return _too_late(room, click, case, late)
    verdict = verdict_on(room, click.team_id, click.user_id, case, action)
    if isinstance(verdict, Denied):
        return _denial(room, click, action, case.advice.workload, verdict)
    return refusal("who_is_that", case, room.clock()) if verdict is None else case


def case_of(room: Room, team_id: str, bound: Bound) -> Case | None:
    """The case of an advice, with today's prices; None when nobody knows that advice."""
    with room.store.read(team_id) as scope:
        advice = advices.get(scope, bound.advice_id or "")
        if advice is None:
            return None
        proposal = propose(room, scope, advice, bound.choice)
        change = {"change": proposal.change} if proposal and proposal.configuration else {}
        ground = grounds(room, scope, advice.workload, asked_by=advice.asked_by, **change)
        words = tuple(word for word in approvals.given(scope, advice.id) if word.choice == bound.choice)
        return Case(advice, decisions.get(scope, advice.id), proposal, ground, words)


def verdict_on(room: Room, team_id: str, user_id: str, case: Case, action: Action = "approve") -> Verdict | None:
    """Whether that person may, as Slack knows them at this moment; None when Slack does not say who that is."""
    person = known(room.people, team_id, user_id)
    return None if person is None else may(action, person, case.grounds)


def refusal(reason: str, case: Case | None, now: datetime) -> Modal:
    """A modal that says why there is nothing to be done here."""
    document = as_document(case.standing, now) if case else None
    data: dict[str, Any] = {"reason": reason, "decision": document, "workload": case.advice.workload if case else None}
    if case and reason == "same_person":
        data["threshold"] = asdict(case.grounds.threshold("two-approvers-above"))
    return Modal("modal_refused", {"view": "decision_refused", "data": data})


def _too_late(room: Room, click: Click, case: Case, reason: str) -> Modal:
    """A modal that says why it is too late; a card that shows buttons all the same loses them with it.

    One that has expired has not been told so; a private one may have been decided elsewhere.
    """
    now, origin = room.clock(), Origin.at(click)
    if reason == "expired":
        with room.store.write(click.team_id) as scope:
            advices.change_state(scope, case.advice.id, "open", "expired")
            redraw(scope, case.advice, now, origin, click.user_id)
    elif click.is_ephemeral:
        with room.store.write(click.team_id) as scope:
            redraw_private(scope, case.advice, now, origin, click.user_id)
    modal = refusal(reason, case, now)
    return replace(modal, data={**modal.data, "metadata": _again(click, case)}) if reason == "expired" else modal


def _again(click: Click, case: Case) -> str:
    """What a form needs to know that answers an expired advice anew."""
    origin = Origin.at(click).model_copy(update={"advice_id": case.advice.id})
    return origin.model_dump_json(exclude_defaults=True)


def _denial(room: Room, click: Click, action: Action, workload: str, denied: Denied) -> Modal:
    """A modal for who may not. The one thing that opening it writes down is that somebody tried."""
    with room.store.write(click.team_id) as scope:
        note(scope, room.clock(), click.user_id, action, denied, workload)
    return Modal("modal_refused", {"view": "not_allowed", "data": denied.as_document(action, workload)})


def _moved(bound: Bound, case: Case, proposal: Proposal, _user_id: str) -> Modal:
    """The price is not the one that the card shows: nothing to confirm, but a fresh answer to be had."""
    data = {
        "metadata": bound.model_dump_json(exclude_defaults=True),
        "workload": case.advice.workload,
        "advised": proposal.advised,
        "configuration": proposal.configuration,
    }
    return Modal("modal_moved", data)


def _confirmation(bound: Bound, case: Case, proposal: Proposal, user_id: str) -> Modal:
    shown = bound.model_copy(update={"digest": proposal.digest})
    return Modal("modal_approve", {
        "metadata": shown.model_dump_json(exclude_defaults=True),
        "workload": case.advice.workload,
        "document": _document(case, proposal),
        "objective": proposal.objective,
        "price_move": proposal.price_move,
        "words_needed": case.grounds.words_needed,
        "user": user_id,
        "words": [word.given_by for word in case.valid],
        "lapsed": case.lapsed,
        "threshold": asdict(case.grounds.threshold("two-approvers-above")),
    })  # fmt: skip


def _document(case: Case, proposal: Proposal) -> Change:
    """Today, and what would be approved: what is not on offer any more has moved, and is not confirmed."""
    current = case.advice.document["current"]
    then: Then = {"configuration": proposal.configuration or proposal.advised, **proposal.forecast}
    return {"unit": case.advice.document["unit"], "current": current, "then": then}
