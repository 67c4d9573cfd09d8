"""The Home tab: the fleet, what waits for people, and how good the bot's own predictions were; nothing is computed."""

from datetime import datetime
from typing import Any

from bot.documents import Comparison
from bot.posts import Destination, Post
from bot.store import Scope, advices, fleets, models, outbox, receipts, trials
from bot.store.fleets import Fleet, Word
from bot.store.receipts import Receipt
from bot.store.trials import Trial
from bot.usecases.following.measuring import is_inside
from bot.usecases.following.under_way import last_day
from bot.usecases.learning.scoring import scores
from bot.usecases.requests import HomeOpened
from bot.usecases.room import Room
from bot.usecases.workspace.people import Person, WhoIsThat
from bot.usecases.workspace.permissions import Allowed, grounds, may

__all__ = ["refresh", "show"]

_WAITING, _TRIALS, _RECEIPTS = 5, 5, 5  # of each; a tab is looked at, not read


def show(room: Room, opened: HomeOpened, request_id: str | None = None) -> None:
    """Draw the tab of whoever opened it, from what is stored."""
    person = _who(room, opened.team_id, opened.user_id)
    with room.store.write(opened.team_id, settles=request_id) as scope:
        to = Destination(user=opened.user_id, is_home=True)
        outbox.put(scope, Post(to, "home", _document(room, scope, person)))


def refresh(room: Room, team_id: str, user_id: str) -> None:
    """Draw it again, because its owner changed something from there."""
    show(room, HomeOpened(team_id=team_id, user_id=user_id))


def _who(room: Room, team_id: str, user_id: str) -> Person | None:
    try:
        return room.people(team_id, user_id)
    except WhoIsThat:
        return None  # whoever it is sees what everybody may see


def _document(room: Room, scope: Scope, person: Person | None) -> dict[str, Any]:
    """The data of the surface `home`."""
    now, standing = room.clock(), grounds(room, scope)
    is_barred = person is not None and not isinstance(may("ask", person, standing), Allowed)
    if is_barred:
        return {"is_barred": True, "at": now.isoformat()}
    is_administrator = person is not None and isinstance(may("settings", person, standing), Allowed)
    seen = fleets.last(scope)
    return {
        "is_barred": False,
        "at": now.isoformat(),
        "is_administrator": is_administrator,
        "workloads": fleets.count_workloads(scope),
        "open_advices": advices.count_open(scope),
        "fleet": None if seen is None else _fleet(seen),
        "waiting": [_word(word) for word in fleets.waiting(scope, now, _WAITING)],
        "trials": [_trial(trial, now) for trial in trials.planned(scope)[:_TRIALS]],
        "receipts": [_receipt(each, each.found) for each in receipts.recent(scope, _RECEIPTS) if each.found],
        "scores": scores(fleets.checks(scope)),
        "hindsight": models.hindsight(scope),
    }


def _fleet(seen: Fleet) -> dict[str, Any]:
    """What the last survey counted, without the names behind it: those are for the list of workloads."""
    counts = {name: value for name, value in seen.document.items() if name != "open"}
    return {**counts, "at": seen.at.isoformat()}


def _word(word: Word) -> dict[str, Any]:
    return word._asdict() | {"given_at": word.given_at.isoformat()}


def _trial(trial: Trial, now: datetime) -> dict[str, Any]:
    return {
        "workload": trial.workload,
        "configuration": trial.configuration,
        "runner": trial.runner,
        "until": last_day(trial).isoformat(),
        "is_late": trial.until < now,
    }


def _receipt(receipt: Receipt, found: Comparison) -> dict[str, Any]:
    return {
        "workload": receipt.workload,
        "key": receipt.key,
        "at": receipt.finished_at.isoformat() if receipt.finished_at else None,
        "predicted": found["predicted"]["units_per_hour"],
        "measured": found["measured"]["units_per_hour"],
        "is_inside": is_inside(found),
    }
