"""What the numbers mean: flatness, break-even, what is missing where nothing is feasible, what a pick is limited by."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np

from engine.advice import BreakEven, Flatness, Infeasible
from engine.frontier import evenly
from engine.search import Limits, Speeds, tests_over
from engine.space import Space
from engine.units import HOURS_PER_DAY, SECONDS_PER_HOUR, Bools, Floats, Integers, Objective

__all__ = ["Outcome", "break_even_of", "explain_infeasible", "flatness_of", "probability_flat"]

_POINTS = 2048  # of the lattice
_PRIMES = np.array([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37], dtype=np.float64)
_DIRECTIONS = len(_PRIMES)
_WEIGHED = 64  # costs: neighbours on a frontier err together, and the work grows with the third power


@dataclass(frozen=True, eq=False, slots=True)
class Outcome:
    """What n costs per unit may turn out to be with probability `share`: medians (n,) of their natural logarithms.

    `log_covariance` gives the covariance (k, k) of those at k positions.
    """

    share: float
    log_costs: Floats
    log_covariance: Callable[[Integers], Floats]


def flatness_of(usd_per_unit: Sequence[float], flat_below: float, outcomes: Sequence[Outcome] = ()) -> Flatness:
    """How much the median cost per unit varies along the frontier, (n,) from the cost pick to the performance pick.

    With `outcomes`, whose shares add up to one, also the probability that it varies by less than `flat_below`, as an
    even choice among many costs shows it.
    """
    spread = float(max(usd_per_unit) / min(usd_per_unit) - 1.0)
    weighed = evenly(len(usd_per_unit), _WEIGHED)
    chances = [
        each.share * probability_flat(each.log_costs[weighed], each.log_covariance(weighed), flat_below)
        for each in outcomes
    ]
    chance = sum(chances) if chances else None
    if spread < flat_below:
        return Flatness(spread, "flat", chance)
    return Flatness(spread, "rising" if usd_per_unit[-1] >= usd_per_unit[0] else "falling", chance)


def probability_flat(log_costs: Floats, covariance: Floats, flat_below: float) -> float:
    """Probability that the largest of n costs is less than `flat_below` above the least.

    Their logarithms are jointly Student's t of four degrees of freedom, as a `Component` is: Normal variates, all
    divided by the root of the same mean of four squares. The mean over a fixed lattice of them, along the strongest
    directions of what does not move all costs alike (Richtmyer 1951; Genz and Bretz 2009, section 4.2); against a
    million random draws it errs by about 0.01 at most.
    """
    centred = np.eye(len(log_costs)) - 1.0 / len(log_costs)
    values, vectors = np.linalg.eigh(centred @ covariance @ centred)
    strongest = np.argsort(-values, kind="stable")[:_DIRECTIONS]
    roots = vectors[:, strongest] * np.sqrt(np.maximum(values[strongest], 0.0))
    variates = _lattice()
    costs = log_costs + variates[:, : len(strongest)] @ roots.T
    is_flat = np.ptp(costs, axis=1) < np.log1p(flat_below)
    return float(is_flat.mean())


@cache
def _lattice() -> Floats:
    """(points, directions) variates of variance one: even steps for the first, then multiples of the roots of primes.

    The square that divides a point's variates is a chi-squared of four degrees, whose distribution has a closed form.
    """
    steps = np.arange(_POINTS) + 0.5
    multiples = np.outer(steps, np.sqrt(_PRIMES)) % 1.0
    quantile = np.vectorize(NormalDist().inv_cdf, otypes=[np.float64])
    normal: Floats = quantile(np.column_stack([steps / _POINTS, multiples[:, 1:]]))
    squares = np.linspace(0.0, 60.0, 60_001)
    chances = 1.0 - np.exp(-squares / 2.0) * (1.0 + squares / 2.0)
    spread: Floats = normal * np.sqrt(2.0 / np.interp(multiples[:, 0], chances, squares))[:, None]
    return spread


def break_even_of(
    usd_per_hour: tuple[float, float],
    units_per_hour: tuple[float, float],
    names: tuple[Objective, Objective] = ("cost", "performance"),
) -> BreakEven | None:
    """The value of an hour of waiting above which the second pick beats the first, per unit of work.

    All arguments are (first pick, second pick). None when the second is not faster; 0 when faster is free.
    """
    (cheap, dear), (slow, fast) = usd_per_hour, units_per_hour
    if fast <= slow:
        return None
    extra_usd, saved_hours = dear / fast - cheap / slow, 1.0 / slow - 1.0 / fast
    return BreakEven(*names, max(extra_usd / saved_hours, 0.0))


def explain_infeasible(
    space: Space, speeds: Speeds, limits: Limits, asked: Container[str], needed_gib: Floats
) -> Infeasible:
    """Which limit leaves nothing, and the best that the others allow.

    Limits are applied one after another, defaults before what was asked, each in blame order: the first that leaves
    nothing binds. Somebody who asked for the impossible is told what was possible within everything else. `needed_gib`
    (n_open, n_nodes, n_ways) is what the workload needs per accelerator, for when memory is what binds.
    """
    usd = space.usd_per_hour[:, :, None]
    tests = tests_over(space, speeds, limits)
    left = np.broadcast_to(space.can_be_had[:, :, None], space.size)
    for name in sorted(tests, key=lambda name: name in asked):  # a stable sort: blame order within each half
        passing = left & tests[name](usd)
        if not passing.any():
            bound = float(np.nanmin(needed_gib[left])) if name == "memory" else float(getattr(limits, name))
            return Infeasible(name, bound, _reachable(space, speeds, name, left))
        left = passing
    raise AssertionError("explain_infeasible was asked about limits that leave something")


def _reachable(space: Space, speeds: Speeds, name: str, left: Bools) -> float:
    """The best value of what limit `name` bounds, among the shapes that are `left`."""
    usd = np.broadcast_to(space.usd_per_hour[:, :, None], space.size)[left]
    speed = speeds.cautious[left]
    memory = np.broadcast_to(space.memories_gib[:, None, None], space.size)[left]
    match name:
        case "max_accelerators":
            return float(np.broadcast_to(space.total_accelerators[:, :, None], space.size)[left].min())
        case "memory" | "memory_required_gib":
            return float(memory.max())
        case "floor_units_per_hour":
            return float(speed.max())
        case "max_seconds_per_unit":
            return float((SECONDS_PER_HOUR / speed).min())
        case "max_usd_per_day":
            return float((usd * HOURS_PER_DAY).min())
        case _:
            return float((usd / speed).min())
