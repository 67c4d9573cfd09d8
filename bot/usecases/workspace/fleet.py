"""A fleet at a glance: what a survey saw, in counts and sums that can be kept."""

from collections import Counter
from collections.abc import Iterable, Mapping
from statistics import median
from typing import Any

from bot.usecases.digests.surveying import Survey

__all__ = ["glance", "scores"]

_SHOWN = 5  # findings


def glance(surveyed: Survey) -> dict[str, Any]:
    """What is kept of a survey. Money in US dollars a week: what could be saved, and what more results are worth."""
    saving = [each for each in surveyed.spotted if each.extra_usd_per_week < 0]
    gaining = [each for each in surveyed.spotted if each.extra_usd_per_week >= 0]
    return {
        "workloads": surveyed.workloads,
        "unanswered": len(surveyed.unanswered),
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


def scores(checks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """How far predictions were from measurements, by accelerator, those checked most often first.

    `error` is the median of |predicted / measured − 1| of throughput; `inside` counts those that the 90 % interval
    held, of `count`.
    """
    by_accelerator: dict[str, list[tuple[float, bool]]] = {}
    for found in checks:
        predicted, measured = found["predicted"]["units_per_hour"], found["measured"]["units_per_hour"]
        if predicted and measured:
            outcome = (abs(predicted["p50"] / measured - 1), predicted["p05"] <= measured <= predicted["p95"])
            by_accelerator.setdefault(found["configuration"]["accelerator"], []).append(outcome)
    rows = [
        {
            "accelerator": accelerator,
            "count": len(outcomes),
            "error": median(error for error, _ in outcomes),
            "inside": sum(is_inside for _, is_inside in outcomes),
        }
        for accelerator, outcomes in by_accelerator.items()
    ]
    return sorted(rows, key=lambda row: (-int(row["count"]), str(row["accelerator"])))
