"""Who may do what. One function decides, from who somebody is at this moment and what the workspace prefers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

from bot.store import Scope, workloads
from bot.usecases.room import Room
from bot.usecases.workspace.people import Person
from bot.usecases.workspace.preferences import Preferences, preferences
from bot.usecases.workspace.thresholds import Name, Standing, Threshold, applied, own, standing

__all__ = ["ACTIONS", "Action", "Allowed", "Change", "Denied", "Grounds", "grounds", "is_administrator", "may"]

Action = Literal[
    "ask", "share", "track", "digest", "try", "approve", "snooze", "dismiss", "revoke", "undo", "settings",
    "restage", "thresholds",
]  # fmt: skip
Reason = Literal[
    "deactivated", "bot", "stranger", "guest", "administrators", "spends_more", "slows_down", "own", "not_yours",
    "not_owner",
]  # fmt: skip
Remedy = Literal["budget_owners", "owner", "self_approval"]
"""What an administrator could change where nobody who is named could do it: the list of budget owners, the workload's
owner, or whether people may approve what they asked for themselves."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an approval changes: USD a day then, how much more than today, and the share of throughput that is lost."""

    usd_per_day: float = 0.0
    more_usd_per_day: float = 0.0
    slower_by: float = 0.0


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a right depends on besides the person: Slack user ids, the preferences, and the change to be approved.

    `thresholds` says whose word each of the thresholds in `preferences` is, where it is not the workspace's.
    """

    preferences: Preferences = field(default_factory=Preferences)
    administrators: tuple[str, ...] = ()
    owner: str | None = None
    asked_by: str | None = None
    deciders: tuple[str, ...] = ()
    change: Change = field(default_factory=Change)
    thresholds: Standing = field(default_factory=dict)

    @property
    def words_needed(self) -> int:
        """How many different people must approve the change."""
        above = self.preferences.two_approvers_above_usd_per_day
        return 2 if above is not None and self.change.usd_per_day > above else 1

    def threshold(self, name: Name) -> Threshold:
        """What holds under that name, and whose word it is."""
        return self.thresholds.get(name) or standing(self.preferences, {})[name]


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes."""


@dataclass(frozen=True, slots=True)
class Denied:
    """No, and the way on: any other member, or who of those named could, or else what an administrator can change.

    `threshold` is the one that was passed, where one was.
    """

    reason: Reason
    is_anyone: bool = False
    who_could: tuple[str, ...] = ()
    remedy: Remedy | None = None
    threshold: Threshold | None = None

    def as_document(self, action: Action, workload: str | None = None) -> dict[str, Any]:
        """The data of the view `not_allowed`."""
        return {**asdict(self), "who_could": list(self.who_could), "action": action, "workload": workload}


Verdict: TypeAlias = Allowed | Denied


def grounds(room: Room, scope: Scope, workload: str | None = None, **details: Any) -> Grounds:
    """What stands in this workspace, for that workload; `details` are the other fields of Grounds."""
    prefers = preferences(scope)
    owned = workloads.get(scope, workload) if workload is not None else None
    holding = standing(prefers, own(scope, workload) if workload is not None else {})
    named = tuple(dict.fromkeys((*prefers.administrators, *room.administrators)))
    owner = _user(owned.owner if owned else None)
    return Grounds(applied(prefers, holding), named, owner, thresholds=holding, **details)


def _user(owner: str | None) -> str | None:
    """The Slack user id in what a workload says of its owner; a team or a name has no rights of its own."""
    found = re.fullmatch(r"<?@?([UW][A-Z0-9]{2,})(?:\|[^<>]*)?>?", owner or "")
    return found.group(1) if found else None


def may(action: Action, person: Person, grounds: Grounds) -> Verdict:
    """Whether `person` may do it. `person` must be fresh (`room.people`); docs/slack.md has the table."""
    reason = _barred(action, person) or _RULES[action](person, grounds)
    return Allowed() if reason is None else _denied(reason, action, person, grounds)


