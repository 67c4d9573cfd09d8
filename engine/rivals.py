"""What else a pick could have been: the runner-up, what would flip the choice, and near-equals for stock-outs."""

import math
from collections.abc import Iterator

import numpy as np

from engine.advice import Configuration
from engine.outlook import Outlook
from engine.picks import Found, configuration_at, offer_at
from engine.search import tests_of
from engine.strategy import Preference, best
from engine.units import Bools, Floats, Integers

__all__ = ["fallbacks_of", "flips_when", "runner_up_of"]

_NEAR = math.log(1.02)  # within 2 % of the pick's utility
_MOST_FALLBACKS = 5
_TIE = 5e-4  # below this, percentages would print as nothing


def runner_up_of(found: Found, preference: Preference) -> int | None:
    """Position of the point that would be chosen if the pick were gone; None when it is alone."""
    others = np.delete(np.arange(len(found.points)), found.best)
    if not len(others):
        return None
    return int(others[best(found.objective, found.points.take(others), preference.value_of_time_usd_per_hour)])


def flips_when(found: Found, preference: Preference, outlook: Outlook, runner_up: int | None) -> str | None:
    """The smallest single change that takes the choice away from the pick, in words; None when nothing could."""
    changes = sorted(_changes(found, preference, outlook, runner_up))
    return changes[0][1] if changes else None


def _changes(
    found: Found, preference: Preference, outlook: Outlook, runner_up: int | None
) -> Iterator[tuple[float, str]]:
    """(size as a natural logarithm, sentence) of each change that would flip the choice."""
    least = float(found.limits.least_units_per_hour(found.usd_per_hour))
    if least > 0.0:
        slack = max(math.log(found.units_per_hour / least), 0.0)
        yield slack, f"it is {_percent(-math.expm1(-slack))} slower than predicted: then it breaks a limit"
    if runner_up is None:
        return
    rival = _name(configuration_at(outlook, int(found.points.shape[runner_up])))
    faster, dearer = _margins(found, preference, runner_up)
    if min(each for each in (faster, dearer) if each is not None) < _TIE:
        yield 0.0, f"anything changes: {rival} is as good"
        return
    if faster is not None:
        yield faster, f"{rival} is {_percent(math.expm1(faster))} faster than predicted"
    if dearer is not None:
        yield dearer, f"its price rises by {_percent(math.expm1(dearer))}: then {rival} is better"


def _margins(found: Found, preference: Preference, runner_up: int) -> tuple[float | None, float | None]:
    """How much faster the runner-up, or how much dearer the pick, would have to be; natural logarithms, None: never."""
    speeds, prices = np.log(found.points.units_per_hour), np.log(found.points.usd_per_hour)
    if preference.ends is not None:
        return _margins_of_bargain(preference.ends, found.best, runner_up, speeds, prices)
    utilities = preference.utility(found.points.usd_per_hour, speeds)
    lead = float(utilities[found.best] - utilities[runner_up])
    match preference.objective, preference.value_of_time_usd_per_hour:
        case "cost", _:
            return None, lead
        case "performance", _:
            return lead, None
        case _, None:
            return lead, lead
        case _, waiting:
            now = found.usd_per_hour
            return lead, math.log1p(math.expm1(lead) * (now + waiting) / now)


def _margins_of_bargain(
    ends: tuple[float, float], pick: int, runner_up: int, speeds: Floats, prices: Floats
) -> tuple[float | None, float | None]:
    """The same for the Nash product (t - slowest) (dearest - c), both ends standing still."""
    gained, left = speeds - ends[0], ends[1] - prices
    ours, theirs = float(gained[pick] * left[pick]), max(float(gained[runner_up] * left[runner_up]), 0.0)
    faster = float(ours / left[runner_up] - gained[runner_up]) if left[runner_up] > 0.0 else None
    return faster, float(left[pick] - theirs / gained[pick])


def _percent(share: float) -> str:
    return f"{100.0 * share:.2g} %" if share < 0.1 else f"{100.0 * share:.0f} %"  # noqa: PLR2004 - two digits suffice


def _name(configuration: Configuration) -> str:
    nodes = f"{configuration.node_count} x " if configuration.node_count > 1 else ""
    return f"{nodes}{configuration.accelerator_count} x {configuration.accelerator} from {configuration.provider}"


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
    limits = found.limits.relaxed
    speeds = outlook.p50[shapes]
    indifferent = np.zeros(len(shapes), dtype=np.int64), np.ones(len(shapes), dtype=np.bool_), np.zeros(len(shapes))
    tests = tests_of(limits, *indifferent, speeds)
    keeps = np.ones(len(shapes), dtype=np.bool_)
    for name in tests.keys() & {"max_usd_per_day", "max_usd_per_unit"}:
        keeps &= tests[name](usd_per_hour)
    return keeps
