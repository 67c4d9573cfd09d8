"""Any data of what is said after a decision, for properties; what it is made of comes from outside."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from bot.handoff import TARGETS, TITLES, Order, snippet

__all__ = ["after_shapes"]

Shape = st.SearchStrategy[Any]


def after_shapes(
    mapping: Callable[..., Shape], texts: Shape, configurations: Shape, intervals: Shape, numbers: Shape, moments: Shape
) -> dict[str, Shape]:
    """View name -> data."""
    measured = mapping(units_per_hour=numbers, usd_per_unit=st.none() | numbers, runs=st.integers(1, 10**9),
                       first_at=moments, last_at=moments)  # fmt: skip
    said = st.sampled_from([None, True, False])
    compared = {
        "configuration": configurations,
        "predicted": mapping(units_per_hour=st.none() | intervals, usd_per_unit=st.none() | intervals),
        "measured": measured,
        "is_inside": mapping(units_per_hour=said, usd_per_unit=said),
        "lesson": st.sampled_from(["not_needed", "learned_before", "refitted"]),
    }
    handed = st.builds(_handed, texts, configurations, st.sets(st.sampled_from(TARGETS), min_size=1))
    planned = mapping(
        unit=texts,
        predicted=mapping(units_per_hour=intervals, usd_per_unit=intervals),
        runner=texts,
        by=texts,
        until=moments,
        state=st.sampled_from(["planned", "reminded", "verified", "cancelled", "expired"]),
        ended_by=st.none() | texts,
    )
    trials = st.builds(lambda one, other: {**one, **other}, handed, planned)
    reasons = st.sampled_from(["unknown_advice", "unknown_trial", "nothing_to_try", "tried_already", "not_yours"])
    keys = st.sampled_from(["7d", "14d", "30d", "runs"])
    nothing = {**compared, "measured": st.none() | measured}
    told = {"workload": texts, "unit": texts}
    deliveries = mapping(
        id=texts,
        event=texts,
        host=st.none() | texts,
        state=st.sampled_from(["waiting", "sending", "sent", "dead"]),
        attempts=st.integers(0, 99),
        status=st.none() | st.integers(100, 599),
        error=st.none() | texts,
        at=moments,
        next_at=st.none() | moments,
    )
    return {
        "webhook_log": mapping(rows=st.lists(deliveries, max_size=12), note=st.sampled_from([None, "again"])),
        "handoff": handed,
        "handoff_undone": mapping(workload=texts, configuration=st.none() | configurations, by=texts),
        "receipt": mapping(**told, key=keys, approved_at=moments, approved_by=texts, **nothing),
        "trial": trials,
        "trial_due": trials,
        "trial_done": mapping(**told, runner=texts, **compared),
        "trial_planned": mapping(workload=texts, runner=texts),
        "trial_refused": mapping(reason=reasons, workload=st.none() | texts, runner=st.none() | texts),
    }


def _handed(workload: str, configuration: Any, shown: set[str]) -> dict[str, Any]:
    order = Order.of(workload, configuration)
    parts = []
    for target in (each for each in TARGETS if each in shown):
        written = snippet(target, order)
        told = {"text": written.text, "filename": written.filename, "command": written.command}
        parts.append({"target": target, "title": TITLES[target], **told})
    others = [each for each in TARGETS if each not in shown]
    return {"about": "a1", "workload": workload, "configuration": configuration, "parts": parts, "others": others,
            "why": "approved"}  # fmt: skip
