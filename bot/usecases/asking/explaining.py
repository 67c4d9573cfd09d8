"""Why: the story behind an advice, opened beside the card and read by whoever asked."""

import math
from collections.abc import Mapping
from typing import Any

from bot.documents import Observed, Story
from bot.posts import Modal
from bot.store import Scope, advices, models
from bot.usecases.deciding.confirming import refusal
from bot.usecases.following.measuring import verification
from bot.usecases.requests import Click
from bot.usecases.room import Room

__all__ = ["explain"]


def explain(room: Room, click: Click) -> Modal:
    """The story of the advice that `click.value` names, with what its runs taught and what was checked since."""
    with room.store.read(click.team_id) as scope:
        advice = advices.get(scope, click.value)
        if advice is None:
            return refusal("unknown_advice", None, room.clock())
        data: Story = {
            "advice_id": advice.id,
            "document": advice.document,
            "runs": _runs(scope, advice.workload),
            "verification": verification(scope, advice.id),
            "exclusions": list(advice.request.get("exclusions", ())),
        }
    return Modal("modal_why", data)


def _runs(scope: Scope, workload: str) -> list[Observed]:
    """What every configuration that it ran on taught, the one used last first."""
    known = models.observations(scope, workload)
    columns: Mapping[str, Any] = {} if known is None else known.document
    rows = [_row(columns, place) for place in range(len(columns.get("accelerator", ())))]
    return sorted(rows, key=lambda row: -row["last_success"])


def _row(columns: Mapping[str, Any], place: int) -> Observed:
    log_speed = columns["log_units_per_hour"][place]
    return {
        "accelerator": columns["accelerator"][place],
        "accelerator_count": columns["accelerator_count"][place],
        "node_count": columns["node_count"][place],
        "n_succeeded": columns["n_succeeded"][place],
        "n_out_of_memory": columns["n_out_of_memory"][place],
        "units_per_hour": None if log_speed is None else math.exp(log_speed),
        "last_success": columns["last_success"][place] or 0.0,
    }
