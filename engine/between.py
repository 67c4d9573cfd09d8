"""What lies between the picks: flatness, break-even, and how far the noise of prices may move the ends."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from engine.advice import BreakEven, Flatness, Infeasible, Swing
from engine.judgement import Outcome, break_even_of, flatness_of
from engine.outlook import Outlook
from engine.picks import Found
from engine.prediction import Component, Prediction
from engine.search import Candidates, Points, candidates_of, find_points, frontier_of, shortlist
from engine.units import Floats, Integers, Objective
from engine.workload import Policy

__all__ = ["Ends", "break_evens"]

Searched = Mapping[Objective, Found | Infeasible]


def break_evens(found: Searched) -> tuple[BreakEven, ...]:
    """Between each pair of picks, where both exist and the second is faster."""
    picks = [(name, each) for name, each in found.items() if isinstance(each, Found)]
    pairs = (_break_even(*pair) for pair in itertools.combinations(picks, 2))
    return tuple(pair for pair in pairs if pair is not None)


def _break_even(one: tuple[Objective, Found], other: tuple[Objective, Found]) -> BreakEven | None:
    (name, slow), (faster_name, fast) = one, other
    usd, units = (slow.usd_per_hour, fast.usd_per_hour), (slow.units_per_hour, fast.units_per_hour)
    return break_even_of(usd, units, (name, faster_name))


@dataclass(frozen=True, eq=False, slots=True)
class Ends:
    """The cost pick and the performance pick of one workload."""

    cheap: Found
    fast: Found

    @classmethod
    def of(cls, found: Searched) -> Self | None:
        """None where either objective has no feasible configuration."""
        cheap, fast = found["cost"], found["performance"]
        return None if isinstance(cheap, Infeasible) or isinstance(fast, Infeasible) else cls(cheap, fast)

    def flatness(self, outlook: Outlook, policy: Policy) -> Flatness:
        """Over the frontier of what the performance pick was chosen from, between both ends."""
        frontier = self.fast.points.take(frontier_of(self.fast.points))
        speeds = frontier.units_per_hour
        inner = np.flatnonzero((speeds > self.cheap.units_per_hour) & (speeds < self.fast.units_per_hour))
        per_unit = (frontier.usd_per_hour / speeds)[inner].tolist()
        first, last = (each.usd_per_hour / each.units_per_hour for each in (self.cheap, self.fast))
        shapes = np.concatenate([[self.cheap.shape], frontier.shape[inner], [self.fast.shape]])
        usd_per_unit = [first, *per_unit, last]
        return flatness_of(usd_per_unit, policy.flat_below, _outcomes(outlook.prediction, shapes, np.log(usd_per_unit)))

    def swing(self, outlook: Outlook, policy: Policy) -> Swing:
        """The throughputs that the ends may have on any day whose prices lie within the policy's noise.

        What is the cheapest then has a throughput within `Swing.cost`; the fastest within the guardrail then lies
        between both of `Swing.performance`: ratios of two prices are off by the policy's band at most.
        """
        band = policy.price_band
        candidates = candidates_of(outlook.space, outlook.speeds(self.cheap.confidence))
        strict, loose = (_points(self.cheap, candidates, outlook, factor) for factor in (1.0 / band, band))
        usd = float((strict if len(strict) else loose).usd_per_hour.min())
        near = loose.units_per_hour[loose.usd_per_hour <= band * usd]
        tight, wide = (_points(self.fast, candidates, outlook, factor).units_per_hour for factor in (1.0 / band, band))
        return Swing((float(near.min()), float(near.max())), (float(tight.max(initial=0.0)), float(wide.max())))


def _outcomes(prediction: Prediction, shapes: Integers, log_costs: Floats) -> list[Outcome]:
    """What the median costs per unit (n,) of (n,) `shapes` become in each regime."""
    medians = prediction.log_units_per_hour[shapes]

    def one(component: Component) -> Outcome:
        logs = log_costs + medians - component.log_units_per_hour[shapes]
        return Outcome(component.share, logs, lambda some: component.covariance(shapes[some]))

    return [one(each) for each in prediction.components]


def _points(found: Found, candidates: Candidates, outlook: Outlook, factor: float) -> Points:
    """What is feasible with every limit on money moved by `factor`."""
    limits = found.limits.relaxed
    usd_per_day, usd_per_unit = limits.max_usd_per_day * factor, limits.max_usd_per_unit * factor
    moved = replace(limits, max_usd_per_day=usd_per_day, max_usd_per_unit=usd_per_unit)
    return find_points(shortlist(candidates, moved), outlook.space.usable)
