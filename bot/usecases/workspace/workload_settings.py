"""What one workload has of its own: its stage, its thresholds, and what its answers leave out."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.posts import Destination, Modal, Post
from bot.store import Scope, advices, audit, history, outbox, workloads
from bot.store.workloads import OwnedWorkload
from bot.usecases.asking.advise import Asker, Unknown
from bot.usecases.deciding.excluding import as_documents
from bot.usecases.deciding.restaging import tag
from bot.usecases.origin import Origin
from bot.usecases.requests import Click, Submission
from bot.usecases.room import Room
from bot.usecases.words.problems import bad_request
from bot.usecases.workspace.people import Person, known
from bot.usecases.workspace.permissions import Action, Allowed, Denied, Grounds, grounds, is_administrator, may
from bot.usecases.workspace.preferences import preferences
from bot.usecases.workspace.rights import note
from bot.usecases.workspace.threshold_words import Wanted, changed, read, rows, spelled
from bot.usecases.workspace.thresholds import NAMES, change, own
from engine import STAGES, Stage

__all__ = ["change_by_words", "check", "form", "save", "show", "unknown"]

_MACHINE = Person("", is_administrator=True)  # on the command line the machine's own rights decide


class _Opened(Origin):
    """Where the form was opened, about which workload, and what was set then."""

    workload: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class _Case:
    """One person before the settings of one workload; `person` is None where Slack does not say who that is."""

    owned: OwnedWorkload
    grounds: Grounds
    person: Person | None

    def verdict(self, action: Action) -> Allowed | Denied | None:
        """Whether they may; None where nobody knows who they are."""
        return None if self.person is None else may(action, self.person, self.grounds)

    def can(self, action: Action) -> bool:
        """Whether they may, for certain."""
        return isinstance(self.verdict(action), Allowed)

    @property
    def name(self) -> str:
        """The workload's."""
        return self.owned.workload.name


def show(room: Room, asker: Asker, workload: str) -> bool:
    """Answer `settings WORKLOAD` to anybody; False, without a word, where nobody knows it."""
    case = _case(room, asker.team_id, asker.user, workload)
    if case is None:
        return False
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        _put(scope, asker.destination, "workload_settings", _document(scope, case))
    return True


def unknown(room: Room, asker: Asker, workload: str) -> None:
    """Say that nobody knows that workload, and the nearest names."""
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        found = Unknown(workload, tuple(history.nearest(scope, workload)), len(history.names(scope)))
        _put(scope, asker.destination, "unknown_workload", found.as_document())


def change_by_words(room: Room, asker: Asker, workload: str, pairs: Mapping[str, str], asked: str) -> bool:
    """Answer `settings WORKLOAD KEY=VALUE…`; False, without a word, where nobody knows the workload."""
    case = _case(room, asker.team_id, asker.user, workload)
    if case is None:
        return False
    wanted, wrong = read(pairs)
    problems = tuple(each.problem for each in wrong.values())
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        refused = _refused(room, scope, case, asker.user, asker.destination)
        if refused is None and problems:
            refused = bad_request(asker.destination, asked, *problems)
        if refused is not None:
            outbox.put(scope, refused)
        else:
            _apply(room, scope, asker.destination, case, asker.user, wanted, asked)
    return True


def form(room: Room, click: Click) -> Modal:
    """The form with the stage and the thresholds of the workload that `click.value` names, by an advice or itself."""
    with room.store.read(click.team_id) as scope:
        advice = advices.get(scope, click.value)
    name = advice.workload if advice else click.value
    case = _case(room, click.team_id, click.user_id, name)
    if case is None:
        return _nothing("decision_refused", {"reason": "unknown_workload", "decision": None, "workload": name})
    return _refused_form(room, click, case) or _filled_form(room, click, case)


def _refused_form(room: Room, click: Click, case: _Case) -> Modal | None:
    """For who may change nothing of it. The one thing that opening it writes down is that somebody tried."""
    verdict = case.verdict("thresholds")
    if verdict is None:
        return _nothing("decision_refused", {"reason": "who_is_that", "decision": None, "workload": case.name})
    if isinstance(verdict, Allowed) or case.can("restage"):
        return None
    with room.store.write(click.team_id) as scope:
        note(scope, room.clock(), click.user_id, "thresholds", verdict, case.name)
    return _nothing("not_allowed", verdict.as_document("thresholds", case.name))


def _filled_form(room: Room, click: Click, case: _Case) -> Modal:
    with room.store.read(click.team_id) as scope:
        data, version = _document(scope, case), _version(scope, case.owned)
    opened = _Opened(**Origin.at(click).model_dump(), workload=case.name, version=version)
    return Modal("modal_workload", {
        **data,
        "metadata": opened.model_dump_json(exclude_defaults=True),
        "stages": list(STAGES),
        "can_restage": case.can("restage"),
        "can_change": case.can("thresholds"),
    })  # fmt: skip


