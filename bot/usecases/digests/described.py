"""A channel's digests as the views show them: one with its schedule and its next day, and the list of all."""

from datetime import datetime, time
from typing import Any

from bot.store import Scope, subscriptions
from bot.store.subscriptions import Subscription
from bot.usecases.digests.periods import Schedule, next_period
from bot.usecases.words.schedule_words import spell_days

__all__ = ["listed", "row", "schedule_of"]


def schedule_of(subscription: Subscription) -> Schedule:
    """The schedule that a row holds."""
    return Schedule(frozenset(subscription.weekdays), time.fromisoformat(subscription.at), subscription.timezone)


def row(subscription: Subscription, now: datetime) -> dict[str, Any]:
    """The data of the view `subscribed`, and a row of `subscription_list`. A paused one has no next digest."""
    schedule = schedule_of(subscription)
    return {
        "id": subscription.id,
        "name": subscription.name,
        "channel": subscription.channel,
        "day": spell_days(schedule.weekdays),
        "time": subscription.at,
        "timezone": subscription.timezone,
        "topic": dict(subscription.filters),
        "is_paused": subscription.is_paused,
        "next_at": None if subscription.is_paused else next_period(schedule, now).at.isoformat(),
    }


def listed(scope: Scope, channel: str | None, now: datetime) -> dict[str, Any]:
    """The data of the view `subscription_list`: this channel's first, which can be changed from here."""
    rows = [row(each, now) | {"is_here": each.channel == channel} for each in subscriptions.list_all(scope)]
    return {"rows": sorted(rows, key=lambda each: not each["is_here"])}
