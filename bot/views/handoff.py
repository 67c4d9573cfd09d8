"""The hand-off: an approved configuration, or one that is to be tried, as patches that are ready to be copied."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.documents import Handed, HandOff, Patch
from bot.render import Mrkdwn, code, join, say
from bot.views.elements import Element, menu
from bot.views.phrases import configuration, machines, who

__all__ = ["handoff", "handoff_undone", "others_menu", "patches"]

_TITLES = {"skypilot": "SkyPilot", "kubernetes": "Kubernetes", "terraform": "Terraform", "dstack": "dstack"}


def handoff(data: HandOff) -> dict[str, Any]:
    """What `handoff.json.j2` names: the patches, the menu with the other tools, and what comes next."""
    workload, where = data["workload"], configuration(data["configuration"])
    heading = say("*Hand-off of {workload}:* {where}", workload=workload, where=where)
    is_approved = data["why"] == "approved"
    return {
        "heading": heading,
        "patches": patches(data),
        "next": _NEXT if is_approved else "",
        "buttons": others_menu(data["about"], data["others"]),
        "spoken": say("How to run {workload} on {where}.", workload=workload, where=machines(data["configuration"])),
    }


def handoff_undone(data: Mapping[str, Any]) -> dict[str, Any]:
    """What `handoff_undone.json.j2` names."""
    where = configuration(data["configuration"]) if data["configuration"] else "what was approved"
    return {
        "sentence": say(
            "↩ *Undone:* the approval of {workload} by {who} was taken back. Do not apply the hand-off above "
            "({where}); no receipts will follow.",
            workload=data["workload"],
            who=who(data["by"]),
            where=where,
        )
    }


def patches(data: Handed) -> list[Mrkdwn]:
    """Each patch with what to do with it, as one section of its own."""
    return [_patch(part) for part in data["parts"]]


def others_menu(about: str, others: Sequence[str]) -> list[Element]:
    """The menu of the tools that were not asked for; nothing where there is none."""
    options = [(_TITLES[target], f"{about}:{target}") for target in others]
    return [menu("For another tool", "handoff.show", options)] if options else []


def _patch(part: Patch) -> Mrkdwn:
    how = say(
        "*{title}:* save it as `{filename}`, then `{command}`",
        title=part["title"],
        filename=part["filename"],
        command=part["command"],
    )
    return join("\n", [how, code(part["text"])])


_NEXT = Mrkdwn(
    "Receipts follow after 5 runs on it, and after 7, 14 and 30 days: what was predicted against what was measured. "
    "They need the runs: `gpu-advise import runs FILE`."
)
