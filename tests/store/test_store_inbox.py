"""Work written to the inbox is done once, by whoever is alive to do it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from bot.store import AlreadySettled, Store, inbox
from bot.store.inbox import Delivery, Request
from tests.store.store_samples import HOUR, NOW

LEASE = 60.0
ORPHANED = NOW + timedelta(seconds=LEASE)


def put(store: Store, key: str = "key-1", team_id: str = "T1") -> str | None:
    with store.write(team_id) as scope:
        return inbox.put(scope, key, "command", {"text": "video-gen"}, owner="web", now=NOW, lease_seconds=LEASE)


def claim(store: Store, now: datetime = ORPHANED, limit: int = 10, owner: str = "worker") -> list[Request]:
    with store.across() as scope:
        return inbox.claim(scope, owner, now, LEASE, limit)


def settled(store: Store, request_id: str) -> bool:
    try:
        with store.write("T1", settles=request_id):
            return True
    except AlreadySettled:
        return False


def counts(store: Store) -> dict[str, int]:
    with store.read("T1") as scope:
        return inbox.counts(scope)


def test_work_is_kept_once_for_each_key(store: Store) -> None:
    assert put(store) is not None
    assert put(store) is None
    assert counts(store) == {"waiting": 1, "done": 0, "dead": 0}


def test_each_workspace_has_its_own_keys(store: Store) -> None:
    assert put(store, team_id="T1") is not None
    assert put(store, team_id="T2") is not None


def test_a_key_stays_taken_after_its_work_is_done(store: Store) -> None:
    request_id = put(store)
    assert request_id is not None
    assert settled(store, request_id)
    assert put(store) is None


def test_of_many_deliveries_at_once_one_is_kept(store: Store) -> None:
    with ThreadPoolExecutor(16) as threads:
        kept = [request_id for request_id in threads.map(lambda _: put(store), range(16)) if request_id]
    assert len(kept) == 1


def test_many_deliveries_go_in_together_and_each_learns_its_own_fate(store: Store) -> None:
    known = put(store, "key-2")
    deliveries = [Delivery(f"key-{number}", "command", {"number": number}) for number in (1, 2, 3, 1)]
    with store.write("T1") as scope:
        first, second, third, again = inbox.put_all(scope, deliveries, owner="web", now=NOW, lease_seconds=LEASE)
    assert (second, again) == (None, None)
    assert len({known, first, third}) == 3
    bodies = {request.id: request.body for request in claim(store)}
    assert (bodies[str(first)], bodies[str(third)]) == ({"number": 1}, {"number": 3})


def test_fresh_work_belongs_to_whoever_wrote_it(store: Store) -> None:
    put(store)
    assert claim(store, now=ORPHANED - timedelta(seconds=1)) == []


def test_orphaned_work_is_claimed_as_it_was_written(store: Store) -> None:
    request_id = put(store, team_id="T5")
    assert claim(store) == [Request(str(request_id), "T5", "command", {"text": "video-gen"}, attempts=2)]
    assert claim(store) == []


def test_claimed_work_that_is_not_finished_is_orphaned_again(store: Store) -> None:
    put(store)
    claim(store)
    assert [request.attempts for request in claim(store, now=ORPHANED + HOUR)] == [3]


def test_the_oldest_work_is_claimed_first(store: Store) -> None:
    kept = [put(store, f"key-{number}") for number in range(5)]
    assert sorted(request.id for request in claim(store, limit=2)) == sorted(str(found) for found in kept)[:2]


def test_workers_at_once_claim_each_piece_once(store: Store) -> None:
    for number in range(30):
        put(store, f"key-{number}")
    with ThreadPoolExecutor(6) as threads:
        found = [
            request.id for some in threads.map(lambda n: claim(store, owner=f"w{n}"), range(6)) for request in some
        ]
    assert len(found) == len(set(found))


def test_settled_work_is_claimed_by_nobody(store: Store) -> None:
    request_id = put(store)
    assert request_id is not None
    assert settled(store, request_id)
    assert claim(store) == []
    assert not settled(store, request_id)


def test_failed_work_comes_back_at_its_time(store: Store) -> None:
    request_id = str(put(store))
    claim(store)
    with store.across() as scope:
        assert inbox.mark_retry(scope, request_id, ORPHANED + HOUR, "database is busy")
    assert claim(store, now=ORPHANED + HOUR - timedelta(seconds=1)) == []
    assert len(claim(store, now=ORPHANED + HOUR)) == 1


def test_dead_work_is_counted_and_left(store: Store) -> None:
    request_id = str(put(store))
    with store.across() as scope:
        assert inbox.mark_dead(scope, request_id, NOW, "gave up")
    assert claim(store) == []
    assert counts(store)["dead"] == 1


def test_finished_work_is_neither_retried_nor_given_up(store: Store) -> None:
    request_id = str(put(store))
    settled(store, request_id)
    with store.across() as scope:
        assert not inbox.mark_retry(scope, request_id, NOW, "late")
        assert not inbox.mark_dead(scope, request_id, NOW, "late")


def test_ids_sort_by_the_time_of_writing(store: Store) -> None:
    first = str(put(store, "key-1"))
    second = str(put(store, "key-2"))
    assert first[:12] <= second[:12]
    assert len(first) == len(second) == 32
