"""Digests: several subscriptions a channel, one digest a period."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.store import Scope, Store, outbox, said, subscriptions
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


def test_a_channel_has_several_subscriptions_told_apart_by_name(scope: Scope) -> None:
    plain = subscribe(scope)
    filters = {"stages": ["production"]}
    named = subscriptions.subscribe(
        scope, "C1", [0], "10:00", "UTC", by="U1", created_at=NOW, name="prod", filters=filters
    )
    assert subscriptions.list_all(scope) == [plain, named]
    assert (subscriptions.get(scope, "C1", "prod"), subscriptions.get(scope, "C1")) == (named, plain)
    assert subscriptions.find(scope, named.id) == named
    assert subscriptions.end(scope, named.id)
    assert subscriptions.list_all(scope) == [plain]


def test_another_schedule_keeps_the_filters(scope: Scope) -> None:
    subscriptions.subscribe(scope, "C1", [0], "10:00", "UTC", by="U1", created_at=NOW, filters={"kinds": ["ai"]})
    assert subscribe(scope).filters == {"kinds": ["ai"]}


def test_a_name_can_be_changed_and_is_taken_once_a_channel(store: Store) -> None:
    with store.write("T1") as scope:
        plain = subscribe(scope)
        subscriptions.subscribe(scope, "C1", [0], "10:00", "UTC", by="U1", created_at=NOW, name="taken")
        assert subscriptions.save(scope, replace(plain, name="free")).name == "free"
    with pytest.raises(IntegrityError), store.write("T1") as scope:
        subscriptions.save(scope, replace(plain, name="taken"))


def test_a_pause_lasts_until_somebody_resumes(scope: Scope) -> None:
    kept = subscribe(scope)
    paused = subscriptions.pause(scope, kept.id, NOW + DAY, is_paused=True)
    assert paused == replace(kept, is_paused=True)
    resumed = subscriptions.pause(scope, kept.id, NOW + 3 * DAY, is_paused=False)
    assert resumed == replace(kept, served_until=NOW + 3 * DAY)
    assert subscriptions.pause(scope, "nobody", NOW, is_paused=True) is None


def test_a_lease_is_one_process_s_until_it_ends_or_is_given_back(scope: Scope) -> None:
    ids = [subscribe(scope, channel).id for channel in ("C1", "C2")]
    assert subscriptions.lease(scope, ids, NOW, NOW + HOUR) == set(ids)
    assert subscriptions.lease(scope, ids, NOW, NOW + HOUR) == set()
    subscriptions.renew(scope, ids[:1], NOW + 2 * HOUR)
    assert subscriptions.lease(scope, ids, NOW + HOUR, NOW + 3 * HOUR) == {ids[1]}
    subscriptions.renew(scope, ids, None)
    assert subscriptions.lease(scope, ids, NOW, NOW + HOUR) == set(ids)


def test_of_many_processes_one_holds_the_lease(store: Store) -> None:
    with store.write("T1") as scope:
        subscription_id = subscribe(scope).id

    def take(_: int) -> int:
        with store.write("T1") as scope:
            return len(subscriptions.lease(scope, [subscription_id], NOW, NOW + HOUR))

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(take, range(8))) == 1


def test_what_was_said_is_remembered_replaced_and_forgotten(scope: Scope) -> None:
    kept, other = subscribe(scope), subscribe(scope, "C2")
    keys = [said.Key("video", "dominated"), said.Key("video", "drifted_stage"), said.Key("audio", "dominated")]
    said.remember(scope, kept.id, dict.fromkeys(keys, "first"), NOW)
    said.remember(scope, other.id, {keys[0]: "theirs"}, NOW)
    said.remember(scope, kept.id, {keys[0]: "second"}, NOW + DAY)
    assert said.said(scope, kept.id) == {keys[0]: "second", keys[1]: "first", keys[2]: "first"}
    said.forget(scope, kept.id, [keys[0], keys[2]])
    assert said.said(scope, kept.id) == {keys[1]: "first"}
    assert said.said(scope, other.id) == {keys[0]: "theirs"}
    assert subscriptions.end(scope, other.id)
    assert said.said(scope, other.id) == {}


def test_ten_thousand_findings_are_remembered_and_forgotten(scope: Scope) -> None:
    kept = subscribe(scope)
    keys = [said.Key(f"w{number}", "dominated") for number in range(10_000)]
    said.remember(scope, kept.id, dict.fromkeys(keys, "{}"), NOW)
    said.forget(scope, kept.id, keys[1:])
    assert said.said(scope, kept.id) == {keys[0]: "{}"}


def test_nobody_sees_what_another_workspace_was_told(store: Store) -> None:
    with store.write("T1") as scope:
        kept = subscribe(scope)
        said.remember(scope, kept.id, {said.Key("video", "dominated"): "x"}, NOW)
    with store.write("T2") as scope:
        assert said.said(scope, kept.id) == {}
        said.forget(scope, kept.id, [said.Key("video", "dominated")])
        assert subscriptions.find(scope, kept.id) is None
        assert subscriptions.lease(scope, [kept.id], NOW, NOW + HOUR) == set()
        assert not subscriptions.end(scope, kept.id)
    with store.read("T1") as scope:
        assert len(said.said(scope, kept.id)) == 1


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
    ended = subscribe(scope)
    assert subscriptions.end(scope, ended.id)
    assert not subscriptions.end(scope, ended.id)
    assert subscriptions.get(scope, "C1") is None


def test_a_subscription_that_served_periods_can_end_and_begin_again(scope: Scope) -> None:
    first = subscribe(scope)
    assert subscriptions.claim_period(scope, first.id, "2026-11-02T09:00", NOW)
    assert subscriptions.end(scope, first.id)
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
