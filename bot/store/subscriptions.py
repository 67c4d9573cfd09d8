"""Which channels want digests and when, and which periods were served."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import col

from bot.store.columns import new_id, utc_now
from bot.store.scope import Scope
from bot.store.tables import PeriodRow, SubscriptionRow

__all__ = ["Subscription", "claim_period", "end_all", "get", "list_all", "subscribe", "unsubscribe"]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A channel's digest: weekdays (0: Monday), local time `HH:MM` and IANA time zone."""

    id: str
    team_id: str
    channel: str
    weekdays: tuple[int, ...]
    at: str
    timezone: str
    created_by: str | None
    created_at: datetime
    served_until: datetime  # every period up to here was served or skipped, or lay before the subscription


def subscribe(
    scope: Scope,
    channel: str,
    weekdays: Iterable[int],
    at: str,
    timezone: str,
    *,
    by: str | None,
    created_at: datetime,
) -> Subscription:
    """Subscribe a channel, or give its subscription another schedule; the subscription that results."""
    existing = get(scope, channel)
    row: dict[str, Any] = {
        "id": existing.id if existing else new_id(),
        "channel": channel,
        "weekdays": sorted(weekdays),
        "at": at,
        "timezone": timezone,
        "created_by": by,
        "created_at": created_at,
        "served_until": created_at,
    }
    scope.upsert(SubscriptionRow, [row])
    return _subscription(SubscriptionRow(team_id=scope.team_id, **row))


def unsubscribe(scope: Scope, channel: str) -> bool:
    """End a channel's subscription; False when it had none."""
    ended = delete(SubscriptionRow).where(col(SubscriptionRow.channel) == channel).returning(col(SubscriptionRow.id))
    return scope.scalars(ended).one_or_none() is not None


def end_all(scope: Scope) -> int:
    """End every subscription of this workspace; how many there were."""
    return len(scope.scalars(delete(SubscriptionRow).returning(col(SubscriptionRow.id))).all())


def get(scope: Scope, channel: str) -> Subscription | None:
    """The subscription of that channel."""
    row = scope.scalars(select(SubscriptionRow).where(col(SubscriptionRow.channel) == channel)).one_or_none()
    return None if row is None else _subscription(row)


def list_all(scope: Scope) -> list[Subscription]:
    """The subscriptions of this workspace, by channel; from `Store.across()` those of all."""
    query = select(SubscriptionRow).order_by(col(SubscriptionRow.team_id), col(SubscriptionRow.channel))
    return [_subscription(row) for row in scope.scalars(query)]


def claim_period(scope: Scope, subscription_id: str, key: str, at: datetime, *, is_skipped: bool = False) -> bool:
    """Make this transaction the one that serves the period `key`, due `at`; False when another did.

    With `is_skipped` the period is recorded as too late to be served.
    """
    row = {"subscription_id": subscription_id, "key": key, "is_skipped": is_skipped, "claimed_at": utc_now()}
    if not scope.insert_new(PeriodRow, [row], "key"):
        return False
    mine = (col(SubscriptionRow.id) == subscription_id, col(SubscriptionRow.served_until) < at)
    scope.execute(update(SubscriptionRow).where(*mine).values(served_until=at))
    return True


def _subscription(row: SubscriptionRow) -> Subscription:
    fields = {name: getattr(row, name) for name in Subscription.__slots__}
    return Subscription(**{**fields, "weekdays": tuple(row.weekdays)})
