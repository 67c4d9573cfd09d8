"""What an answer cannot do without: the reason why there is none, and what would settle it."""

from datetime import datetime

import numpy as np

from engine.advice import Undetermined
from engine.cost import latest_run
from engine.history import History
from engine.space import FILTERS, CatalogIndex
from engine.workload import Filters, Workload

__all__ = ["run_of_today", "unrentable"]


def run_of_today(workload: Workload, history: History, index: CatalogIndex, now: datetime) -> int | Undetermined:
    """The run that shows today's configuration; else the first thing that is missing for an answer."""
    deadline = workload.constraints.deadline
    if deadline is not None and deadline.at <= now:
        passed = f"its deadline, {deadline.at:%Y-%m-%d %H:%M} {deadline.at.tzname()}, has passed"
        return Undetermined(passed, "a later one")
    if not len(history):
        return Undetermined("no run of this workload is known", "import its history: one successful run is enough")
    run = latest_run(history)
    if run is None:
        return _never_succeeded(history)
    return _unknown_part(history.accelerator[run], index) or unrentable(workload.filters, index) or run


def _unknown_part(part: str, index: CatalogIndex) -> Undetermined | None:
    if index.catalog.accelerators.knows(part):
        return None
    return Undetermined(f"it runs on {part}, which has no spec sheet", f"import the spec sheet of {part}")


def unrentable(filters: Filters, index: CatalogIndex) -> Undetermined | None:
    """Why `filters` leave nothing that can be rented; None where something is left."""
    if not len(index.prices):
        return Undetermined("no price is known", "import offers")
    kept: dict[str, tuple[str, ...]] = {}
    for name in FILTERS:  # in the order in which the certificate blames them
        kept[name] = getattr(filters, name)
        if kept[name] and not len(index.usable(Filters(**kept)).rows):  # type: ignore[arg-type]  # each has its own words
            named = f"{name.replace('_', ' ')} {', '.join(kept[name])}"
            return Undetermined(
                f"no offer passes the filters: none is left by {named}", f"allow more {name.replace('_', ' ')}"
            )
    if not len(index.usable(filters).rows):
        return Undetermined("no offer passes the filters: none is left by the quotas", "raise a quota")
    return None


def _never_succeeded(history: History) -> Undetermined:
    out_of_memory = np.flatnonzero(history.status == "oom")
    tried = "its only run did not succeed" if len(history) == 1 else f"none of its {len(history)} runs succeeded"
    if not len(out_of_memory):
        return Undetermined(tried, "one successful run, on anything")
    part = history.accelerator[out_of_memory[-1]]
    return Undetermined(f"{tried}: memory was too small", f"one successful run, on more memory than {part} has")