def _barred(action: Action, person: Person) -> Reason | None:
    """Who may not whatever the preferences say; guests may ask, as Slack lets them see what they ask about."""
    if person.is_deactivated:
        return "deactivated"
    if person.is_bot:
        return "bot"
    if person.is_stranger:
        return "stranger"
    return "guest" if person.is_guest and action != "ask" else None


def _anybody(_person: Person, _grounds: Grounds) -> Reason | None:
    return None


def _administrator(person: Person, grounds: Grounds) -> Reason | None:
    return None if is_administrator(person, grounds) else "administrators"


def _approver(person: Person, grounds: Grounds) -> Reason | None:
    prefers, change, is_boss = grounds.preferences, grounds.change, is_administrator(person, grounds)
    is_budget_owner = is_boss or person.user_id in prefers.budget_owners
    if (
        _is_above(change.more_usd_per_day, prefers.spending_needs_budget_owner_above_usd_per_day)
        and not is_budget_owner
    ):
        return "spends_more"
    is_owner = is_boss or person.user_id == grounds.owner
    if _is_above(change.slower_by, prefers.slowing_needs_owner_above) and not is_owner:
        return "slows_down"
    is_alone = not prefers.is_self_approval_allowed and grounds.words_needed == 1
    return "own" if is_alone and person.user_id == grounds.asked_by else None


def _decider(person: Person, grounds: Grounds) -> Reason | None:
    return None if person.user_id in grounds.deciders or is_administrator(person, grounds) else "not_yours"


def _steward(person: Person, grounds: Grounds) -> Reason | None:
    """The owner; of a workload that has none in Slack, anybody, or its tag could never be put right."""
    is_theirs = grounds.owner is None or person.user_id == grounds.owner or is_administrator(person, grounds)
    return None if is_theirs else "not_owner"


def _owner(person: Person, grounds: Grounds) -> Reason | None:
    """The owner alone, or an administrator: of a workload without owner a member would lift what protects it."""
    is_theirs = person.user_id == grounds.owner or is_administrator(person, grounds)
    return None if is_theirs else "not_owner"


def is_administrator(person: Person, grounds: Grounds) -> bool:
    """Whether they count as one: by Slack's word, the settings' or the machine's."""
    return person.is_administrator or person.user_id in grounds.administrators


def _is_above(value: float, threshold: float | None) -> bool:
    return threshold is not None and value > threshold


_RULES: Mapping[Action, Callable[[Person, Grounds], Reason | None]] = {
    **dict.fromkeys(("ask", "share", "track", "digest", "try", "snooze", "dismiss", "revoke"), _anybody),
    "approve": _approver,
    "undo": _decider,
    "restage": _steward,
    "thresholds": _owner,
    "settings": _administrator,
}
ACTIONS: tuple[Action, ...] = tuple(_RULES)


_PASSED: Mapping[Reason, Name] = {"spends_more": "spending-above", "slows_down": "slowing-above"}


def _denied(reason: Reason, action: Action, person: Person, grounds: Grounds) -> Denied:
    """Those of whom the preferences know that they could; their accounts are looked at when they try."""
    named = (*grounds.preferences.budget_owners, grounds.owner, *grounds.deciders, *grounds.administrators)
    others = [it for it in dict.fromkeys(named) if it is not None and it != person.user_id]
    could = tuple(it for it in others if _RULES[action](Person(it), grounds) is None)
    is_anyone = _RULES[action](Person(""), grounds) is None
    passed = grounds.threshold(_PASSED[reason]) if reason in _PASSED else None
    return Denied(reason, is_anyone, could, None if could or is_anyone else _remedy(reason, grounds), passed)


def _remedy(reason: Reason, grounds: Grounds) -> Remedy | None:
    """Where there are budget owners or an owner and none of them could, they asked for it themselves."""
    if reason == "spends_more" and not grounds.preferences.budget_owners:
        return "budget_owners"
    if reason in {"slows_down", "not_owner"} and grounds.owner is None:
        return "owner"
    return "self_approval" if reason in {"own", "spends_more", "slows_down"} else None