def check(room: Room, submitted: Submission) -> Mapping[str, str]:
    """What is wrong with each box, what an owner may not loosen included."""
    opened = _Opened.read(submitted.metadata)
    boxes = _typed(submitted)
    if not boxes:
        return {}
    case = _case(room, submitted.team_id, submitted.user_id, opened.workload)
    with room.store.read(submitted.team_id) as scope:
        if case is None or _version(scope, case.owned) != opened.version:
            return {next(iter(boxes)): "Somebody changed this while it was open: close it and open it again."}
        wanted, wrong = read(boxes)
        _, lifted = changed(
            own(scope, case.name), wanted, preferences(scope), submitted.user_id, is_administrator=_is_boss(case)
        )  # fmt: skip
    return {key: f"{each.problem.what}: {each.problem.hint}" for key, each in (wrong or lifted).items()}


def save(room: Room, submitted: Submission, request_id: str) -> None:
    """Set what the form says, each part by the rights of this moment."""
    opened = _Opened.read(submitted.metadata)
    case = _case(room, submitted.team_id, submitted.user_id, opened.workload)
    to = opened.in_private(submitted.user_id)
    with room.store.write(submitted.team_id, settles=request_id) as scope:
        if case is None:
            data = {"reason": "unknown_workload", "decision": None, "workload": opened.workload}
            return _put(scope, to, "decision_refused", data)
        restaged = _restage(room, scope, case, submitted)
        wanted, _ = read(_typed(submitted))
        refused = _refused(room, scope, case, submitted.user_id, to) if wanted else None
        if refused is None:
            return _apply(room, scope, to, case, submitted.user_id, wanted, "", restaged)
        outbox.put(scope, refused)
        return None


def _restage(room: Room, scope: Scope, case: _Case, submitted: Submission) -> list[dict[str, str]]:
    """Write the stage that was chosen; how it changed, if it did and they may."""
    chosen = submitted.first("stage")
    stage: Stage | None = next((each for each in STAGES if each == chosen), None)
    before = case.owned.workload.stage
    if "stage" not in submitted.values or stage == before or not case.can("restage"):
        return []
    tag(scope, room.clock(), submitted.user_id, case.owned, stage, before)
    return [{"key": "stage", "before": before or _READ, "after": stage or _READ}]


_READ = "read from its history"


def _apply(
    room: Room,
    scope: Scope,
    to: Destination,
    case: _Case,
    by: str | None,
    wanted: Wanted,
    asked: str,
    changes: list[dict[str, str]] | None = None,
) -> None:
    """One write under a lock, recorded from what to what, and said."""
    before = own(scope, case.name, is_locked=True)
    after, lifted = changed(before, wanted, preferences(scope), by, is_administrator=_is_boss(case))
    if lifted:
        outbox.put(scope, bad_request(to, asked, *(each.problem for each in lifted.values())))
        return
    old, new = spelled(before), spelled(after)
    names = [name for name in NAMES if old[name] != new[name]]
    if names:
        change(scope, case.name, after)
        detail = {"before": {name: old[name] for name in names}, "after": {name: new[name] for name in names}}
        audit.record(scope, room.clock(), by, "thresholds.change", case.name, **detail)
    said = [*(changes or ()), *({"key": name, "before": old[name], "after": new[name]} for name in names)]
    _put(scope, to, "workload_changed", {"workload": case.name, "changes": said})


def _case(room: Room, team_id: str, user_id: str | None, workload: str) -> _Case | None:
    """Slack is asked who they are in no transaction; None where nobody knows the workload."""
    with room.store.read(team_id) as scope:
        owned = workloads.get(scope, workload)
        if owned is None:
            return None
        standing = grounds(room, scope, workload)
    person = _MACHINE if user_id is None else known(room.people, team_id, user_id)
    return _Case(owned, standing, person)


def _is_boss(case: _Case) -> bool:
    return case.person is not None and is_administrator(case.person, case.grounds)


def _document(scope: Scope, case: _Case) -> dict[str, Any]:
    """The data of the view `workload_settings`."""
    return {
        "workload": case.name,
        "owner": case.grounds.owner,
        "stage": case.owned.workload.stage,
        "rows": rows(preferences(scope), own(scope, case.name)),
        "exclusions": as_documents(scope, case.name),
    }


def _refused(room: Room, scope: Scope, case: _Case, user_id: str | None, to: Destination) -> Post | None:
    """What to say to whoever may not change its thresholds; the attempt is in the audit log."""
    verdict = case.verdict("thresholds")
    if isinstance(verdict, Denied):
        note(scope, room.clock(), user_id, "thresholds", verdict, case.name)
        return Post(to, "not_allowed", verdict.as_document("thresholds", case.name))
    if verdict is None:
        data = {"reason": "who_is_that", "decision": None, "workload": case.name}
        return Post(to, "decision_refused", data)
    return None


def _nothing(view: str, data: dict[str, Any]) -> Modal:
    return Modal("modal_refused", {"view": view, "data": data})


def _typed(submitted: Submission) -> dict[str, str]:
    return {name: submitted.first(name) or "" for name in NAMES if name in submitted.values}


def _version(scope: Scope, owned: OwnedWorkload) -> str:
    now = [owned.workload.stage, spelled(own(scope, owned.workload.name))]
    return hashlib.sha256(json.dumps(now).encode()).hexdigest()[:16]


def _put(scope: Scope, to: Destination, view: str, data: dict[str, Any]) -> None:
    outbox.put(scope, Post(to, view, data))
