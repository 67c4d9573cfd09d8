"""From a position in the space to something that a person can rent."""

from dataclasses import dataclass, fields

import numpy as np

from engine.advice import Configuration, Infeasible, Predicted
from engine.judgement import explain_infeasible
from engine.outlook import Outlook
from engine.search import Limits, Points, candidates_of, find_points, shortlist, tests_of
from engine.strategy import Today, best, limits_of
from engine.units import PRECISIONS, SECONDS_PER_HOUR, Interval, Objective
from engine.workload import Policy, Workload

__all__ = ["Found", "configuration_at", "find", "offer_at", "predicted", "seconds_per_unit", "usd_per_unit"]


@dataclass(frozen=True, eq=False, slots=True)
class Found:
    """The search result of one objective: `best` among `points` is its optimum under `limits`.

    `at_stake` are the limits that the optimum may turn out to break. Defaults are relative to today, so an optimum
    that runs exactly as today keeps them by definition, whatever its speed: then only what was asked is at stake.
    """

    objective: Objective
    limits: Limits
    at_stake: Limits
    confidence: float | None
    points: Points
    best: int

    @property
    def usd_per_hour(self) -> float:
        """Price of the optimum, all nodes together."""
        return float(self.points.usd_per_hour[self.best])

    @property
    def units_per_hour(self) -> float:
        """Median throughput of the optimum."""
        return float(self.points.units_per_hour[self.best])

    @property
    def shape(self) -> int:
        """Position of the optimum among the shapes of the space."""
        return int(self.points.shape[self.best])


def find(
    objective: Objective, outlook: Outlook, workload: Workload, today: Today, policy: Policy
) -> Found | Infeasible:
    """Search the space under the limits of `objective`."""
    asked = workload.constraints
    limits = limits_of(objective, asked, today, policy)
    speeds = outlook.speeds(asked.confidence)
    listed = shortlist(candidates_of(outlook.space, speeds), limits.relaxed)
    points = find_points(listed, outlook.space.usable)
    names = {item.name for item in fields(asked) if getattr(asked, item.name) is not None}
    if len(points):
        chosen = best(objective, points, workload.value_of_time_usd_per_hour)
        at_stake = _only(names, limits) if outlook.is_as_today(int(points.shape[chosen])) else limits
        return Found(objective, limits, at_stake, asked.confidence, points, chosen)
    return explain_infeasible(outlook.space, speeds, limits, names, outlook.memory_needed_gib)


def _only(names: set[str], limits: Limits) -> Limits:
    return Limits(**{name: bound for name, bound in limits.binding.items() if name in names})


def configuration_at(outlook: Outlook, shape: int) -> Configuration:
    """The cheapest usable offer of the shape's class, and how to run on it."""
    return offer_at(outlook, outlook.space.cheapest_row(shape), shape)


def offer_at(outlook: Outlook, row: int, shape: int) -> Configuration:
    """The offer at `row` of the index, run as `shape` says."""
    offer = outlook.space.index.offer(row)
    precision, batch_size = int(outlook.shapes.precision[shape]), float(outlook.shapes.batch_size[shape])
    return Configuration(
        provider=offer.provider,
        region=offer.region,
        instance_type=offer.instance_type,
        accelerator=offer.accelerator,
        accelerator_count=offer.accelerator_count,
        node_count=int(outlook.shapes.node_count[shape]),
        pricing_category=offer.pricing_category,
        term=offer.term,
        precision=None if precision < 0 else PRECISIONS[precision],
        batch_size=None if np.isnan(batch_size) else batch_size,
        price_usd_per_hour=offer.price_usd_per_hour,
    )


def seconds_per_unit(units_per_hour: Interval) -> Interval:
    """Seconds per unit; the fast end of one interval is the short end of the other."""
    rates = (units_per_hour.p95, units_per_hour.p50, units_per_hour.p05)
    return Interval(*(SECONDS_PER_HOUR / rate for rate in rates))


def usd_per_unit(usd_per_hour: float, units_per_hour: Interval) -> Interval:
    """USD per unit while running."""
    rates = (units_per_hour.p95, units_per_hour.p50, units_per_hour.p05)
    return Interval(*(usd_per_hour / rate for rate in rates))


def predicted(outlook: Outlook, limits: Limits, confidence: float | None) -> tuple[Predicted, ...]:
    """Every usable (offer, node count), run in the fastest way that fits, and the first limit that rules it out."""
    space, speeds = outlook.space, outlook.speeds(confidence)
    n_open, n_nodes, n_ways = space.size
    fastest = np.where(speeds.fits, speeds.median, -np.inf).argmax(axis=2)
    shapes = np.arange(n_open * n_nodes).reshape(n_open, n_nodes) * n_ways + fastest
    n_offers = np.diff(space.usable.starts)[space.usable.classes]
    shapes = np.repeat(shapes, n_offers, axis=0)  # (n_usable, n_nodes)
    usd_per_hour = space.index.prices[space.usable.rows][:, None] * space.node_counts
    memories = np.repeat(space.memories_gib, n_offers)[:, None]
    totals = np.repeat(space.total_accelerators, n_offers, axis=0)
    fits, cautious = speeds.fits.ravel()[shapes], speeds.cautious.ravel()[shapes]
    reasons = np.full(shapes.shape, None, dtype=np.object_)
    for name, passes in reversed(list(tests_of(limits, totals, fits, memories, cautious).items())):
        reasons[~np.broadcast_to(passes(usd_per_hour), shapes.shape)] = name
    reasons[totals > space.usable.caps[:, None]] = "quotas"
    return tuple(
        _predicted(outlook, int(row), int(shape), float(usd), reason)
        for row, *columns in zip(space.usable.rows, shapes, usd_per_hour, reasons, strict=True)
        for shape, usd, reason in zip(*columns, strict=True)
    )


def _predicted(outlook: Outlook, row: int, shape: int, usd_per_hour: float, reason: str | None) -> Predicted:
    units_per_hour = outlook.units_per_hour(shape)
    usd = usd_per_hour / units_per_hour.p50
    return Predicted(offer_at(outlook, row, shape), units_per_hour, usd, reason is None, reason)
