"""The model's answer: what a further run would do, as a distribution over shapes that err together."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import acos, copysign, cos, sqrt

import numpy as np

from engine.units import Bools, Floats, Integers, RegimeName

__all__ = ["Component", "Prediction"]

_FAR = 1e9  # deviations: so far out that nothing is left of the tails, and still finite when squared
_CLOSE = 1e-10  # natural log: a quantile to ten digits
_ROUNDS = 100  # of which halving the bracket alone needs fifty at most


@dataclass(frozen=True, eq=False)
class Component:
    """What is expected of (n,) shapes in one `regime`, which is the workload's with probability `share`.

    Their logarithms are jointly Student's t of four degrees of freedom, scaled to their variance: most workloads are
    closer to what is expected of them than a Gaussian says, and a few are far from it. (A Gaussian of uncertain scale
    is a t; with four degrees its distribution and its quantiles are algebraic: Shaw, 2006.)

    `log_units_per_hour` (n,) are medians. The natural-log variance is `loadings @ loadings.T` (n, k), what shapes
    share, plus `own_variance` (n,) on the diagonal.
    """

    regime: RegimeName
    share: float
    log_units_per_hour: Floats
    loadings: Floats
    own_variance: Floats

    @cached_property
    def log_sd(self) -> Floats:
        """(n,) standard deviation of the natural logarithm."""
        variance: Floats = (self.loadings**2).sum(axis=1) + self.own_variance
        return np.sqrt(variance)

    def covariance(self, rows: Integers) -> Floats:
        """(k, k) of the natural logarithms at (k,) `rows`; a shape that stands there twice errs as one."""
        shared: Floats = self.loadings[rows] @ self.loadings[rows].T
        return shared + np.where(rows[:, None] == rows[None, :], self.own_variance[rows], 0.0)

    def quantile(self, q: float) -> Floats:
        """(n,) natural log of the units per hour that a run stays below with probability `q`, 0 < q < 1."""
        return self.log_units_per_hour + _deviations(q) * self.log_sd

    def probability_at_least(self, log_units_per_hour: Floats | float) -> Floats:
        """(n,) probability that a run reaches `log_units_per_hour`, one number or (n,)."""
        above: Floats = _cumulative(_ratio(self.log_units_per_hour - log_units_per_hour, self.log_sd))
        return above

    def density(self, log_units_per_hour: Floats) -> Floats:
        """(n,) probability a natural-log unit at `log_units_per_hour` (n,); nought where the prediction is certain."""
        z = _ratio(log_units_per_hour - self.log_units_per_hour, self.log_sd)
        peak = np.divide(0.375 * sqrt(2.0), self.log_sd, out=np.zeros_like(z), where=self.log_sd > 0.0)
        return peak * (1.0 + np.clip(z, -_FAR, _FAR) ** 2 / 2.0) ** -2.5

    def mean_beyond(self, bound: Floats) -> Floats:
        """(n,) mean of the log throughput where it is at least `bound` (n,), and of nought where it is not."""
        tail = (1.0 + _ratio(bound - self.log_units_per_hour, self.log_sd) ** 2 / 2.0) ** -1.5 / np.sqrt(8.0)
        beyond: Floats = self.log_units_per_hour * self.probability_at_least(bound) + self.log_sd * tail
        return beyond

    def probability_above(self, other: int, lead: float = 0.0) -> Floats:
        """(n,) probability that a run on each shape beats one on shape `other` by `lead`, a natural log.

        One half at `other` itself.
        """
        difference = self.log_units_per_hour - self.log_units_per_hour[other] - lead
        own = self.own_variance + self.own_variance[other]
        variance: Floats = ((self.loadings - self.loadings[other]) ** 2).sum(axis=1) + own
        difference[other] = variance[other] = 0.0
        above: Floats = _cumulative(_ratio(difference, np.sqrt(variance)))
        return above


@dataclass(frozen=True, eq=False)
class Prediction:
    """The mean throughput of one further run on each of (n,) shapes, as a joint distribution of its logarithm.

    It is a mixture of `components`, one a regime, whose shares add up to one. `evidence` (n,) indexes EVIDENCES,
    `fits` (n,) says whether memory suffices, `memory_needed_gib` (n,) per accelerator is NaN where nothing is known.
    """

    components: tuple[Component, ...]
    evidence: Integers
    fits: Bools
    memory_needed_gib: Floats

    def __len__(self) -> int:
        return len(self.evidence)

    @cached_property
    def log_units_per_hour(self) -> Floats:
        """(n,) medians."""
        return self.quantile(0.5)

    def quantile(self, q: float) -> Floats:
        """(n,) natural log of the units per hour that a run stays below with probability `q`, 0 < q < 1.

        That of a mixture lies between those of its components, and is found there by Newton's steps.
        """
        every = [each.quantile(q) for each in self.components]
        if len(every) == 1:
            return every[0]
        low, high = np.min(every, axis=0), np.max(every, axis=0)
        return _root(lambda x: 1.0 - q - self.probability_at_least(x), self._density, low, high)

    def probability_at_least(self, log_units_per_hour: Floats | float) -> Floats:
        """(n,) probability that a run reaches `log_units_per_hour`, one number or (n,)."""
        return self._mixed(lambda each: each.probability_at_least(log_units_per_hour))

    def mean_beyond(self, bound: Floats) -> Floats:
        """(n,) mean of the log throughput where it is at least `bound` (n,), and of nought where it is not."""
        return self._mixed(lambda each: each.mean_beyond(bound))

    def probability_above(self, other: int, lead: float = 0.0) -> Floats:
        """(n,) probability that a run on each shape beats one on shape `other` by `lead`; one half at `other`."""
        return self._mixed(lambda each: each.probability_above(other, lead))

    def explained(self, shape: int) -> Floats:
        """(n,) share of the variance at `shape` that a run on each shape explains linearly; 1 at `shape` itself."""
        mean = self._mixed(lambda each: each.log_units_per_hour)
        shared, variance = np.zeros(len(self)), np.zeros(len(self))
        for each in self.components:
            strayed = each.log_units_per_hour - mean  # regimes differ in what they expect: that too is shared
            shared += each.share * (each.loadings @ each.loadings[shape] + strayed * strayed[shape])
            variance += each.share * (each.log_sd**2 + strayed**2)
        explained: Floats = shared**2 / (variance * variance[shape])
        explained[shape] = 1.0
        return explained

    def _density(self, log_units_per_hour: Floats) -> Floats:
        return self._mixed(lambda each: each.density(log_units_per_hour))

    def _mixed(self, of: Callable[[Component], Floats]) -> Floats:
        mixed: Floats = np.sum([each.share * of(each) for each in self.components], axis=0)
        return mixed


def _root(excess: Callable[[Floats], Floats], slope: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """(n,) where each rising `excess` is nought, between `low` and `high`: Newton's steps, halving where they leave."""
    x = 0.5 * (low + high)
    for _ in range(_ROUNDS):
        now, rise = excess(x), slope(x)
        low, high = np.where(now <= 0.0, x, low), np.where(now >= 0.0, x, high)
        step = x - np.divide(now, rise, out=np.full_like(x, np.inf), where=rise > 0.0)
        before, x = x, np.where((step >= low) & (step <= high), step, 0.5 * (low + high))
        if np.max(np.abs(x - before), initial=0.0) <= _CLOSE:
            break
    return x


def _cumulative(z: Floats) -> Floats:
    """Student's t of four degrees of freedom and variance one: the probability of less than `z`."""
    bounded = np.clip(z, -_FAR, _FAR)
    sine = bounded / np.sqrt(bounded**2 + 2.0)
    return 0.5 + 0.25 * sine * (3.0 - sine**2)


def _deviations(q: float) -> float:
    """Its quantile, the inverse of `_cumulative`, 0 < q < 1."""
    even = 4.0 * q * (1.0 - q)
    size = cos(acos(sqrt(even)) / 3.0) / sqrt(even) - 1.0
    return copysign(sqrt(2.0 * max(size, 0.0)), q - 0.5)


def _ratio(difference: Floats, deviation: Floats) -> Floats:
    """Standard scores; a certain difference is infinitely many deviations, no difference is none."""
    certain = np.where(difference == 0.0, 0.0, np.copysign(np.inf, difference))
    return np.divide(difference, deviation, out=certain, where=deviation > 0.0)
