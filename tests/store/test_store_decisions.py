"""An advice is decided once, whoever clicks and however often; everyone else learns who was first."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Literal

import pytest

from bot.store import Store, advices, decisions, outbox
from bot.store.advices import State, StoredAdvice
from bot.store.decisions import Decision, DecisionKind, Outcome
from engine import Objective
from tests.store.store_samples import DAY, HOUR, NOW, a_post, open_advices, save_advice


def decide(store: Store, kind: DecisionKind = "approve", team_id: str = "T1", **changes: Any) -> Outcome:
    how: dict[str, Any] = {"objective": "performance" if kind == "approve" else None, "by": "U1", "at": NOW + HOUR}
    with store.write(team_id) as scope:
        return decisions.decide(scope, "advice-1", kind, **how | changes)


def stored(store: Store, advice_id: str = "advice-1") -> StoredAdvice:
    with store.read("T1") as scope:
        found = advices.get(scope, advice_id)
    assert found is not None
    return found


@pytest.fixture
def open_store(store: Store) -> Store:
    """A store with one open advice in T1."""
    with store.write("T1") as scope:
        save_advice(scope)
    return store


def test_an_advice_comes_out_as_it_went_in(open_store: Store) -> None:
    assert asdict(stored(open_store)) == {
        "id": "advice-1",
        "workload": "video-gen",
        "request": {"stage": "production"},
        "document": {
            "workload": "video-gen",
            "recommended": "performance",
            "catalog_version": "cat1",
            "model_version": "mod1",
            "history_digest": "his1",
        },
        "state": "open",
        "asked_by": "U1",
        "catalog_version": "cat1",
        "model_version": "mod1",
        "history_digest": "his1",
        "created_at": NOW,
        "expires_at": NOW + 7 * DAY,
    }


def test_an_unknown_advice_is_not_found(open_store: Store) -> None:
    with open_store.read("T1") as scope:
        assert advices.get(scope, "advice-9") is None
        assert decisions.get(scope, "advice-1") is None


def test_open_advices_are_counted(store: Store) -> None:
    with store.write("T1") as scope:
        for number, workload in enumerate(["a", "b", "a"]):
            save_advice(scope, f"advice-{number}", workload, created_at=NOW + number * HOUR)
        advices.change_state(scope, "advice-1", "open", "expired")
        assert list(open_advices(scope)) == ["advice-2", "advice-0"]
        assert advices.count_open(scope) == 2


def test_a_state_changes_from_the_expected_one_only(open_store: Store) -> None:
    with open_store.write("T1") as scope:
        assert advices.change_state(scope, "advice-1", "open", "replaced")
        assert not advices.change_state(scope, "advice-1", "open", "expired")
    assert stored(open_store).state == "replaced"


KINDS: list[tuple[DecisionKind, State]] = [("approve", "approved"), ("dismiss", "dismissed"), ("snooze", "snoozed")]


@pytest.mark.parametrize(("kind", "state"), KINDS)
def test_a_decision_is_kept_with_who_and_when(open_store: Store, kind: DecisionKind, state: State) -> None:
    outcome = decide(open_store, kind, until=NOW + 7 * DAY)
    objective: Objective | None = "performance" if kind == "approve" else None
    decision = Decision("advice-1", kind, objective, "U1", NOW + HOUR, NOW + 7 * DAY)
    assert outcome == Outcome(decision, None)
    assert outcome.is_ours
    assert stored(open_store).state == state
    with open_store.read("T1") as scope:
        assert decisions.get(scope, "advice-1") == decision


@pytest.mark.parametrize("second", ["approve", "dismiss", "snooze"])
def test_a_second_decision_learns_of_the_first(open_store: Store, second: DecisionKind) -> None:
    first = decide(open_store, "dismiss", by="U1")
    late = decide(open_store, second, by="U2")
    assert (late.refusal, late.standing, late.is_ours) == ("already_decided", first.standing, False)
    assert stored(open_store).state == "dismissed"


def test_even_the_same_person_decides_once(open_store: Store) -> None:
    assert decide(open_store).is_ours
    assert not decide(open_store).is_ours


def test_an_expired_advice_cannot_be_decided(open_store: Store) -> None:
    assert decide(open_store, at=NOW + 7 * DAY) == Outcome(None, "expired")
    assert stored(open_store).state == "open"
    assert decide(open_store, at=NOW + 7 * DAY - timedelta(microseconds=1)).is_ours


@pytest.mark.parametrize("state", ["expired", "replaced"])
def test_an_advice_that_was_put_aside_cannot_be_decided(
    open_store: Store, state: Literal["expired", "replaced"]
) -> None:
    with open_store.write("T1") as scope:
        advices.change_state(scope, "advice-1", "open", state)
    assert decide(open_store) == Outcome(None, state)


def test_an_unknown_advice_cannot_be_decided(store: Store) -> None:
    assert decide(store) == Outcome(None, "unknown_advice")


def test_what_is_asked_before_deciding_is_what_deciding_would_say(open_store: Store) -> None:
    def asked(at: datetime) -> Outcome | None:
        with open_store.write("T1") as scope:
            advice = advices.get(scope, "advice-1", is_locked=True)
            assert advice is not None
            return decisions.closed(scope, advice, at)

    end = NOW + 7 * DAY
    assert asked(end - timedelta(microseconds=1)) is None
    assert asked(end) == decide(open_store, at=end) == Outcome(None, "expired")
    first = decide(open_store, "dismiss")
    assert asked(end) == decide(open_store, at=end) == Outcome(first.standing, "already_decided")


def test_another_workspace_cannot_decide(open_store: Store) -> None:
    assert decide(open_store, team_id="T2") == Outcome(None, "unknown_advice")
    assert stored(open_store).state == "open"


def test_the_latest_decision_about_a_workload_is_found_by_its_name(open_store: Store) -> None:
    with open_store.write("T1") as scope:
        save_advice(scope, "advice-2")
        save_advice(scope, "advice-3", workload="other")
    decide(open_store)
    with open_store.write("T1") as scope:
        decisions.decide(scope, "advice-2", "dismiss", by="U2", at=NOW + 2 * HOUR)
    with open_store.read("T1") as scope:
        found = decisions.latest(scope, NOW)
        assert {name: (last.kind, last.decided_by) for name, last in found.items()} == {"video-gen": ("dismiss", "U2")}
        assert decisions.latest(scope, NOW + 3 * HOUR) == {}
    with open_store.read("T2") as scope:
        assert decisions.latest(scope, NOW) == {}


def test_of_fifty_approvals_at_once_one_stands_and_all_agree_on_it(open_store: Store) -> None:
    def approve(number: int) -> Outcome:
        with open_store.write("T1") as scope:
            outcome = decisions.decide(
                scope, "advice-1", "approve", objective="cost", by=f"U{number}", at=NOW + number * HOUR
            )
            if outcome.is_ours:
                outbox.put(scope, a_post())
        return outcome

    with ThreadPoolExecutor(50) as threads:
        outcomes = list(threads.map(approve, range(50)))
    (winner,) = [outcome.standing for outcome in outcomes if outcome.is_ours]
    assert {outcome.standing for outcome in outcomes} == {winner}
    assert [outcome.refusal for outcome in outcomes if not outcome.is_ours] == ["already_decided"] * 49
    with open_store.read("T1") as scope:
        assert outbox.counts(scope)["waiting"] == 1


def test_a_decision_whose_transaction_fails_was_never_made(open_store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        decide_and_stumble(open_store)
    assert stored(open_store).state == "open"
    assert decide(open_store).is_ours


def decide_and_stumble(store: Store) -> None:
    with store.write("T1") as scope:
        assert decisions.decide(scope, "advice-1", "dismiss", by="U1", at=NOW).is_ours
        raise ZeroDivisionError


def test_what_can_still_be_decided_is_listed_the_newest_first(open_store: Store) -> None:
    with open_store.write("T1") as scope:
        save_advice(scope, "old", created_at=NOW - DAY, expires_at=NOW)
        save_advice(scope, "done", created_at=NOW + HOUR)
        advices.change_state(scope, "done", "open", "approved")
        save_advice(scope, "found", "nightly", asked_by=None, created_at=NOW + HOUR)
    with open_store.read("T1") as scope:
        found = advices.waiting(scope, NOW, 5)
        assert [(each.advice_id, each.workload, each.asked_by) for each in found] == [
            ("found", "nightly", None), ("advice-1", "video-gen", "U1")
        ]  # fmt: skip
        assert advices.waiting(scope, NOW, 1) == found[:1]
    with open_store.read("T2") as scope:
        assert not advices.waiting(scope, NOW, 5)
