"""From a position in the space to something that a person can rent."""

from dataclasses import dataclass

import numpy as np

from engine.advice import Configuration, Infeasible, Pick, Predicted
from engine.judgement import explain_infeasible
from engine.outlook import Outlook
from engine.search import Limits, Points, find_points, tests_of
from engine.strategy import Today, best, limits_of
from engine.units import EVIDENCES, HOURS_PER_DAY, PRECISIONS, SECONDS_PER_HOUR, Interval, Objective
from engine.workload import Policy, Workload

__all__ = ["Found", "configuration_at", "find", "per_unit", "pick_of", "predicted", "waiting"]


@dataclass(frozen=True, eq=False, slots=True)
class Found:
    """The search result of one objective: `position` among `points` is its optimum, None when nothing is feasible."""

    objective: Objective
    limits: Limits
    points: Points
    position: int | None
    infeasible: Infeasible | None

    @property
    def usd_per_hour(self) -> float:
        """Price of the optimum, all nodes together."""
        return float(self.points.usd_per_hour[self._best])

    @property
    def units_per_hour(self) -> float:
        """Median throughput of the optimum."""
        return float(self.points.units_per_hour[self._best])

    @property
    def shape(self) -> int:
        """Position of the optimum among the shapes of the space."""
        return int(self.points.shape[self._best])

    @property
    def _best(self) -> int:
        if self.position is None:
            raise LookupError(f"nothing is feasible for {self.objective}")
        return self.position


def find(objective: Objective, outlook: Outlook, workload: Workload, today: Today, policy: Policy) -> Found:
    """Search the space under the limits of `objective`."""
    asked = workload.constraints
    limits = limits_of(objective, asked, today, policy)
    speeds = outlook.speeds(asked.confidence)
    points = find_points(outlook.space, speeds, limits.relaxed)
    if len(points):
        position = best(objective, points, workload.value_of_time_usd_per_hour)
        return Found(objective, limits, points, position, None)
    names = {name for name in type(asked).__dataclass_fields__ if getattr(asked, name) is not None}
    infeasible = explain_infeasible(outlook.space, speeds, limits, names)
    return Found(objective, limits, points, None, infeasible)


def configuration_at(outlook: Outlook, shape: int) -> Configuration:
    """The cheapest usable offer of the shape's class, and how to run on it."""
    _, n_nodes, n_ways = outlook.space.size
    row = outlook.space.usable.cheapest[shape // (n_nodes * n_ways)]
    return offer_at(outlook, int(row), shape)


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


def waiting(units_per_hour: Interval) -> Interval:
    """Seconds per unit; the fast end of one interval is the short end of the other."""
    rates = (units_per_hour.p95, units_per_hour.p50, units_per_hour.p05)
    return Interval(*(SECONDS_PER_HOUR / rate for rate in rates))


def per_unit(usd_per_hour: float, units_per_hour: Interval) -> Interval:
    """USD per unit while running."""
    rates = (units_per_hour.p95, units_per_hour.p50, units_per_hour.p05)
    return Interval(*(usd_per_hour / rate for rate in rates))


def pick_of(found: Found, outlook: Outlook, units_per_day: float) -> Pick:
    """The optimum as people see it."""
    shape, usd_per_hour = found.shape, found.usd_per_hour
    units_per_hour = outlook.units_per_hour(shape)
    cost = per_unit(usd_per_hour, units_per_hour)
    return Pick(
        configuration=configuration_at(outlook, shape),
        units_per_hour=units_per_hour,
        seconds_per_unit=waiting(units_per_hour),
        usd_per_day=usd_per_hour * HOURS_PER_DAY,
        usd_per_day_at_demand=units_per_day * cost.p50,
        usd_per_unit=cost,
        evidence=EVIDENCES[int(outlook.prediction.evidence[shape])],
        probability_better=None,
        constraint_probability=_probability_kept(found, outlook, usd_per_hour),
        runner_up=None,
        flips_when=None,
    )


def _probability_kept(found: Found, outlook: Outlook, usd_per_hour: float) -> float:
    """Probability that one further run keeps every limit: each of them is a least throughput."""
    least = found.limits.least_units_per_hour(usd_per_hour)
    if least <= 0.0:
        return 1.0
    return float(outlook.prediction.probability_at_least(float(np.log(least)))[found.shape])


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
    return tuple(
        _predicted(outlook, int(row), int(shape), float(usd), reason)
        for row, *columns in zip(space.usable.rows, shapes, usd_per_hour, reasons, strict=True)
        for shape, usd, reason in zip(*columns, strict=True)
    )


def _predicted(outlook: Outlook, row: int, shape: int, usd_per_hour: float, reason: str | None) -> Predicted:
    units_per_hour = outlook.units_per_hour(shape)
    usd_per_unit = usd_per_hour / units_per_hour.p50
    return Predicted(offer_at(outlook, row, shape), units_per_hour, usd_per_unit, reason is None, reason)
