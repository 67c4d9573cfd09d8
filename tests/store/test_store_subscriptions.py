"""Digests: one subscription a channel, one digest a period."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.store import Scope, Store, outbox, subscriptions
from bot.store.subscriptions import Subscription
from bot.store.tables import PeriodRow
from tests.store.store_samples import DAY, HOUR, NOW, a_post


@pytest.fixture
def scope(store: Store) -> Iterator[Scope]:
    with store.write("T1") as scope:
        yield scope


def subscribe(scope: Scope, channel: str = "C1") -> Subscription:
    return subscriptions.subscribe(scope, channel, {4, 0}, "09:00", "Europe/Kyiv", by="U1", created_at=NOW)


def test_a_subscription_comes_out_as_it_went_in(scope: Scope) -> None:
    kept = subscribe(scope)
    assert kept == Subscription(kept.id, "T1", "C1", (0, 4), "09:00", "Europe/Kyiv", "U1", NOW, NOW)
    assert subscriptions.get(scope, "C1") == kept


def test_a_channel_without_a_subscription_has_none(scope: Scope) -> None:
    assert subscriptions.get(scope, "C1") is None
    assert subscriptions.list_all(scope) == []


def test_subscribing_again_changes_the_schedule_and_keeps_the_id(scope: Scope) -> None:
    first = subscribe(scope)
    later = NOW + DAY
    again = subscriptions.subscribe(scope, "C1", [2], "17:30", "UTC", by="U2", created_at=later)
    assert again == replace(
        first,
        weekdays=(2,),
        at="17:30",
        timezone="UTC",
        created_by="U2",
        created_at=later,
        served_until=later,
    )
    assert subscriptions.list_all(scope) == [again]


def test_a_subscription_ends_once(scope: Scope) -> None:
    subscribe(scope)
    assert subscriptions.unsubscribe(scope, "C1")
    assert not subscriptions.unsubscribe(scope, "C1")
    assert subscriptions.get(scope, "C1") is None


def test_a_subscription_that_served_periods_can_end_and_begin_again(scope: Scope) -> None:
    assert subscriptions.claim_period(scope, subscribe(scope).id, "2026-11-02T09:00", NOW)
    assert subscriptions.unsubscribe(scope, "C1")
    assert subscriptions.claim_period(scope, subscribe(scope).id, "2026-11-02T09:00", NOW)


def test_a_workspace_lists_its_own_and_across_all(store: Store) -> None:
    for team_id in ("T2", "T1"):
        with store.write(team_id) as scope:
            subscribe(scope, "C1")
    with store.read("T1") as scope:
        assert [found.team_id for found in subscriptions.list_all(scope)] == ["T1"]
    with store.across() as scope:
        assert [found.team_id for found in subscriptions.list_all(scope)] == ["T1", "T2"]


def test_a_period_is_claimed_once(scope: Scope) -> None:
    kept = subscribe(scope)
    assert subscriptions.claim_period(scope, kept.id, "2026-11-06T09:00", NOW + 4 * DAY)
    assert not subscriptions.claim_period(scope, kept.id, "2026-11-06T09:00", NOW + 4 * DAY)
    assert subscriptions.claim_period(scope, kept.id, "2026-11-09T09:00", NOW + 7 * DAY)


def test_a_skipped_period_is_claimed_too(scope: Scope) -> None:
    kept = subscribe(scope)
    assert subscriptions.claim_period(scope, kept.id, "2026-11-06T09:00", NOW + 4 * DAY, is_skipped=True)
    assert not subscriptions.claim_period(scope, kept.id, "2026-11-06T09:00", NOW + 4 * DAY)


def test_a_subscription_knows_until_when_it_was_served(scope: Scope) -> None:
    kept = subscribe(scope)
    subscriptions.claim_period(scope, kept.id, "later", NOW + 2 * DAY)
    subscriptions.claim_period(scope, kept.id, "earlier", NOW + DAY)
    found = subscriptions.get(scope, "C1")
    assert found is not None
    assert found.served_until == NOW + 2 * DAY


def test_two_subscriptions_have_the_same_periods(scope: Scope) -> None:
    for channel in ("C1", "C2"):
        assert subscriptions.claim_period(scope, subscribe(scope, channel).id, "2026-11-06T09:00", NOW)


def test_of_many_processes_one_writes_the_digest(store: Store) -> None:
    with store.write("T1") as scope:
        subscription_id = subscribe(scope).id

    def tick(_: int) -> bool:
        with store.write("T1") as scope:
            is_mine = subscriptions.claim_period(scope, subscription_id, "2026-11-06T09:00", NOW + HOUR)
            if is_mine:
                outbox.put(scope, a_post(view="digest"))
        return is_mine

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(tick, range(16))) == 1
    with store.read("T1") as scope:
        assert outbox.counts(scope)["waiting"] == 1


def test_ending_all_of_a_workspace_takes_its_periods_along_and_leaves_the_others(store: Store) -> None:
    for team_id in ("T1", "T2"):
        with store.write(team_id) as scope:
            for channel in ("C1", "C2"):
                subscriptions.claim_period(scope, subscribe(scope, channel).id, "2026-11-06T09:00", NOW)
    with store.write("T1") as scope:
        assert [subscriptions.end_all(scope), subscriptions.end_all(scope)] == [2, 0]
    with store.across() as across:
        assert {subscription.team_id for subscription in subscriptions.list_all(across)} == {"T2"}
        assert len(across.scalars(select(PeriodRow)).all()) == 2
