"""What decides throughput, as columns: the question that the search puts to the model, and the model's answer."""

from dataclasses import dataclass, fields
from math import acos, copysign, cos, sqrt
from typing import Self

import numpy as np

from engine.units import Bools, Floats, Integers

__all__ = ["Prediction", "Shapes"]

_FAR = 1e9  # deviations: so far out that nothing is left of the tails, and still finite when squared


@dataclass(frozen=True, eq=False, slots=True)
class Shapes:
    """(n,) each: everything about a configuration that its speed depends on; price is not here.

    `accelerator` indexes the catalogue's spec sheets in their order, `precision` indexes PRECISIONS (-1: as today),
    `accelerator_count` is per node, `batch_size` is global (NaN: as today, in proportion to the count). Today is the
    workload's most recent successful run. NaN elsewhere: unknown.
    """

    accelerator: Integers
    accelerator_count: Integers
    node_count: Integers
    interconnect_gbps: Floats
    precision: Integers
    batch_size: Floats

    def __len__(self) -> int:
        return len(self.accelerator)

    @property
    def total(self) -> Integers:
        """(n,) accelerators over all nodes."""
        return self.accelerator_count * self.node_count

    def take(self, rows: Integers) -> Self:
        """The shapes at `rows`, in that order."""
        return type(self)(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True, eq=False, slots=True)
class Prediction:
    """The mean throughput of one further run on each of (n,) shapes, as a joint distribution of its logarithm.

    It is Student's t of four degrees of freedom, scaled to its variance: most workloads are closer to what is expected
    of them than a Gaussian says, and a few, such as those that wait for their host, are far from it. (A Gaussian of
    uncertain scale is a t; with four degrees its distribution and its quantiles are algebraic: Shaw, 2006.)

    `log_units_per_hour` (n,) are medians. The natural-log variance is `loadings @ loadings.T` (n, k), what shapes
    share, plus `own_variance` (n,) on the diagonal. `evidence` (n,) indexes EVIDENCES, `fits` (n,) says whether
    memory suffices, `memory_needed_gib` (n,) per accelerator is NaN where nothing is known.
    """

    log_units_per_hour: Floats
    loadings: Floats
    own_variance: Floats
    evidence: Integers
    fits: Bools
    memory_needed_gib: Floats

    def __len__(self) -> int:
        return len(self.log_units_per_hour)

    @property
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

    def mean_beyond(self, bound: Floats) -> Floats:
        """(n,) mean of the log throughput where it is at least `bound` (n,), and of nought where it is not."""
        tail = (1.0 + _ratio(bound - self.log_units_per_hour, self.log_sd) ** 2 / 2.0) ** -1.5 / np.sqrt(8.0)
        beyond: Floats = self.log_units_per_hour * self.probability_at_least(bound) + self.log_sd * tail
        return beyond

    def probability_above(self, other: int) -> Floats:
        """(n,) probability that a run on each shape beats a run on shape `other`; one half at `other` itself."""
        difference = self.log_units_per_hour - self.log_units_per_hour[other]
        own = self.own_variance + self.own_variance[other]
        variance: Floats = ((self.loadings - self.loadings[other]) ** 2).sum(axis=1) + own
        variance[other] = 0.0
        above: Floats = _cumulative(_ratio(difference, np.sqrt(variance)))
        return above


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
