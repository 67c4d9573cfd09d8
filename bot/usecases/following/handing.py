"""Handing a configuration over to whoever starts the runs: ready patches for the tools that the workspace uses."""

from collections.abc import Iterable

from bot.documents import Handed, HandOff, Patch
from bot.handoff import TARGETS, TITLES, Order, Target, snippet
from bot.posts import Post
from bot.store import Scope, advices, decisions, outbox, trials
from bot.usecases.deciding.standing import refuse
from bot.usecases.requests import Click
from bot.usecases.room import Room
from bot.usecases.workspace.preferences import preferences
from engine import OfferedDocument

__all__ = ["handed", "show"]


def handed(scope: Scope, workload: str, configuration: OfferedDocument) -> Handed:
    """The patches of `configuration` for the workspace's tools, its default first; and which other tools there are."""
    wanted = preferences(scope).handoff
    return {
        "workload": workload,
        "configuration": configuration,
        "parts": _parts(workload, configuration, wanted),
        "others": [target for target in TARGETS if target not in wanted],
    }


def show(room: Room, click: Click, request_id: str) -> None:
    """Post the patch for one more tool, to the clicker alone; the value is `<id of an advice or a trial>:<tool>`."""
    about, _, tool = click.value.partition(":")
    target = next((known for known in TARGETS if known == tool), None)
    with room.store.write(click.team_id, settles=request_id) as scope:
        found = _about(scope, about)
        if found is None or target is None:
            refuse(scope, click.in_private, "unknown_advice")
            return
        workload, configuration = found
        data: HandOff = {
            "about": about,
            "workload": workload,
            "configuration": configuration,
            "parts": _parts(workload, configuration, (target,)),
            "others": [],
            "why": "asked",
        }
        outbox.put(scope, Post(click.in_private, "handoff", data))


def _about(scope: Scope, about: str) -> tuple[str, OfferedDocument] | None:
    """The workload and the configuration that were approved or are to be tried."""
    trial = trials.get(scope, about)
    if trial is not None:
        return trial.workload, trial.configuration
    advice, decision = advices.get(scope, about), decisions.get(scope, about)
    if advice is None or decision is None or decision.configuration is None:
        return None
    return advice.workload, decision.configuration


def _parts(workload: str, configuration: OfferedDocument, targets: Iterable[Target]) -> list[Patch]:
    order = Order.of(workload, configuration)
    return [_part(target, order) for target in targets]


def _part(target: Target, order: Order) -> Patch:
    written = snippet(target, order)
    return {
        "target": target,
        "title": TITLES[target],
        "text": written.text,
        "filename": written.filename,
        "command": written.command,
    }
