"""A fleet at a glance: what a survey saw, in counts and sums that can be kept."""

from collections import Counter
from typing import Any

from bot.usecases.digests.surveying import Survey

__all__ = ["glance"]

_SHOWN = 5  # findings


def glance(surveyed: Survey) -> dict[str, Any]:
    """What is kept of a survey. Money in US dollars a week: what could be saved, and what more results are worth."""
    saving = [each for each in surveyed.spotted if each.extra_usd_per_week < 0]
    gaining = [each for each in surveyed.spotted if each.extra_usd_per_week >= 0]
    return {
        "workloads": surveyed.workloads,
        "unanswered": len(surveyed.unanswered),
        "undetermined": len(surveyed.undetermined),
        "stages": dict(surveyed.stages),
        "kinds": dict(surveyed.kinds),
        "findings": dict(Counter(each.kind for each in surveyed.spotted)),
        "saved_usd_per_week": -sum(each.extra_usd_per_week for each in saving),
        "results_usd_per_week": sum(each.worth_usd_per_week for each in gaining),
        "top": [
            {"workload": each.workload, "kind": each.kind, "worth_usd_per_week": each.worth_usd_per_week}
            for each in surveyed.spotted[:_SHOWN]
        ],
    }
