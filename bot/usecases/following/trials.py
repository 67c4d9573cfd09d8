"""Try first: a short run that somebody promises to make, watched until it arrives, is cancelled or is overdue."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from bot.documents import Forecast, Tried
from bot.posts import Destination, Modal, Post
from bot.store import Scope, advices, audit, outbox, trials
from bot.store.advices import StoredAdvice
from bot.store.trials import Trial
from bot.usecases.deciding.proposing import propose_trial
from bot.usecases.deciding.standing import redraw_private, standing_card
from bot.usecases.following.handing import handed
from bot.usecases.following.threads import beside
from bot.usecases.following.under_way import ANYWHERE, last_day
from bot.usecases.origin import Origin
from bot.usecases.requests import Click, Submission
from bot.usecases.room import Room
from bot.usecases.workspace.people import Person, known
from bot.usecases.workspace.permissions import Allowed, Denied, grounds, may
from bot.usecases.workspace.rights import note
from engine import OfferedDocument

__all__ = ["ask", "cancel", "check", "drawn", "plan", "redraw"]

_FOR = timedelta(days=7)
_AT_MOST = timedelta(days=90)


class _Refusal(NamedTuple):
    """Why nothing can be done, as a view and its data."""

    view: str
    data: Mapping[str, Any]


class _Case(NamedTuple):
    """What somebody may try: one configuration of an advice at today's price, and what is predicted of it."""

    advice: StoredAdvice
    configuration: OfferedDocument
    forecast: Forecast


def ask(room: Room, click: Click) -> Modal:
    """Who runs what until when: the form behind *Try first*; or why there is nothing to try."""
    case = _case(room, click.team_id, click.user_id, click.value)
    if isinstance(case, _Refusal):
        return Modal("modal_refused", case._asdict())
    origin = Origin.at(click).model_copy(update={"advice_id": case.advice.id})
    trial = case.advice.document["next_trial"]
    return Modal(
        "modal_try",
        {
            "metadata": origin.model_dump_json(exclude_defaults=True),
            "workload": case.advice.workload,
            "unit": case.advice.document["unit"],
            "configuration": case.configuration,
            "predicted": case.forecast,
            "usd": trial["usd"] if trial else None,
            "runner": click.user_id,
            "until": (room.clock() + _FOR).date().isoformat(),
        },
    )


def check(room: Room, form: Submission) -> Mapping[str, str]:
    """What is wrong with each box."""
    mistakes = {}
    runner, until = form.first("runner"), _read_date(form.first("until"))
    person = known(room.people, form.team_id, runner) if runner else None
    with room.store.read(form.team_id) as scope:
        ground = grounds(room, scope)
    if person is None or not isinstance(may("try", person, ground), Allowed):
        mistakes["runner"] = "Choose a member of this workspace who can make the run."
    today = room.clock().date()
    if until is None or not today <= until <= today + _AT_MOST:
        mistakes["until"] = f"Choose a day from today until {_AT_MOST.days} days from now."
    return mistakes


def plan(room: Room, form: Submission, request_id: str) -> None:
    """Keep the promise, tell whoever runs it what to run, and audit it; the same one twice is refused."""
    origin = Origin.read(form.metadata)
    case = _case(room, form.team_id, form.user_id, origin.advice_id or "")
    with room.store.write(form.team_id, settles=request_id) as scope:
        refusal = case if isinstance(case, _Refusal) else _plan(room, scope, form, origin, case)
        if refusal is not None:
            outbox.put(scope, Post(origin.in_private(form.user_id), *refusal))


def cancel(room: Room, click: Click, request_id: str) -> None:
    """Give a trial up: by its runner, by whoever planned it, or by an administrator."""
    person = known(room.people, click.team_id, click.user_id)
    with room.store.write(click.team_id, settles=request_id) as scope:
        refusal = _cancel(room, scope, click, person)
        if refusal is not None:
            outbox.put(scope, Post(click.in_private, *refusal))


def _cancel(room: Room, scope: Scope, click: Click, person: Person | None) -> _Refusal | None:
    trial, now = trials.get(scope, click.value), room.clock()
    if trial is None:
        return _refusal("unknown_trial")
    if person is None:
        return _refusal("who_is_that", trial.workload)
    theirs = grounds(room, scope, trial.workload, deciders=(trial.runner, trial.made_by))
    if isinstance(verdict := may("undo", person, theirs), Denied):
        note(scope, now, click.user_id, "undo", verdict, trial.workload)
        return _refusal("not_yours", trial.workload)
    if trial.state not in trials.OPEN or not trials.finish(scope, trial, "cancelled", now):
        return _refusal("over", trial.workload)
    audit.record(scope, now, click.user_id, "trial.cancel", trial.workload, trial_id=trial.id)
    redraw(scope, replace(trial, state="cancelled"), click.user_id)
    _redraw_cards(scope, trial, now, Origin.at(click), click.user_id)
    return None


