"""What can be had at all: the frontier that a chart draws behind the picks."""

from dataclasses import replace

from engine.advice import Infeasible, Reached
from engine.frontier import evenly
from engine.outlook import Outlook
from engine.picks import find
from engine.search import frontier_of
from engine.strategy import Today
from engine.units import SECONDS_PER_HOUR
from engine.workload import Policy, Workload

__all__ = ["reach"]

_MOST = 40  # points: more than a small picture can show apart


def reach(outlook: Outlook, workload: Workload, today: Today, policy: Policy) -> tuple[Reached, ...]:
    """The frontier under what was asked for, by rising price and speed; empty where nothing is feasible.

    No floor and no guardrail is assumed, so that the picks are seen among what they were chosen from; a frontier of
    more than `_MOST` points is thinned evenly, and both its ends stay.
    """
    found = find("performance", outlook, workload, replace(today, usd_per_hour=None), policy)  # no price, no guardrail
    if isinstance(found, Infeasible):
        return ()
    frontier = found.points.take(frontier_of(found.points))
    thinned = frontier.take(evenly(len(frontier), _MOST))
    return tuple(
        Reached(SECONDS_PER_HOUR / units, usd / units)
        for usd, units in zip(thinned.usd_per_hour.tolist(), thinned.units_per_hour.tolist(), strict=True)
    )
