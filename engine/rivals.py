"""What else a pick could have been: the runner-up, and near-equals for stock-outs."""

import math

import numpy as np

from engine.advice import Configuration
from engine.outlook import Outlook
from engine.picks import Found, configuration_at, offer_at
from engine.strategy import Preference, best
from engine.units import Bools, Floats, Integers

__all__ = ["fallbacks_of", "runner_up_of"]

_NEAR = math.log(1.02)  # within 2 % of the pick's utility
_MOST_FALLBACKS = 5


def runner_up_of(found: Found, preference: Preference) -> int | None:
    """Position of the point that would be chosen if the pick were gone; None when it is alone."""
    others = np.delete(np.arange(len(found.points)), found.best)
    if not len(others):
        return None
    return int(others[best(found.objective, found.points.take(others), preference.value_of_time_usd_per_hour)])


def fallbacks_of(found: Found, preference: Preference, outlook: Outlook) -> tuple[Configuration, ...]:
    """Feasible offers within 2 % of the pick on another accelerator, provider or region; best first, one of each."""
    rows, shapes = _offers_near(found, preference, outlook)
    pick = configuration_at(outlook, found.shape)
    seen, kept = {_place(pick)}, list[Configuration]()
    for row, shape in zip(rows.tolist(), shapes.tolist(), strict=True):
        configuration = offer_at(outlook, row, shape)
        if _place(configuration) not in seen and len(kept) < _MOST_FALLBACKS:
            seen.add(_place(configuration))
            kept.append(configuration)
    return tuple(kept)


def _place(configuration: Configuration) -> tuple[str | None, ...]:
    return configuration.accelerator, configuration.provider, configuration.region


def _offers_near(found: Found, preference: Preference, outlook: Outlook) -> tuple[Integers, Integers]:
    """Rows and shapes of the feasible offers within 2 % of the pick, best first, then cheapest, then in their order."""
    points, space = found.points, outlook.space
    goal = preference.utility(found.usd_per_hour, math.log(found.units_per_hour))
    near = np.flatnonzero(preference.utility(points.usd_per_hour, np.log(points.units_per_hour)) >= goal - _NEAR)
    _, n_nodes, n_ways = space.size
    classes = space.usable.classes[points.shape[near] // (n_nodes * n_ways)]
    bounds = list(zip(space.usable.starts[classes], space.usable.starts[classes + 1], strict=True))
    offers = [space.usable.rows[start:end] for start, end in bounds]
    rows = np.concatenate(offers)
    shapes = np.repeat(points.shape[near], [len(each) for each in offers])
    usd_per_hour = space.index.prices[rows] * outlook.shapes.node_count[shapes]
    losses = goal - preference.utility(usd_per_hour, np.log(outlook.p50[shapes]))
    totals = outlook.shapes.total[shapes]
    is_held = totals <= np.concatenate([space.usable.caps[start:end] for start, end in bounds])
    kept = np.flatnonzero((losses <= _NEAR) & is_held & _is_feasible(found, outlook, shapes, usd_per_hour))
    order = kept[np.lexsort((rows[kept], usd_per_hour[kept], losses[kept]))]
    return rows[order], shapes[order]


def _is_feasible(found: Found, outlook: Outlook, shapes: Integers, usd_per_hour: Floats) -> Bools:
    """Whether dearer offers of feasible shapes still keep the limits on money: the others they keep already."""
    speeds = outlook.speeds(found.confidence).cautious.ravel()[shapes]
    return usd_per_hour <= found.limits.relaxed.most_usd_per_hour(speeds)
