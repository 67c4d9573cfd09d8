"""The authorisation matrix, as the documentation states it; and what is said to whoever may not."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.store import Store, workloads
from bot.store.workloads import OwnedWorkload
from bot.usecases.room import Room
from bot.usecases.workspace.people import Person
from bot.usecases.workspace.permissions import ACTIONS, Action, Allowed, Change, Denied, Grounds, grounds, may
from bot.usecases.workspace.preferences import Preferences, change
from bot.usecases.workspace.thresholds import NAMES, Own, Threshold, applied, is_looser, standing
from bot.usecases.workspace.thresholds import change as change_thresholds
from engine import Workload

OWNER, BUDGET_OWNER, OTHER = "U0OWNER", "U0BUDGET", "U0OTHER"
PEOPLE = {
    "administrator": Person("U0ADMIN", is_administrator=True),
    "owner": Person(OWNER),
    "budget owner": Person(BUDGET_OWNER),
    "member": Person("U0MEMBER"),
    "guest": Person("U0GUEST", is_guest=True),
    "deactivated": Person("U0LEFT", is_deactivated=True),
    "other workspace": Person("U0STRANGER", is_stranger=True),
}
PREFERENCES = Preferences(
    budget_owners=(BUDGET_OWNER,), spending_needs_budget_owner_above_usd_per_day=100.0, slowing_needs_owner_above=0.1
)
STANDING = Grounds(PREFERENCES, owner=OWNER, asked_by=OTHER)
NO_ALONE = replace(PREFERENCES, is_self_approval_allowed=False)


def case(person: Person, row: str) -> tuple[Action, Grounds]:
    """The action that a row of the table is about, and on what grounds that person tries it."""
    rows: dict[str, tuple[Action, Grounds]] = {
        "ask, why, what if": ("ask", STANDING),
        "share an answer": ("share", STANDING),
        "track and untrack": ("track", STANDING),
        "subscribe a channel to digests": ("digest", STANDING),
        "try": ("try", STANDING),
        "approve or choose, within the thresholds": ("approve", replace(STANDING, change=Change(900.0, 100.0, 0.1))),
        "approve or choose what spends more than the threshold": (
            "approve",
            replace(STANDING, change=Change(900.0, 100.01, 0.0)),
        ),
        "approve or choose what slows down by more than the threshold": (
            "approve",
            replace(STANDING, change=Change(900.0, 0.0, 0.11)),
        ),
        "approve alone what they asked for, where policy forbids it": (
            "approve",
            replace(STANDING, preferences=NO_ALONE, asked_by=person.user_id),
        ),
        "snooze": ("snooze", STANDING),
        "dismiss": ("dismiss", STANDING),
        "allow again what a dismissal left out": ("revoke", STANDING),
        "undo one's own decision": ("undo", replace(STANDING, deciders=(person.user_id,))),
        "undo somebody else's decision": ("undo", replace(STANDING, deciders=(OTHER,))),
        "change settings": ("settings", STANDING),
        "change a workload's stage": ("restage", STANDING),
        "change a workload's thresholds": ("thresholds", STANDING),
    }
    return rows[row]


def documented() -> dict[tuple[str, str], bool]:
    """(row, role) -> whether the documentation says yes."""
    page = (Path(__file__).parents[2] / "docs" / "slack.md").read_text(encoding="utf-8")
    section = page.partition("\n## Who may do what\n")[2].partition("\n## ")[0]
    lines = [line.strip().strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    head, *rows = [[cell.strip() for cell in line] for line in lines]
    assert all(cell in {"yes", "no"} for row in rows for cell in row[1:])
    return {(row[0], role): cell == "yes" for row in rows for role, cell in zip(head[1:], row[1:], strict=True)}


MATRIX = documented()


@pytest.mark.parametrize(("row", "role"), MATRIX, ids=[f"{row} / {role}" for row, role in MATRIX])
def test_everybody_may_what_the_documentation_says_and_nothing_else(row: str, role: str) -> None:
    person = PEOPLE[role]
    action, standing = case(person, row)
    assert isinstance(may(action, person, standing), Allowed) == MATRIX[row, role]


def test_the_documentation_speaks_of_every_role_and_every_action() -> None:
    assert {role for _, role in MATRIX} == set(PEOPLE)
    assert {case(PEOPLE["member"], row)[0] for row, _ in MATRIX} == set(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS)
def test_no_bot_does_anything(action: Action) -> None:
    robot = Person("U0BOT", is_bot=True, is_administrator=True)
    verdict = may(action, robot, replace(STANDING, deciders=("U0BOT",)))
    assert isinstance(verdict, Denied)
    assert verdict.reason == "bot"


@pytest.mark.parametrize("barred", ["guest", "deactivated", "other workspace"])
def test_being_named_makes_nobody_an_administrator_who_is_barred(barred: str) -> None:
    person = PEOPLE[barred]
    named = replace(
        STANDING, administrators=(person.user_id,), preferences=replace(PREFERENCES, budget_owners=(person.user_id,))
    )
    assert isinstance(may("settings", person, named), Denied)
    assert isinstance(may("approve", person, replace(named, change=Change(500.0, 500.0))), Denied)


def test_whoever_the_settings_or_the_machine_names_counts_as_an_administrator() -> None:
    named = replace(STANDING, administrators=("U0MEMBER",), change=Change(500.0, 500.0, 0.5))
    assert may("approve", PEOPLE["member"], named) == Allowed()
    assert may("settings", PEOPLE["member"], named) == Allowed()


class TestTheWayOn:
    def test_names_those_who_could(self) -> None:
        verdict = may("approve", PEOPLE["member"], replace(STANDING, change=Change(500.0, 500.0)))
        assert verdict == Denied("spends_more", who_could=(BUDGET_OWNER,), threshold=Threshold(100.0))

    def test_names_nobody_who_lacks_the_other_right(self) -> None:
        both = replace(STANDING, change=Change(500.0, 500.0, 0.5), administrators=("U0BOSS",))
        assert may("approve", PEOPLE["budget owner"], both) == Denied(
            "slows_down", who_could=("U0BOSS",), threshold=Threshold(0.1)
        )

    def test_without_a_budget_owner_says_that_one_can_be_named(self) -> None:
        nobody = replace(STANDING, preferences=replace(PREFERENCES, budget_owners=()), change=Change(500.0, 500.0))
        assert may("approve", PEOPLE["member"], nobody) == Denied(
            "spends_more", remedy="budget_owners", threshold=Threshold(100.0)
        )

    def test_without_an_owner_says_that_one_can_be_named(self) -> None:
        nobody = replace(STANDING, owner=None, change=Change(500.0, 0.0, 0.5))
        assert may("approve", PEOPLE["member"], nobody) == Denied(
            "slows_down", remedy="owner", threshold=Threshold(0.1)
        )

    def test_for_the_only_budget_owner_who_asked_is_the_setting_that_forbids_it(self) -> None:
        alone = replace(STANDING, preferences=NO_ALONE, asked_by=BUDGET_OWNER, change=Change(500.0, 500.0))
        assert may("approve", PEOPLE["budget owner"], alone) == Denied("own", remedy="self_approval")
        assert may("approve", PEOPLE["member"], alone) == Denied(
            "spends_more", remedy="self_approval", threshold=Threshold(100.0)
        )

    def test_for_whoever_asked_is_any_other_member_where_no_threshold_applies(self) -> None:
        own = replace(STANDING, preferences=NO_ALONE, asked_by="U0MEMBER")
        verdict = may("approve", PEOPLE["member"], own)
        assert isinstance(verdict, Denied)
        assert (verdict.reason, verdict.is_anyone, verdict.remedy) == ("own", True, None)


class TestTwoApprovers:
    standing = replace(STANDING, preferences=replace(NO_ALONE, two_approvers_above_usd_per_day=1000.0))

    def test_are_needed_above_the_threshold_only(self) -> None:
        at, above = (replace(self.standing, change=Change(usd)) for usd in (1000.0, 1000.01))
        assert (at.words_needed, above.words_needed) == (1, 2)

    def test_are_not_needed_where_no_threshold_is_set(self) -> None:
        assert replace(STANDING, change=Change(1e9)).words_needed == 1

    def test_may_include_whoever_asked_as_that_is_not_approving_alone(self) -> None:
        own = replace(self.standing, asked_by="U0MEMBER")
        assert isinstance(may("approve", PEOPLE["member"], own), Denied)
        assert may("approve", PEOPLE["member"], replace(own, change=Change(2000.0))) == Allowed()

    def test_may_each_take_back_what_both_decided(self) -> None:
        both = replace(STANDING, deciders=("U0MEMBER", OTHER))
        assert may("undo", PEOPLE["member"], both) == Allowed()


class TestTheGrounds:
    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("U0OWNER", "U0OWNER"),
            ("<@U0OWNER>", "U0OWNER"),
            ("<@W0OWNER|max>", "W0OWNER"),
            ("video team", None),
            ("<!channel>", None),
            (None, None),
        ],
    )
    def test_take_a_slack_user_alone_for_the_owner(self, store: Store, written: str | None, meant: str | None) -> None:
        with store.write("T1") as scope:
            workloads.save(scope, OwnedWorkload(Workload("video-gen"), owner=written))
            assert grounds(Room(store), scope, "video-gen").owner == meant

    def test_hold_the_administrators_of_the_settings_and_of_the_machine(self, store: Store) -> None:
        with store.write("T1") as scope:
            change(scope, Preferences(administrators=("U1", "U2")))
            assert grounds(Room(store, administrators=("U2", "U3")), scope).administrators == ("U1", "U2", "U3")

    def test_of_another_workspace_are_its_own(self, store: Store) -> None:
        with store.write("T1") as scope:
            change(scope, Preferences(administrators=("U1",)))
        with store.write("T2") as scope:
            assert grounds(Room(store), scope).administrators == ()


class TestThresholdsOfAWorkload:
    strict, loose = Own(10.0, OWNER, is_administrators=False), Own(900.0, OWNER, is_administrators=False)

    def test_are_the_workspace_s_where_it_has_none(self) -> None:
        assert standing(PREFERENCES, {}) == {
            "spending-above": Threshold(100.0), "slowing-above": Threshold(0.1), "two-approvers-above": Threshold(None),
        }  # fmt: skip

    def test_of_its_owner_hold_where_they_are_stricter(self) -> None:
        holding = standing(PREFERENCES, {"spending-above": self.strict, "two-approvers-above": self.loose})
        assert holding["spending-above"] == Threshold(10.0, "owner")
        assert holding["two-approvers-above"] == Threshold(900.0, "owner")

    def test_of_its_owner_do_not_hold_where_the_workspace_is_stricter(self) -> None:
        assert standing(PREFERENCES, {"spending-above": self.loose})["spending-above"] == Threshold(100.0)

    def test_that_protect_the_owner_are_the_owner_s_to_loosen(self) -> None:
        never = Own(None, OWNER, is_administrators=False)
        assert standing(PREFERENCES, {"slowing-above": never})["slowing-above"] == Threshold(None, "owner")

    @pytest.mark.parametrize("above", [None, 5.0, 5000.0])
    def test_of_an_administrator_hold_whatever_the_workspace_says(self, above: float | None) -> None:
        mine = Own(above, "U0ADMIN", is_administrators=True)
        for name in NAMES:
            assert standing(PREFERENCES, {name: mine})[name] == Threshold(above, "administrator")

    def test_are_what_rights_are_judged_by(self, store: Store) -> None:
        with store.write("T1") as scope:
            change(scope, PREFERENCES)
            workloads.save(scope, OwnedWorkload(Workload("video-gen"), owner=OWNER))
            assert change_thresholds(scope, "video-gen", {"spending-above": self.strict})
            here = grounds(Room(store), scope, "video-gen", change=Change(900.0, 50.0))
            assert may("approve", PEOPLE["member"], here) == Denied(
                "spends_more", who_could=(BUDGET_OWNER,), threshold=Threshold(10.0, "owner")
            )
            assert grounds(Room(store), scope, "audio-gen").preferences == PREFERENCES

    def test_of_another_workspace_are_its_own(self, store: Store) -> None:
        for team_id in ("T1", "T2"):
            with store.write(team_id) as scope:
                workloads.save(scope, OwnedWorkload(Workload("video-gen")))
        with store.write("T1") as scope:
            change_thresholds(scope, "video-gen", {"spending-above": self.strict})
        with store.read("T2") as scope:
            assert grounds(Room(store), scope, "video-gen").preferences == Preferences()

    def test_of_a_workload_that_nobody_knows_are_not_kept(self, store: Store) -> None:
        with store.write("T1") as scope:
            assert not change_thresholds(scope, "video-gen", {})

    def test_never_is_looser_than_any_other(self) -> None:
        assert is_looser(None, 1e12)
        assert not is_looser(None, None)
        assert not is_looser(1e12, None)
        assert not is_looser(5.0, 5.0)

    def test_replace_nothing_else_in_the_preferences(self) -> None:
        assert applied(PREFERENCES, standing(PREFERENCES, {})) == PREFERENCES
