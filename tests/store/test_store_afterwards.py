"""Deliveries, receipts and trials: taken by one, settled once, seen by their own workspace alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from bot.store import Store, arrivals, history, receipts, trials, webhooks
from bot.store.receipts import Receipt
from bot.store.webhooks import Delivery
from tests.store.store_samples import DAY, HOUR, NOW, a_run, save_advice

URL = "https://hooks.example.com/"
PLACE = {"channel": "C1", "thread_ts": "1.1"}
NOTHING: Any = {}


@pytest.fixture
def advised(store: Store) -> Store:
    """A store with two advices in T1."""
    with store.write("T1") as scope:
        history.add_runs(scope, "file", [a_run()])
        for number in (1, 2):
            save_advice(scope, f"advice-{number}")
    return store


def put(store: Store, *ids: str, team_id: str = "T1", at: Any = NOW) -> None:
    with store.write(team_id) as scope:
        for each in ids:
            webhooks.put(scope, each, "decision.approved", f'{{"id": "{each}"}}', URL, at)


def take(store: Store, owner: str = "me", at: Any = NOW, limit: int = 10) -> list[str]:
    with store.across() as across:
        return [each.id for each in webhooks.claim(across, owner, at, 60.0, limit)]


def log(store: Store, team_id: str = "T1") -> dict[str, Delivery]:
    with store.read(team_id) as scope:
        return {each.id: each for each in webhooks.recent(scope)}


def test_deliveries_of_every_workspace_are_taken_oldest_first(store: Store) -> None:
    put(store, "second", at=NOW + HOUR)
    put(store, "first", team_id="T2")
    assert take(store, at=NOW + 2 * HOUR) == ["first", "second"]


def test_a_delivery_is_taken_by_one_of_many(store: Store) -> None:
    put(store, *(f"d{number}" for number in range(12)))
    with ThreadPoolExecutor(6) as threads:
        taken = [
            each for found in threads.map(lambda it: take(store, f"owner-{it}", limit=3), range(6)) for each in found
        ]
    assert len(taken) == len(set(taken)) == 12


def test_what_is_not_due_is_left(store: Store) -> None:
    put(store, "later", at=NOW + HOUR)
    assert take(store) == []


def test_a_lease_that_ran_out_lets_another_try(store: Store) -> None:
    put(store, "d1")
    assert take(store, "gone") == ["d1"]
    assert take(store, "heir") == []
    assert take(store, "heir", NOW + timedelta(seconds=61)) == ["d1"]
    with store.across() as across:
        assert not webhooks.mark_delivered(across, "d1", "gone", NOW, URL, 200)
        assert webhooks.mark_delivered(across, "d1", "heir", NOW, URL, 200)
        assert not webhooks.mark_retry(across, "d1", "heir", NOW, 500, "too late")
    assert (log(store)["d1"].state, log(store)["d1"].attempts) == ("sent", 2)


def test_a_retry_waits_for_its_time_and_keeps_its_reason(store: Store) -> None:
    put(store, "d1")
    take(store)
    with store.across() as across:
        webhooks.mark_retry(across, "d1", "me", NOW + HOUR, 503, "HTTP 503")
    assert take(store, at=NOW + HOUR - timedelta(seconds=1)) == []
    assert (log(store)["d1"].status, log(store)["d1"].error) == (503, "HTTP 503")
    assert take(store, at=NOW + HOUR) == ["d1"]


def test_deliveries_are_counted_and_logged_by_workspace(store: Store) -> None:
    put(store, "d1", "d2")
    put(store, "d3", team_id="T2")
    take(store, limit=1)
    with store.read("T1") as scope:
        assert webhooks.counts(scope) == {"waiting": 1, "sending": 1, "sent": 0, "dead": 0}
        assert [each.id for each in webhooks.recent(scope, limit=1)] == ["d2"]
    assert set(log(store, "T2")) == {"d3"}


def test_only_a_dead_letter_of_one_s_own_is_sent_again(store: Store) -> None:
    put(store, "d1")
    take(store)
    with store.across() as across:
        webhooks.mark_dead(across, "d1", "me", NOW, None, "no")
    with store.write("T2") as scope:
        assert not webhooks.send_again(scope, "d1", NOW)
    with store.write("T1") as scope:
        assert webhooks.send_again(scope, "d1", NOW + DAY)
    assert take(store, at=NOW + DAY) == ["d1"]


def promise(store: Store, key: str = "7d", advice_id: str = "advice-1", due_at: Any = NOW) -> None:
    with store.write("T1") as scope:
        receipts.promise(scope, advice_id, "video-gen", key, due_at, PLACE)


def promised(store: Store, advice_id: str = "advice-1") -> list[Receipt]:
    with store.read("T1") as scope:
        return receipts.of_advice(scope, advice_id)


def test_a_promise_is_due_at_its_time_and_not_before(advised: Store) -> None:
    promise(advised, due_at=NOW + 7 * DAY)
    promise(advised, "runs")
    for at, keys in ((NOW, ["runs"]), (NOW + 7 * DAY, ["runs", "7d"])):
        with advised.read_across() as across:
            assert [each.key for each in receipts.due(across, at)] == keys


def test_a_promise_remembers_where_it_was_given(advised: Store) -> None:
    promise(advised)
    assert promised(advised)[0].document == PLACE


def test_a_promise_is_settled_by_one_of_many(advised: Store) -> None:
    promise(advised)
    (receipt,) = promised(advised)

    def settle(_: int) -> bool:
        with advised.write("T1") as scope:
            return receipts.finish(scope, receipt.id, "measured", NOW, {"found": 1})

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(settle, range(6))) == 1
    assert promised(advised)[0].document == {"found": 1}


def test_taking_back_spares_what_was_settled_and_what_is_about_another_advice(advised: Store) -> None:
    for key in ("7d", "14d"):
        promise(advised, key)
    promise(advised, advice_id="advice-2")
    with advised.write("T1") as scope:
        first = receipts.of_advice(scope, "advice-1")[0]
        receipts.finish(scope, first.id, "measured", NOW, {})
        assert receipts.withdraw(scope, "advice-1", NOW) == 1
    assert sorted(each.state for each in promised(advised)) == ["measured", "withdrawn"]
    assert [each.state for each in promised(advised, "advice-2")] == ["waiting"]


def test_a_promise_that_was_taken_back_can_be_given_anew(advised: Store) -> None:
    promise(advised)
    with advised.write("T1") as scope:
        receipts.withdraw(scope, "advice-1", NOW)
    promise(advised, due_at=NOW + DAY)
    (receipt,) = promised(advised)
    assert (receipt.state, receipt.due_at, receipt.finished_at) == ("waiting", NOW + DAY, None)


def test_the_receipts_given_last_come_first(advised: Store) -> None:
    for number, key in enumerate(("7d", "14d", "30d")):
        promise(advised, key)
        with advised.write("T1") as scope:
            waiting = next(each for each in receipts.of_advice(scope, "advice-1") if each.key == key)
            receipts.finish(scope, waiting.id, "measured" if number < 2 else "skipped", NOW + number * DAY, {})
    with advised.read("T1") as scope:
        assert [each.key for each in receipts.recent(scope)] == ["14d", "7d"]
        last = receipts.last_measured(scope, "advice-1")
    assert last is not None
    assert last.key == "14d"


def test_trials_are_listed_by_when_they_end_and_by_workload(advised: Store) -> None:
    with advised.write("T1") as scope:
        for days, count in ((5, 1), (2, 2)):
            configuration: Any = {"accelerator": "T4", "accelerator_count": count}
            trials.begin(
                scope,
                "advice-1",
                "video-gen",
                configuration,
                NOTHING,
                runner="U1",
                until=NOW + days * DAY,
                by="U1",
                at=NOW,
            )
        assert [each.configuration["accelerator_count"] for each in trials.planned(scope)] == [2, 1]
        assert not trials.planned(scope, "another")
    with advised.read_across() as across:
        assert len(trials.planned_everywhere(across)) == 2


def test_a_trial_that_ended_is_planned_no_more_and_what_verified_is_found(advised: Store) -> None:
    with advised.write("T1") as scope:
        how: dict[str, Any] = {"runner": "U1", "until": NOW + DAY, "by": "U1", "at": NOW}
        configuration: Any = {"accelerator": "T4"}
        trial = trials.begin(scope, "advice-1", "video-gen", configuration, NOTHING, **how).trial
        measured: Any = {"runs": 1}
        assert trials.verified(scope, "advice-1") is None
        assert trials.finish(scope, trial, "verified", NOW + HOUR, measured=measured)
        assert not trials.finish(scope, trial, "cancelled", NOW + HOUR)
        assert not trials.planned(scope)
        found = trials.verified(scope, "advice-1")
    assert found is not None
    assert (found.measured, found.finished_at) == (measured, NOW + HOUR)


def test_only_successful_runs_of_that_unit_since_then_arrived(store: Store) -> None:
    made = [
        a_run(0),
        a_run(1, status="failed"),
        a_run(2),
        a_run(3, workload="another"),
        a_run(4, cost_usd=2.5),
    ]
    with store.write("T1") as scope:
        history.add_runs(scope, "file", made)
        found = arrivals.since(scope, "video-gen", "clip", NOW + HOUR)
        assert [(run.started, run.cost_usd) for run in found] == [
            ((NOW + number * HOUR).timestamp(), cost) for number, cost in ((2, None), (4, 2.5))
        ]
        assert not arrivals.since(scope, "video-gen", "token", NOW)
    with store.read("T2") as scope:
        assert not arrivals.since(scope, "video-gen", "clip", NOW)
