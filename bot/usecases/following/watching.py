"""A trial that was promised: verified by the run that arrives, reminded of when it is overdue, given up in the end."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.documents import Comparison
from bot.posts import Destination, Post
from bot.store import Scope, advices, arrivals, audit, outbox, trials
from bot.store.trials import Trial
from bot.usecases.deciding.standing import standing_card
from bot.usecases.following.measuring import compared, ran_on
from bot.usecases.following.misses import Lesson, taught
from bot.usecases.following.threads import thread_of
from bot.usecases.following.trials import drawn, redraw
from bot.usecases.room import Room

__all__ = ["follow"]

_GRACE = timedelta(days=3)


def follow(room: Room, trial: Trial) -> bool:
    """See how a trial stands: verified by a run that arrived, or overdue; whether anything changed."""
    with room.store.read(trial.team_id) as scope:
        advice = advices.get(scope, trial.advice_id)
        unit = advice.document["unit"] if advice else "unit"
        since = arrivals.since(scope, trial.workload, unit, trial.made_at)
        runs = ran_on(trial.configuration, since, room.shelf.index(scope).catalog.accelerators)
    if runs:
        found = compared(trial.configuration, trial.predicted, runs)
        return _verify(room, trial, found, taught(room, trial.team_id, trial.workload, found))
    return _remind(room, trial) if trial.until <= room.clock() else False


def _verify(room: Room, trial: Trial, found: Comparison, lesson: Lesson) -> bool:
    now = room.clock()
    with room.store.write(trial.team_id) as scope:
        if not trials.finish(scope, trial, "verified", now, measured=found):
            return False
        audit.record(scope, now, None, "trial.verify", trial.workload, trial_id=trial.id, measured=found["measured"])
        redraw(scope, replace(trial, state="verified"), None)
        done = {"workload": trial.workload, "unit": trial.predicted["unit"], "runner": trial.runner}
        to = _beside_card(scope, trial)
        outbox.put(scope, Post(to, "trial_done", {**done, **found, "lesson": lesson}))
        _redraw_cards(scope, trial, now)
    return True


def _remind(room: Room, trial: Trial) -> bool:
    """One private word to the runner when the day is over; some days later the trial is given up in silence."""
    now, is_last = room.clock(), trial.state == "reminded"
    with room.store.write(trial.team_id) as scope:
        if is_last:
            if not trials.finish(scope, trial, "expired", now):
                return False
            audit.record(scope, now, None, "trial.expire", trial.workload, trial_id=trial.id)
            redraw(scope, replace(trial, state="expired"), None)
            _redraw_cards(scope, trial, now)
            return True
        if not trials.finish(scope, trial, "reminded", now, until=now + _GRACE):
            return False
        _redraw_cards(scope, trial, now)
        reminder = drawn(scope, replace(trial, state="reminded", until=now + _GRACE))
        outbox.put(scope, Post(Destination(user=trial.runner), "trial_due", reminder))
    return True


def _redraw_cards(scope: Scope, trial: Trial, now: datetime) -> None:
    advice = advices.get(scope, trial.advice_id)
    if advice is not None:
        outbox.update_copies(scope, advice.id, "advice", standing_card(scope, advice, now))


def _beside_card(scope: Scope, trial: Trial) -> Destination:
    """Where it was planned: the thread of the card, or the conversation with the runner."""
    post = outbox.get(scope, trial.id)
    return post.destination if post is not None else thread_of(scope, trial.advice_id, None, trial.runner)
