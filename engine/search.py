"""The exact search: every configuration weighed, the feasible ones found, the optima read off them.

Within a class only the cheapest usable offer can win, because its twins are as fast and dearer; the fastest way of
running that keeps every limit represents a (class, node count). What is left are points in (cost, speed), and every
objective that is monotone in both is read off them.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import numpy as np

from engine.folding import in_short
from engine.frontier import pareto_frontier
from engine.space import Space, Usable
from engine.units import HOURS_PER_DAY, SECONDS_PER_HOUR, Bools, Floats, Integers

__all__ = [
    "Candidates",
    "Limits",
    "Points",
    "Shortlist",
    "Speeds",
    "candidates_of",
    "cheapest",
    "fastest",
    "find_points",
    "frontier_of",
    "shortlist",
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
    def binding(self) -> dict[str, float]:
        """Those that were asked for or assumed, by the contract's names."""
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

    def most_usd_per_hour(self, units_per_hour: Floats) -> Floats:
        """The price that still keeps the limits on money at a throughput (n,), all nodes together; infinite: any."""
        return np.minimum(self.max_usd_per_unit * units_per_hour, self.max_usd_per_day / HOURS_PER_DAY)


@dataclass(frozen=True, eq=False, slots=True)
class Speeds:
    """What the model says of a space, (n_open, n_nodes, n_ways) units per hour each; -infinite: memory is too small.

    `cautious` is what the limits are held against: `median` itself, or the quantile that the asked confidence demands.
    """

    median: Floats
    cautious: Floats

    @classmethod
    def of(cls, median: Floats, cautious: Floats, fits: Bools) -> "Speeds":
        """The same, from what the model says of memory apart from speed."""
        runs = np.where(fits, median, -math.inf)
        return cls(runs, runs if cautious is median else np.where(fits, cautious, -math.inf))

    @property
    def fits(self) -> Bools:
        """Whether memory suffices."""
        return self.median > -math.inf


@dataclass(frozen=True, eq=False, slots=True)
class Candidates:
    """The ways of running that can be the best one of their machine, a (class, node count): the same number of each.

    Arrays are (n_open, n_nodes, n_kept); `shape` is the flat position among the space's shapes. Made once a workload:
    no price and no limit changes anything here.
    """

    space: Space
    shape: Integers
    speeds: Speeds
    order: Integers  # (n,) positions in the arrays, the fastest first, equals in the order of the space


@dataclass(frozen=True, eq=False, slots=True)
class Shortlist:
    """The candidates that keep every limit at some price, (n,) each; read under as many filters as are asked.

    The fastest stand first, equals in the order of the space, and whatever is kept of them does too.
    `most_usd_per_hour` is the price up to which each keeps the limits; finite, because no offer is an infinite price.
    """

    shape: Integers
    classes: Integers  # of the catalogue
    node_counts: Floats  # as a price is multiplied by them
    units_per_hour: Floats
    most_usd_per_hour: Floats
    most_ways: int  # of a machine among these; 1: each machine has one, wherever it stands in the space


@dataclass(frozen=True, eq=False, slots=True)
class Points:
    """The feasible (class, node count) pairs, (n_points,) each, the fastest first, equals in the order of the space.

    Each is a candidate, the fastest way of running that keeps every limit: `position` is its place among `shapes`.
    """

    shapes: Integers  # of the candidates that were listed, whether or not they are points
    position: Integers
    usd_per_hour: Floats
    units_per_hour: Floats

    def __len__(self) -> int:
        return len(self.position)

    @property
    def shape(self) -> Integers:
        """(n_points,) flat position among the space's shapes; looked up when asked, because few ask for all of them."""
        return self.shapes.take(self.position)

    def take(self, positions: Integers) -> "Points":
        """The points at `positions`, in that order."""
        columns = self.usd_per_hour[positions], self.units_per_hour[positions]
        return Points(self.shapes, self.position[positions], *columns)


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
        "max_usd_per_day": lambda usd: usd <= limits.max_usd_per_day / HOURS_PER_DAY,
        "max_usd_per_unit": lambda usd: usd <= limits.max_usd_per_unit * speeds,
    }
    binding = {"memory", *limits.binding}
    return {name: test for name, test in tests.items() if name in binding}


