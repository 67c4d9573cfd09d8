"""What belongs to a decision: words of more than one person, what is left out from then on, and the way back."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot.store import Store, advices, approvals, decisions, exclusions, outbox
from bot.store.approvals import Approval
from bot.store.decisions import Decision
from bot.store.exclusions import Exclusion
from tests.store.store_samples import HOUR, NOW, a_post, save_advice

CONFIGURATION: Any = {"accelerator": "T4", "price_usd_per_hour": 0.526}


@pytest.fixture
def open_store(store: Store) -> Store:
    """A store with one open advice in T1."""
    with store.write("T1") as scope:
        save_advice(scope)
    return store


def approved(store: Store, by: str = "U1", **changes: Any) -> Decision:
    with store.write("T1") as scope:
        outcome = decisions.decide(scope, "advice-1", "approve", by=by, at=NOW + HOUR, **changes)
    assert outcome.standing is not None
    return outcome.standing


def undo(store: Store, decision: Decision, team_id: str = "T1") -> bool:
    with store.write(team_id) as scope:
        return decisions.undo(scope, decision)


def state(store: Store) -> str:
    with store.read("T1") as scope:
        found = advices.get(scope, "advice-1")
    assert found is not None
    return found.state


class TestTheDecision:
    def test_keeps_what_it_was_bound_to(self, open_store: Store) -> None:
        forecast = {"usd_per_day": 12.6, "units_per_hour": {"p50": 4.5}}
        approved(open_store, reason="fallback:1", configuration=CONFIGURATION, forecast=forecast)
        with open_store.read("T1") as scope:
            kept = decisions.get(scope, "advice-1")
        assert kept is not None
        assert (kept.reason, kept.configuration, kept.forecast) == ("fallback:1", CONFIGURATION, forecast)

    def test_is_undone_as_if_nothing_had_been_decided(self, open_store: Store) -> None:
        assert undo(open_store, approved(open_store))
        assert state(open_store) == "open"
        with open_store.read("T1") as scope:
            assert decisions.get(scope, "advice-1") is None
        assert approved(open_store, "U2").decided_by == "U2"

    def test_is_undone_once(self, open_store: Store) -> None:
        decision = approved(open_store)
        with ThreadPoolExecutor(4) as threads:
            undone = list(threads.map(lambda _: undo(open_store, decision), range(4)))
        assert sorted(undone) == [False, False, False, True]

    def test_is_not_undone_in_place_of_another_one_that_stands_by_now(self, open_store: Store) -> None:
        first = approved(open_store)
        undo(open_store, first)
        approved(open_store, "U2")
        assert not undo(open_store, first)
        assert state(open_store) == "approved"

    def test_is_not_undone_from_another_workspace(self, open_store: Store) -> None:
        assert not undo(open_store, approved(open_store), "T2")
        assert state(open_store) == "approved"


class TestWords:
    def give(self, store: Store, by: str, choice: str = "performance", team_id: str = "T1") -> None:
        with store.write(team_id) as scope:
            approvals.give(scope, Approval("advice-1", by, NOW, choice, CONFIGURATION))

    def test_come_back_in_the_order_in_which_they_were_given(self, open_store: Store) -> None:
        with open_store.write("T1") as scope:
            for hours, by in ((2, "U2"), (1, "U1")):
                approvals.give(scope, Approval("advice-1", by, NOW + hours * HOUR, "cost", CONFIGURATION))
        with open_store.read("T1") as scope:
            given = approvals.given(scope, "advice-1")
        assert given == [
            Approval("advice-1", "U1", NOW + HOUR, "cost", CONFIGURATION),
            Approval("advice-1", "U2", NOW + 2 * HOUR, "cost", CONFIGURATION),
        ]

    def test_of_one_person_are_the_last_one(self, open_store: Store) -> None:
        self.give(open_store, "U1", "cost")
        self.give(open_store, "U1", "performance")
        with open_store.read("T1") as scope:
            assert [it.choice for it in approvals.given(scope, "advice-1")] == ["performance"]

    def test_are_forgotten_together(self, open_store: Store) -> None:
        self.give(open_store, "U1")
        self.give(open_store, "U2")
        with open_store.write("T1") as scope:
            approvals.clear(scope, "advice-1")
            assert approvals.given(scope, "advice-1") == []

    def test_are_those_of_one_workspace(self, open_store: Store) -> None:
        self.give(open_store, "U1")
        with open_store.write("T2") as scope:
            approvals.clear(scope, "advice-1")
            assert approvals.given(scope, "advice-1") == []
        with open_store.read("T1") as scope:
            assert len(approvals.given(scope, "advice-1")) == 1


class TestExclusions:
    def add(self, store: Store, team_id: str = "T1", workload: str = "video-gen", **changes: Any) -> Exclusion:
        with store.write(team_id) as scope:
            how: dict[str, Any] = {"advice_id": "advice-1", "by": "U1", "at": NOW}
            return exclusions.add(scope, workload, "no_quota", {"accelerator": "T4"}, **how | changes)

    def test_come_back_as_they_were_made(self, open_store: Store) -> None:
        made = self.add(open_store)
        assert (made.workload, made.reason, made.excluded) == ("video-gen", "no_quota", {"accelerator": "T4"})
        with open_store.read("T1") as scope:
            assert exclusions.list_standing(scope, "video-gen") == [made]
            assert exclusions.get(scope, made.id) == made

    def test_are_those_of_one_workload_oldest_first(self, open_store: Store) -> None:
        later, earlier = self.add(open_store, at=NOW + HOUR), self.add(open_store)
        other = self.add(open_store, workload="nightly")
        with open_store.read("T1") as scope:
            assert [it.id for it in exclusions.list_standing(scope, "video-gen")] == [earlier.id, later.id]
            assert {it.id for it in exclusions.list_standing(scope)} == {earlier.id, later.id, other.id}

    def test_are_revoked_once_and_stay_on_record(self, open_store: Store) -> None:
        made = self.add(open_store)
        with open_store.write("T1") as scope:
            assert exclusions.revoke(scope, made.id, by="U2", at=NOW + HOUR)
            assert not exclusions.revoke(scope, made.id, by="U3", at=NOW + HOUR)
        with open_store.read("T1") as scope:
            assert exclusions.list_standing(scope) == []
            kept = exclusions.get(scope, made.id)
        assert kept is not None
        assert (kept.revoked_by, kept.revoked_at) == ("U2", NOW + HOUR)

    def test_of_an_advice_are_revoked_with_its_dismissal(self, open_store: Store) -> None:
        made, other = self.add(open_store), self.add(open_store, advice_id="advice-2")
        with open_store.write("T1") as scope:
            assert exclusions.revoke_of(scope, "advice-1", by="U1", at=NOW) == [made.id]
            assert exclusions.list_standing(scope) == [other]

    def test_of_another_workspace_are_neither_seen_nor_revoked(self, open_store: Store) -> None:
        made = self.add(open_store)
        with open_store.write("T2") as scope:
            assert exclusions.get(scope, made.id) is None
            assert exclusions.list_standing(scope) == []
            assert not exclusions.revoke(scope, made.id, by="U9", at=NOW)
            assert exclusions.revoke_of(scope, "advice-1", by="U9", at=NOW) == []
        with open_store.read("T1") as scope:
            assert exclusions.list_standing(scope) == [made]


def test_what_showed_one_advice_shows_the_one_that_replaced_it(open_store: Store) -> None:
    with open_store.write("T1") as scope:
        save_advice(scope, "advice-2")
        outbox.put(scope, a_post(), advice_id="advice-1")
        outbox.pass_copies(scope, "advice-1", "advice-2")
        assert outbox.update_copies(scope, "advice-1", "help", {}) == 0
        assert outbox.update_copies(scope, "advice-2", "help", {}) == 1
