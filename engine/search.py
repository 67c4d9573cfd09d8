"""The exact search: every configuration weighed, the optima found, every exclusion accounted for.

Within a class only the cheapest usable offer can win, because its twins are as fast and dearer; the fastest way of
running that keeps every limit represents a (class, node count). What is left are points in (cost, speed), and every
objective that is monotone in both is read off them.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import numpy as np

from engine.advice import Certificate
from engine.frontier import pareto_frontier
from engine.space import Space
from engine.units import HOURS_PER_DAY, SECONDS_PER_HOUR, Bools, Floats, Integers

__all__ = [
    "Candidates",
    "Limits",
    "Points",
    "Speeds",
    "candidates_of",
    "certify",
    "cheapest",
    "fastest",
    "find_points",
    "frontier_of",
    "tests_of",
    "tests_over",
]

_ROUNDING = 1e-9  # relative; logarithms and files of decimal numbers lose about 1e-15
Test = Callable[[Floats], Bools]
Tests = Mapping[str, Test]


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one objective, in the order in which the certificate blames them; the defaults bind nothing."""

    max_accelerators: float = math.inf
    memory_required_gib: float = 0.0
    floor_units_per_hour: float = 0.0
    max_seconds_per_unit: float = math.inf
    max_usd_per_day: float = math.inf
    max_usd_per_unit: float = math.inf

    @property
    def asked(self) -> dict[str, float]:
        """Those that bind, by the contract's names."""
        return {
            item.name: getattr(self, item.name) for item in fields(self) if getattr(self, item.name) != item.default
        }

    @property
    def relaxed(self) -> "Limits":
        """The same bounds, loosened by a billionth: what rounding moves across a limit has not broken it."""
        loosened = {item.name: getattr(self, item.name) * (1.0 + _ROUNDING) for item in fields(self)}
        for name in ("memory_required_gib", "floor_units_per_hour"):
            loosened[name] = getattr(self, name) * (1.0 - _ROUNDING)
        return Limits(**loosened)

    def least_units_per_hour(self, usd_per_hour: Floats | float) -> Floats:
        """The throughput that keeps every limit at a price, all nodes together, (n,) or one; 0 when there is none."""
        floor = max(self.floor_units_per_hour, SECONDS_PER_HOUR / self.max_seconds_per_unit)
        return np.maximum(np.asarray(usd_per_hour, dtype=np.float64) / self.max_usd_per_unit, floor)


@dataclass(frozen=True, eq=False, slots=True)
class Speeds:
    """What the model says of a space, (n_open, n_nodes, n_ways) each.

    `median` is in units per hour; `cautious` is what the limits are held against: the median itself, or the quantile
    that the asked confidence demands. `fits` says whether memory suffices.
    """

    median: Floats
    cautious: Floats
    fits: Bools


@dataclass(frozen=True, eq=False, slots=True)
class Candidates:
    """The ways that can be the best one of their (class, node count): (n_open, n_nodes, n_kept) each.

    `ways` are positions among the space's ways, ascending. Made once a workload, asked under many limits.
    """

    speeds: Speeds
    ways: Integers


@dataclass(frozen=True, eq=False, slots=True)
class Points:
    """The feasible (class, node count) pairs, (n_points,) each, in the order of the space.

    `shape` is the flat position among the space's shapes: the fastest way of running that keeps every limit.
    """

    shape: Integers
    usd_per_hour: Floats
    units_per_hour: Floats

    def __len__(self) -> int:
        return len(self.shape)

    def take(self, positions: Integers) -> "Points":
        """The points at `positions`, in that order."""
        return Points(self.shape[positions], self.usd_per_hour[positions], self.units_per_hour[positions])


def tests_of(limits: Limits, accelerators: Integers, fits: Bools, memories_gib: Floats, speeds: Floats) -> Tests:
    """The name and the test of each limit that binds, in blame order: USD per hour, all nodes together -> who passes.

    The arrays describe configurations and broadcast together: accelerators over all nodes, whether memory suffices,
    memory of one accelerator, units per hour to hold against the limits. A dearer offer never passes a test that a
    cheaper one fails: the counting of the certificate relies on it.
    """
    tests: dict[str, Test] = {
        "max_accelerators": lambda _: accelerators <= limits.max_accelerators,
        "memory": lambda _: fits,
        "memory_required_gib": lambda _: memories_gib >= limits.memory_required_gib,
        "floor_units_per_hour": lambda _: speeds >= limits.floor_units_per_hour,
        "max_seconds_per_unit": lambda _: SECONDS_PER_HOUR / speeds <= limits.max_seconds_per_unit,
        "max_usd_per_day": lambda usd: usd * HOURS_PER_DAY <= limits.max_usd_per_day,
        "max_usd_per_unit": lambda usd: usd / speeds <= limits.max_usd_per_unit,
    }
    binding = {"memory", *limits.asked}
    return {name: test for name, test in tests.items() if name in binding}


