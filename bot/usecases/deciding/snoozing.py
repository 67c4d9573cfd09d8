"""Snooze an advice for a while, or until its price moves."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.store import Scope, advices, audit, decisions
from bot.store.advices import StoredAdvice
from bot.usecases.deciding.proposing import advised, price_now
from bot.usecases.deciding.standing import decided, deny, late, refuse
from bot.usecases.origin import Origin
from bot.usecases.requests import Click
from bot.usecases.room import Room
from bot.usecases.workspace.people import known
from bot.usecases.workspace.permissions import Denied, grounds, may

__all__ = ["snooze"]

_FOR: Mapping[str, timedelta] = {"week": timedelta(days=7), "month": timedelta(days=30)}


def snooze(room: Room, click: Click, request_id: str | None = None) -> None:
    """Bring nothing up for a week, a month or until the price moves, as `click.value` says: `<advice>:month`.

    The price is that of what is recommended, or of another pick that the value names: `<advice>:price:cost`.
    """
    advice_id, _, how_long = click.value.partition(":")
    person = known(room.people, click.team_id, click.user_id)
    with room.store.write(click.team_id, settles=request_id) as scope:
        advice = advices.get(scope, advice_id)
        if advice is None or person is None:
            return refuse(scope, click.in_private, "unknown_advice" if advice is None else "who_is_that", advice)
        verdict = may("snooze", person, grounds(room, scope, advice.workload))
        if isinstance(verdict, Denied):
            return deny(scope, room.clock(), click.user_id, click.in_private, "snooze", verdict, advice.workload)
        return _snooze(room, scope, click, advice, how_long or "week")


def _snooze(room: Room, scope: Scope, click: Click, advice: StoredAdvice, how_long: str) -> None:
    now, origin = room.clock(), Origin.at(click)
    how_long, _, objective = how_long.partition(":")
    waits_for = _priced(room, scope, advice, objective) if how_long == "price" else None
    if how_long == "price" and waits_for is None:
        return refuse(scope, click.in_private, "no_price", advice)
    until = None if waits_for else now + _FOR.get(how_long, _FOR["week"])
    reason = how_long if how_long in {*_FOR, "price"} else "week"
    outcome = decisions.decide(
        scope, advice.id, "snooze", by=click.user_id, at=now, until=until, reason=reason, configuration=waits_for
    )
    if not outcome.is_ours:
        return late(scope, advice, now, origin, click.user_id, outcome)
    decided(scope, advice, now, origin, click.user_id)
    audit.record(scope, now, click.user_id, "advice.snooze", advice.workload, advice_id=advice.id, reason=reason)
    return None


def _priced(room: Room, scope: Scope, advice: StoredAdvice, objective: str) -> dict[str, Any] | None:
    """The configuration whose price is waited for, at the price of this moment; None when it has none."""
    configuration = advised(advice.document, objective or advice.document["recommended"] or "")
    price = price_now(room.shelf.index(scope).catalog, configuration) if configuration else None
    return {**configuration, "price_usd_per_hour": price} if configuration and price is not None else None