def tests_over(space: Space, speeds: Speeds, limits: Limits) -> Tests:
    """The tests of a whole space, for prices that broadcast to (n_open, n_nodes, n_ways)."""
    totals, memories = space.total_accelerators[:, :, None], space.memories_gib[:, None, None]
    return tests_of(limits, totals, speeds.fits, memories, speeds.cautious)


def candidates_of(space: Space, speeds: Speeds) -> Candidates:
    """Which ways may represent their (class, node count), whatever the price and the limits.

    Limits ask for a least speed, never for a most. While they are held against the median itself, the fastest way
    that fits is therefore feasible whenever any is. With a confidence asked, a slower but surer way can be the only
    feasible one: then all are kept.
    """
    n_open, n_nodes, n_ways = space.size
    if speeds.cautious is speeds.median:
        first = np.arange(0, speeds.median.size, n_ways).reshape(n_open, n_nodes, 1)
        shape = first + speeds.median.argmax(axis=2, keepdims=True)  # the first one among equals
        median = speeds.median.take(shape)
        speeds = Speeds(median, median)
    else:
        shape = np.arange(speeds.median.size).reshape(space.size)
    words = in_short(np.maximum(speeds.median, 0.0).ravel())  # what does not fit may stand anywhere: it is never listed
    return Candidates(space, shape, speeds, order=np.lexsort([~word for word in reversed(words)]))


def shortlist(candidates: Candidates, limits: Limits) -> Shortlist:
    """Drop what breaks a limit at every price; once for all filters that are asked under the same limits."""
    space, speeds = candidates.space, candidates.speeds
    _, n_nodes, n_kept = candidates.shape.shape
    passing = np.ones(candidates.shape.shape, dtype=np.bool_)
    usd = space.least_usd_per_hour[:, :, None]
    for passes in tests_over(space, speeds, limits).values():
        passing &= passes(usd)
    listed = candidates.order.take(np.flatnonzero(passing.take(candidates.order)))
    machines = listed // n_kept
    most_usd = limits.most_usd_per_hour(speeds.cautious.take(listed))
    return Shortlist(
        shape=candidates.shape.take(listed),
        classes=space.usable.classes.take(machines // n_nodes),
        node_counts=space.node_counts.astype(np.float64).take(machines % n_nodes),
        units_per_hour=speeds.median.take(listed),
        most_usd_per_hour=np.minimum(most_usd, np.finfo(np.float64).max),
        most_ways=n_kept,
    )


def find_points(listed: Shortlist, usable: Usable) -> Points:
    """Every (class, node count) with a feasible way of running, each represented by its fastest one.

    `usable` are the offers that may be rented: those of the space, or of any other filters on the same catalogue.
    """
    usd = usable.usd_per_hour(listed.classes, listed.node_counts)
    kept = np.flatnonzero(usd <= listed.most_usd_per_hour)
    if listed.most_ways > 1:
        machines = listed.shape[kept] // listed.most_ways
        _, first = np.unique(machines, return_index=True)  # the fastest of each stands first
        kept = kept[np.sort(first)]
    return Points(listed.shape, kept, usd.take(kept), listed.units_per_hour.take(kept))


def cheapest(points: Points) -> int:
    """Position of the least expensive point; among equals the fastest, then the first, because these stand first."""
    return int(points.usd_per_hour.argmin())


def fastest(points: Points) -> int:
    """Position of the fastest point; among equals, which stand together, the least expensive, then the first."""
    rising = points.units_per_hour[::-1]  # sorted, so equals are found by bisection
    n_equals = len(points) - rising.searchsorted(rising[-1])
    return int(points.usd_per_hour[:n_equals].argmin())


def frontier_of(points: Points) -> Integers:
    """Positions of the points that no other point beats, by rising cost and speed."""
    return pareto_frontier(points.usd_per_hour, points.units_per_hour)
