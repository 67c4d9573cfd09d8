"""What one workload has of its own: its stage, the thresholds of its approvals, and what its answers leave out."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.render import Mrkdwn, join, say
from bot.views.deciding import exclusion_rows
from bot.views.elements import button
from bot.views.phrases import quoted, who

__all__ = ["modal_workload", "workload_changed", "workload_settings"]

_WHOSE = {
    "workspace": "as everywhere in this workspace",
    "owner": "set by its owner",
    "administrator": "set by an administrator",
}
_RULE = (
    "Left empty, the workspace's applies. Its owner may ask for more care than the workspace does; only an "
    "administrator may ask for less."
)


def workload_settings(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `workload_settings.json.j2` names."""
    return {
        "workload": data["workload"],
        "name": quoted(data["workload"]),
        "stage": _stage(data["stage"]),
        "owner": _owner(data["owner"]),
        "thresholds": join("\n", list(_thresholds(data["rows"]))),
        "buttons": [button("Change", "workload.settings", data["workload"])],
        "rows": exclusion_rows(data["exclusions"]),
    }


def workload_changed(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `workload_changed.json.j2` names: from what to what."""
    lines = [say("*{key}* {before} → {after}", **change) for change in data["changes"]]
    return {"workload": data["workload"], "lines": join("\n", list(lines))}


def modal_workload(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `modal_workload.json.j2` names: boxes for what this person may change, words for the rest."""
    stages = [{"label": stage.capitalize(), "value": stage} for stage in data["stages"]]
    return {
        "metadata": data["metadata"],
        "workload": data["workload"],
        "owner": _owner(data["owner"]),
        "stages": stages if data["can_restage"] else [],
        "stage": next((stage for stage in stages if stage["value"] == data["stage"]), None),
        "boxes": [_box(row) for row in data["rows"]] if data["can_change"] else [],
        "thresholds": Mrkdwn("") if data["can_change"] else join("\n", list(_thresholds(data["rows"]))),
        "rule": _RULE if data["can_change"] else _for_others(data["owner"]),
    }


def _stage(stage: str | None) -> Mrkdwn:
    return say("*Stage:* {stage}", stage=stage or "read from its history")


def _owner(owner: str | None) -> Mrkdwn:
    return say("*Owner:* {owner}", owner=who(owner) if owner else "nobody in Slack")


def _thresholds(rows: Sequence[Mapping[str, Any]]) -> list[Mrkdwn]:
    return [
        say("{label}: *{value}*, {whose}", label=row["label"], value=row["value"], whose=_WHOSE[row["whose"]])
        for row in rows
    ]


def _box(row: Mapping[str, Any]) -> dict[str, Any]:
    unit = (
        "A share of today's speed, such as 10 %" if row["key"] == "slowing-above" else "US dollars a day, such as $500"
    )
    hint = f"{unit}; or never. In this workspace: {row['workspace']}."
    return {"key": row["key"], "label": row["label"], "value": row["own"], "hint": hint}


def _for_others(owner: str | None) -> Mrkdwn:
    if owner is None:
        return Mrkdwn("It has no owner in Slack, so only an administrator of this workspace may change these.")
    return say("Only {owner}, its owner, or an administrator of this workspace may change these.", owner=who(owner))