def tests_over(space: Space, speeds: Speeds, limits: Limits) -> Tests:
    """The tests of a whole space, for prices that broadcast to (n_open, n_nodes, n_ways)."""
    totals, memories = space.total_accelerators[:, :, None], space.memories_gib[:, None, None]
    return tests_of(limits, totals, speeds.fits, memories, speeds.cautious)


def candidates_of(speeds: Speeds) -> Candidates:
    """Which ways may represent their (class, node count), whatever the price and the limits.

    Limits ask for a least speed, never for a most. While they are held against the median itself, the fastest way
    that fits is therefore feasible whenever any is. With a confidence asked, a slower but surer way can be the only
    feasible one: then all are kept.
    """
    if speeds.cautious is not speeds.median:
        return Candidates(speeds, np.broadcast_to(np.arange(speeds.median.shape[2]), speeds.median.shape))
    ways = np.where(speeds.fits, speeds.median, -math.inf).argmax(axis=2)[:, :, None]  # the first one among equals
    median = np.take_along_axis(speeds.median, ways, axis=2)
    return Candidates(Speeds(median, median, np.take_along_axis(speeds.fits, ways, axis=2)), ways)


def find_points(space: Space, candidates: Candidates, limits: Limits) -> Points:
    """Every (class, node count) with a feasible way of running, each represented by its fastest one."""
    speeds, usd_per_hour = candidates.speeds, space.usd_per_hour
    is_feasible = np.ones(speeds.median.shape, dtype=np.bool_)
    for passes in tests_over(space, speeds, limits).values():
        is_feasible &= passes(usd_per_hour[:, :, None])
    n_kept = speeds.median.shape[2]
    machine = np.flatnonzero(is_feasible.any(axis=2))
    median = np.where(is_feasible, speeds.median, -math.inf).reshape(-1, n_kept)[machine]
    flat = machine * n_kept + median.argmax(axis=1)  # the first one among equals
    shape = machine * space.size[2] + candidates.ways.ravel()[flat]
    return Points(shape, usd_per_hour.ravel()[machine], speeds.median.ravel()[flat])


def cheapest(points: Points) -> int:
    """Position of the least expensive point; among equals the fastest, then the first."""
    equals = np.flatnonzero(points.usd_per_hour == points.usd_per_hour.min())
    return int(equals[points.units_per_hour[equals].argmax()])


def fastest(points: Points) -> int:
    """Position of the fastest point; among equals the least expensive, then the first."""
    equals = np.flatnonzero(points.units_per_hour == points.units_per_hour.max())
    return int(equals[points.usd_per_hour[equals].argmin()])


def frontier_of(points: Points) -> Integers:
    """Positions of the points that no other point beats, by rising cost and speed."""
    return pareto_frontier(points.usd_per_hour, points.units_per_hour)


def certify(space: Space, speeds: Speeds, limits: Limits, seconds: float) -> Certificate:
    """Count the whole space: what is feasible, and which limit excluded each of the others.

    A configuration that breaks several limits is blamed on the first of: filters, then `Limits` in its order, where
    a prediction that memory does not suffice counts as `memory`.
    """
    _, n_nodes, n_ways = space.size
    n_implied = len(space.index.prices) * n_nodes * n_ways
    excluded = {name: count * n_nodes * n_ways for name, count in space.usable.excluded.items()}
    n_offers = np.diff(space.usable.starts)[space.usable.classes]
    n_left = np.broadcast_to(n_offers[:, None, None], space.size)
    for name, passes in tests_over(space, speeds, limits).items():
        n_passing = np.minimum(n_left, _count_offers(space, passes))
        excluded[name] = int(n_left.sum() - n_passing.sum())
        n_left = n_passing
    blamed = {name: count for name, count in excluded.items() if count}
    return Certificate(n_implied, int(n_left.sum()), blamed, seconds)


def _count_offers(space: Space, passes: Test) -> Integers:
    """How many usable offers of each shape's class pass: (n_open, n_nodes, n_ways), or broadcastable to it.

    Offers of a class stand in order of price and tests are monotone in it, so those that pass come first: bisect
    every class at once, with the test itself, so that rounding is the same as for the optimum.
    """
    starts = space.usable.starts[space.usable.classes][:, None, None]
    n_offers = np.diff(space.usable.starts)[space.usable.classes][:, None, None]
    prices, nodes = space.index.prices[space.usable.rows], space.node_counts[None, :, None]
    low, high = np.zeros_like(n_offers), n_offers
    while np.any(low < high):
        middle = (low + high) // 2
        is_undecided = low < high
        is_passing = passes(prices[np.where(is_undecided, starts + middle, starts)] * nodes)
        low, high = (
            np.where(is_undecided & is_passing, middle + 1, low),
            np.where(is_undecided & ~is_passing, middle, high),
        )
    return low
