"""Snooze an advice for a while, or until its price moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.posts import Destination, Modal
from bot.store import Scope, advices, audit, decisions
from bot.store.advices import StoredAdvice
from bot.usecases.deciding.confirming import Bound, open_case
from bot.usecases.deciding.proposing import advised, price_now
from bot.usecases.deciding.standing import decided, deny, late, refuse
from bot.usecases.origin import Origin
from bot.usecases.requests import Click, Submission
from bot.usecases.room import Room
from bot.usecases.workspace.people import known
from bot.usecases.workspace.permissions import Denied, grounds, may
from engine import OfferedDocument

__all__ = ["ask_how_long", "snooze", "snooze_by_form"]

_FOR: Mapping[str, timedelta] = {"week": timedelta(days=7), "month": timedelta(days=30)}


def ask_how_long(room: Room, click: Click) -> Modal:
    """The form that asks for how long; or why there is nothing to snooze."""
    case = open_case(room, click, "snooze")
    if isinstance(case, Modal):
        return case
    metadata = Bound.of(click).model_dump_json(exclude_defaults=True)
    document = case.advice.document
    has_price = advised(document, document["recommended"] or "") is not None  # else there is none to wait for
    return Modal("modal_snooze", {"metadata": metadata, "workload": case.advice.workload, "has_price": has_price})


def snooze_by_form(room: Room, form: Submission, request_id: str) -> None:
    """Bring nothing up for as long as the form says."""
    origin = Bound.read(form.metadata)
    how_long = form.first("how_long") or "week"
    wish = _Wish(form.team_id, form.user_id, origin, origin.in_private(form.user_id), origin.advice_id or "", how_long)
    _settle(room, wish, request_id)


def snooze(room: Room, click: Click, request_id: str | None = None) -> None:
    """Bring nothing up for a week, a month or until the price moves, as `click.value` says: `<advice>:month`.

    The price is that of what is recommended, or of another pick that the value names: `<advice>:price:cost`.
    """
    advice_id, _, how_long = click.value.partition(":")
    wish = _Wish(click.team_id, click.user_id, Origin.at(click), click.in_private, advice_id, how_long or "week")
    _settle(room, wish, request_id)


@dataclass(frozen=True, slots=True)
class _Wish:
    """Who wants what snoozed, for how long, from where; a word to them goes to `to`."""

    team_id: str
    user_id: str
    origin: Origin
    to: Destination
    advice_id: str
    how_long: str


def _settle(room: Room, wish: _Wish, request_id: str | None) -> None:
    person = known(room.people, wish.team_id, wish.user_id)
    with room.store.write(wish.team_id, settles=request_id) as scope:
        advice = advices.get(scope, wish.advice_id)
        if advice is None or person is None:
            return refuse(scope, wish.to, "unknown_advice" if advice is None else "who_is_that", advice)
        verdict = may("snooze", person, grounds(room, scope, advice.workload))
        if isinstance(verdict, Denied):
            return deny(scope, room.clock(), wish.user_id, wish.to, "snooze", verdict, advice.workload)
        return _snooze(room, scope, wish, advice)


def _snooze(room: Room, scope: Scope, wish: _Wish, advice: StoredAdvice) -> None:
    now = room.clock()
    how_long, _, objective = wish.how_long.partition(":")
    waits_for = _priced(room, scope, advice, objective) if how_long == "price" else None
    if how_long == "price" and waits_for is None:
        return refuse(scope, wish.to, "no_price", advice)
    until = None if waits_for else now + _FOR.get(how_long, _FOR["week"])
    reason = how_long if how_long in {*_FOR, "price"} else "week"
    outcome = decisions.decide(
        scope, advice.id, "snooze", by=wish.user_id, at=now, until=until, reason=reason, configuration=waits_for
    )
    if not outcome.is_ours:
        return late(scope, advice, now, wish.origin, wish.user_id, outcome)
    decided(scope, advice, now, wish.origin, wish.user_id)
    audit.record(scope, now, wish.user_id, "advice.snooze", advice.workload, advice_id=advice.id, reason=reason)
    return None


def _priced(room: Room, scope: Scope, advice: StoredAdvice, objective: str) -> OfferedDocument | None:
    """The configuration whose price is waited for, at the price of this moment; None when it has none."""
    configuration = advised(advice.document, objective or advice.document["recommended"] or "")
    price = price_now(room.shelf.index(scope), configuration) if configuration else None
    return {**configuration, "price_usd_per_hour": price} if configuration and price is not None else None
