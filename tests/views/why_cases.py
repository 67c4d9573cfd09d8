"""Why in every state worth a golden file: with and without runs, and with what was measured since."""

from dataclasses import replace
from typing import Any

from engine.advice import Advice, BreakEven, Flatness, as_document
from tests.views.view_samples import (
    A10G,
    ADVICE,
    FOUR_A10G,
    HOSTILE,
    HUGE,
    INFEASIBLE,
    LONGEST,
    NOW,
    RTL,
    UNDETERMINED,
    around,
    pick,
    with_picks,
)

__all__ = ["WHY_CASES", "ran", "story", "verified"]


def ran(accelerator: str = "A10G", **changes: Any) -> dict[str, Any]:
    """What one configuration taught."""
    row = {
        "accelerator": accelerator,
        "accelerator_count": 4,
        "node_count": 1,
        "n_succeeded": 40,
        "n_out_of_memory": 0,
        "units_per_hour": 61.5,
        "last_success": 1.0,
    }
    return row | changes


def verified(**changes: Any) -> dict[str, Any]:
    """A comparison of what was predicted with what runs measured."""
    found = {
        "configuration": as_document(FOUR_A10G),
        "predicted": {"units_per_hour": as_document(around(64.1)), "usd_per_unit": as_document(around(0.0885))},
        "measured": {"units_per_hour": 62.0, "usd_per_unit": 0.0915, "runs": 3, "first_at": NOW, "last_at": NOW},
        "is_inside": {"units_per_hour": True, "usd_per_unit": True},
    }
    return found | changes


def story(answer: Advice = ADVICE, **changes: Any) -> dict[str, Any]:
    """The data of `modal_why`."""
    return {"advice_id": "A-1", "document": as_document(answer), "runs": [], "verification": None} | changes


RUNS = [ran(), ran("H100-80GB", n_succeeded=1, accelerator_count=1), ran("L4", n_succeeded=0, n_out_of_memory=2)]
PAIRS = (BreakEven("cost", "value", 0.0), BreakEven("value", "performance", 0.83))

WHY_CASES: dict[str, dict[str, Any]] = {
    "open": story(runs=RUNS),
    "verified": story(runs=RUNS, verification=verified()),
    "missed": story(
        runs=[ran(f"GPU-{number}") for number in range(9)],
        verification=verified(is_inside={"units_per_hour": False, "usd_per_unit": None}),
    ),
    "break-even-of-each-pair": story(
        replace(ADVICE, break_even_pairs=PAIRS, flatness=Flatness(0.06, "flat", probability_flat=0.63))
    ),
    "undetermined": story(UNDETERMINED),
    "infeasible": story(INFEASIBLE),
    "stay": story(with_picks(performance=pick(A10G, 12.4, evidence="verified"))),
    "huge-and-tiny-numbers": story(HUGE, runs=[ran(units_per_hour=4.2e13, n_succeeded=10**9)]),
    **{
        f"name-{kind}": story(replace(ADVICE, workload=name, unit=name, reason=name), runs=[ran(name)])
        for kind, name in {"longest": LONGEST, "hostile": HOSTILE, "rtl": RTL}.items()
    },
}