def _case(room: Room, team_id: str, user_id: str, advice_id: str) -> _Case | _Refusal:
    with room.store.read(team_id) as scope:
        advice = advices.get(scope, advice_id)
        proposal = propose_trial(room, scope, advice) if advice else None
        ground = grounds(room, scope, advice.workload if advice else None)
    if advice is None:
        return _refusal("unknown_advice")
    person = known(room.people, team_id, user_id)
    verdict = None if person is None else may("try", person, ground)
    if isinstance(verdict, Denied):
        with room.store.write(team_id) as scope:
            note(scope, room.clock(), user_id, "try", verdict, advice.workload)
        return _Refusal("not_allowed", verdict.as_document("try", advice.workload))
    if verdict is None:
        return _refusal("who_is_that", advice.workload)
    if proposal is None or proposal.forecast["evidence"] == "verified":
        return _refusal("nothing_to_try", advice.workload)
    if proposal.configuration is None:
        return _refusal("not_on_offer", advice.workload)
    return _Case(advice, proposal.configuration, proposal.forecast)


def _refusal(reason: str, workload: str | None = None, runner: str | None = None) -> _Refusal:
    return _Refusal("trial_refused", {"reason": reason, "workload": workload, "runner": runner})


def _plan(room: Room, scope: Scope, form: Submission, origin: Origin, case: _Case) -> _Refusal | None:
    now, until, advice = room.clock(), _read_date(form.first("until")), case.advice
    trial, is_new = trials.begin(
        scope,
        advice.id,
        advice.workload,
        case.configuration,
        {**case.forecast, "unit": advice.document["unit"]},
        runner=form.first("runner") or form.user_id,
        until=_end_of(until) if until else now + _FOR,
        by=form.user_id,
        at=now,
    )
    if not is_new:
        return _refusal("tried_already", advice.workload, trial.runner)
    audit.record(scope, now, form.user_id, "trial.plan", advice.workload, **_audited(trial))
    to = beside(origin.in_place(form.user_id))
    # A private card is nobody else's business: the runner, who may be somebody else, gets a message of their own.
    post = Post(Destination(user=trial.runner) if to.is_private else to, "trial", drawn(scope, trial))
    outbox.put(scope, post, post_id=trial.id)
    if to.is_private:
        outbox.put(scope, Post(to, "trial_planned", {"workload": trial.workload, "runner": trial.runner}))
    _redraw_cards(scope, trial, now, origin, form.user_id)
    return None


def _redraw_cards(scope: Scope, trial: Trial, now: datetime, origin: Origin, user_id: str) -> None:
    """The card says who tries what, or offers to try it again: every copy, and the private one that was clicked."""
    advice = advices.get(scope, trial.advice_id)
    if advice is None:
        return
    outbox.update_copies(scope, advice.id, "advice", standing_card(scope, advice, now))
    if origin.is_ephemeral:
        redraw_private(scope, advice, now, origin, user_id)


def redraw(scope: Scope, trial: Trial, by: str | None) -> None:
    """The message that planned it, as it stands now and without buttons."""
    post = outbox.get(scope, trial.id)
    if post is not None:
        data: Tried = {**drawn(scope, trial), "ended_by": by}
        outbox.put(scope, Post(post.destination, "trial", data), updates_id=trial.id)


def drawn(scope: Scope, trial: Trial) -> Tried:
    """The data of the views `trial` and `trial_due`."""
    return {
        **handed(scope, trial.workload, trial.configuration),
        "about": trial.id,
        "why": "trial",
        "unit": trial.predicted["unit"],
        "predicted": trial.predicted,
        "runner": trial.runner,
        "by": trial.made_by,
        "until": last_day(trial).isoformat(),
        "state": trial.state,
        "ended_by": None,
    }


def _audited(trial: Trial) -> dict[str, Any]:
    told = {"trial_id": trial.id, "advice_id": trial.advice_id, "configuration": trial.configuration}
    return {**told, "runner": trial.runner, "until": trial.until.isoformat()}


def _read_date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC) + ANYWHERE
