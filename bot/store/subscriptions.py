"""Which channels want digests, about what and when, and which periods were served."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlmodel import col

from bot.store.columns import Document, new_id, utc_now
from bot.store.scope import Scope
from bot.store.tables import PeriodRow, SubscriptionRow

__all__ = [
    "Subscription",
    "claim_period",
    "end",
    "end_all",
    "find",
    "get",
    "lease",
    "list_all",
    "new",
    "pause",
    "renew",
    "save",
    "subscribe",
]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A digest of a channel: weekdays (0: Monday), local time `HH:MM` and IANA time zone, and what it is about.

    A channel may have several, told apart by `name`; the plain one has none.
    """

    id: str
    team_id: str
    channel: str
    weekdays: tuple[int, ...]
    at: str
    timezone: str
    created_by: str | None
    created_at: datetime
    served_until: datetime  # every period up to here was served or skipped, or lay before the subscription
    name: str = ""
    filters: Document = field(default_factory=dict)
    is_paused: bool = False


def new(
    scope: Scope,
    channel: str,
    name: str,
    weekdays: Iterable[int],
    at: str,
    timezone: str,
    filters: Document,
    *,
    by: str | None,
    created_at: datetime,
) -> Subscription:
    """A subscription that is not kept yet: give it to `save`."""
    days = tuple(sorted(weekdays))
    return Subscription(
        new_id(), scope.team_id, channel, days, at, timezone, by, created_at, created_at, name, filters
    )  # fmt: skip


def save(scope: Scope, wanted: Subscription) -> Subscription:
    """Keep `wanted`, in place of what its id stood for before.

    Raises:
        IntegrityError: another subscription of that channel has the name.
    """
    scope.upsert(SubscriptionRow, [asdict(wanted) | {"weekdays": list(wanted.weekdays), "leased_until": None}])
    return wanted


def subscribe(
    scope: Scope,
    channel: str,
    weekdays: Iterable[int],
    at: str,
    timezone: str,
    *,
    by: str | None,
    created_at: datetime,
    name: str = "",
    filters: Document | None = None,
) -> Subscription:
    """Subscribe a channel, or give the subscription of that name another schedule; the one that results.

    With `filters` of None those that there are stay. A paused one goes on.
    """
    existing = get(scope, channel, name)
    kept = filters if filters is not None else existing.filters if existing else {}
    fresh = new(scope, channel, name, weekdays, at, timezone, kept, by=by, created_at=created_at)
    return save(scope, replace(fresh, id=existing.id) if existing else fresh)


def pause(scope: Scope, subscription_id: str, now: datetime, *, is_paused: bool) -> Subscription | None:
    """Let it rest, or go on from `now`: what it slept through is neither sent nor recorded. None: there is none."""
    values: dict[str, Any] = {"is_paused": is_paused, "leased_until": None}
    change = update(SubscriptionRow).where(col(SubscriptionRow.id) == subscription_id)
    scope.execute(change.values(**values, **({} if is_paused else {"served_until": now})))
    return find(scope, subscription_id)


def end(scope: Scope, subscription_id: str) -> bool:
    """End one subscription; False when it had ended."""
    ended = delete(SubscriptionRow).where(col(SubscriptionRow.id) == subscription_id)
    return scope.scalars(ended.returning(col(SubscriptionRow.id))).one_or_none() is not None


def end_all(scope: Scope) -> int:
    """End every subscription of this workspace; how many there were."""
    return len(scope.scalars(delete(SubscriptionRow).returning(col(SubscriptionRow.id))).all())


def get(scope: Scope, channel: str, name: str = "") -> Subscription | None:
    """The subscription of that name in a channel."""
    row = scope.scalars(select(SubscriptionRow).where(*_named(channel, name))).one_or_none()
    return None if row is None else _subscription(row)


def find(scope: Scope, subscription_id: str) -> Subscription | None:
    """The subscription with that id."""
    row = scope.get(SubscriptionRow, subscription_id)
    return None if row is None else _subscription(row)


def list_all(scope: Scope) -> list[Subscription]:
    """The subscriptions of this workspace, by channel and name; from `Store.across()` those of all."""
    order = (col(SubscriptionRow.team_id), col(SubscriptionRow.channel), col(SubscriptionRow.name))
    return [_subscription(row) for row in scope.scalars(select(SubscriptionRow).order_by(*order))]


def lease(scope: Scope, subscription_ids: Sequence[str], now: datetime, until: datetime) -> set[str]:
    """Reserve subscriptions that are due until that time, so that one process does the work; those that are ours.

    An economy, no promise: the unique period decides who writes. A process that dies holds nothing up for longer.
    """
    free = or_(col(SubscriptionRow.leased_until).is_(None), col(SubscriptionRow.leased_until) <= now)
    ours = update(SubscriptionRow).where(col(SubscriptionRow.id).in_(subscription_ids), free)
    return set(scope.scalars(_leased(ours, until)).all())


def renew(scope: Scope, subscription_ids: Iterable[str], until: datetime | None) -> None:
    """Hold what `lease` gave until that time; with None give it back."""
    scope.scalars(_leased(update(SubscriptionRow).where(col(SubscriptionRow.id).in_(subscription_ids)), until)).all()


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


def _leased(change: Any, until: datetime | None) -> Any:
    values = change.values(leased_until=until).returning(col(SubscriptionRow.id))
    return values.execution_options(synchronize_session=False)


def _named(channel: str, name: str) -> tuple[Any, ...]:
    return (col(SubscriptionRow.channel) == channel, col(SubscriptionRow.name) == name)


def _subscription(row: SubscriptionRow) -> Subscription:
    fields = {name: getattr(row, name) for name in Subscription.__slots__}
    return Subscription(**{**fields, "weekdays": tuple(row.weekdays)})
