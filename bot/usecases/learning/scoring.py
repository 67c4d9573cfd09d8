"""How far predictions were from measurements, by accelerator: after approvals and trials, and on the history itself."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from engine import Accelerators, Hindsight, Model, Observations, as_document, leave_one_out

__all__ = ["looked_back", "scores"]

_MOST = 200  # workloads: two seconds at most, whenever a model is fitted


def looked_back(model: Model, known: Sequence[Observations], accelerators: Accelerators) -> dict[str, Any]:
    """The scores on the history that `model` was fitted on: each configuration predicted from its workload's others.

    `workloads` of the `eligible` ones, those that ran on two configurations or more, were looked at.
    """
    eligible = sum(bool(each.is_measured.sum() > 1) for each in known)
    found = list(leave_one_out(model, known, accelerators, _MOST))
    looked_at = len({each.workload for each in found})
    return {"eligible": eligible, "workloads": looked_at, "scores": scores(map(_check, found))}


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


def _check(found: Hindsight) -> dict[str, Any]:
    return {
        "configuration": {"accelerator": found.accelerator},
        "predicted": {"units_per_hour": as_document(found.predicted)},
        "measured": {"units_per_hour": found.measured},
    }
