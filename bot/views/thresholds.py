"""Whose word a threshold is and where it lies, in the sentences that tell people of it."""

from collections.abc import Mapping
from typing import Any

from bot.views.numbers import money, percent

__all__ = ["slowing_above", "spending_above", "two_people"]

_ASKING = {
    "workspace": "This workspace asks",
    "owner": "This workload's owner asks",
    "administrator": "An administrator asks, for this workload alone,",
}
_WHOSE = {
    "workspace": "this workspace's threshold",
    "owner": "the threshold of this workload's owner",
    "administrator": "an administrator's threshold for this workload",
}


def two_people(threshold: Mapping[str, Any] | None) -> str:
    """Why one person's word is not enough."""
    if not threshold or threshold["above"] is None:  # a confirmation of an earlier release
        return "Two people must approve this"
    above = f" above {money(threshold['above'])}/day" if threshold["above"] else ", whatever it costs"
    return f"{_ASKING[threshold['whose']]} for two people{above}"


def spending_above(threshold: Mapping[str, Any] | None) -> str:
    """Why a budget owner must approve."""
    if not threshold or threshold["above"] is None:
        return "This spends so much more than today that a budget owner must approve it"
    more = f"over {money(threshold['above'])}/day more" if threshold["above"] else "more"
    return f"This spends {more} than today ({_WHOSE[threshold['whose']]}), so a budget owner must approve it"


def slowing_above(threshold: Mapping[str, Any] | None, workload: str) -> str:
    """Why the workload's owner must approve."""
    if not threshold or threshold["above"] is None:
        return f"This slows {workload} down so much that its owner must approve it"
    down = f"down by more than {percent(threshold['above'])}" if threshold["above"] else "down"
    return f"This slows {workload} {down} ({_WHOSE[threshold['whose']]}), so its owner must approve it"
