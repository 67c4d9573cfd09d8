"""*Change stage*: the tag that a workload's runs have outgrown, replaced by what they show."""

from dataclasses import replace
from datetime import datetime

from bot.posts import Post
from bot.store import Scope, advices, audit, outbox, workloads
from bot.store.advices import StoredAdvice
from bot.store.workloads import OwnedWorkload
from bot.usecases.requests import Click
from bot.usecases.room import Room
from bot.usecases.words.problems import Problem, bad_request
from bot.usecases.workspace.rights import refusal
from engine import STAGES, Stage

__all__ = ["change_stage", "tag"]

_UNKNOWN = Problem("that workload is not known any more", "nothing was changed")


def change_stage(room: Room, click: Click, request_id: str | None = None) -> None:
    """Tag the workload that `click.value` (`<advice id>:<stage>`) names; the answer offers the tag it had before."""
    advice_id, _, wanted = click.value.rpartition(":")
    stage = next((known for known in STAGES if known == wanted), None)
    with room.store.read(click.team_id) as scope:
        advice = advices.get(scope, advice_id)
    to = click.in_private
    refused = refusal(room, click.team_id, click.user_id, "restage", to, advice.workload) if advice else None
    with room.store.write(click.team_id, settles=request_id) as scope:
        if refused is not None:
            outbox.put(scope, refused)
        elif advice is None or stage is None or not _tag(room, scope, click, advice, stage):
            outbox.put(scope, bad_request(to, "", _UNKNOWN))


def tag(
    scope: Scope, now: datetime, by: str | None, owned: OwnedWorkload, stage: Stage | None, before: str | None
) -> None:
    """Write the tag (None: the history decides) in place of the one `before`, whatever else is asked of it."""
    workloads.save(scope, replace(owned, workload=replace(owned.workload, stage=stage)))
    audit.record(scope, now, by, "workload.stage", owned.workload.name, before=before, after=stage)


def _tag(room: Room, scope: Scope, click: Click, advice: StoredAdvice, stage: Stage) -> bool:
    """Write the tag; False when nobody knows the workload."""
    name, owned = advice.workload, workloads.get(scope, advice.workload)
    if owned is None:
        return False
    found = advice.document.get("stage")
    before = owned.workload.stage or (found and found["value"])  # a tag that only its runs carry is one, too
    tag(scope, room.clock(), click.user_id, owned, stage, before)
    data = {"workload": name, "stage": stage, "before": before, "by": click.user_id, "advice_id": advice.id}
    outbox.put(scope, Post(click.in_private, "restaged", data))
    return True
