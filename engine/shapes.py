"""What decides throughput, as columns: the question that the search puts to the model, and the model's answer."""

from dataclasses import dataclass

import numpy as np

from engine.units import Bools, Floats, Integers

__all__ = ["Prediction", "Shapes"]


@dataclass(frozen=True, eq=False, slots=True)
class Shapes:
    """(n,) each: everything about a configuration that its speed depends on; price is not here.

    `accelerator` indexes the catalogue's spec sheets in their order, `precision` indexes PRECISIONS (-1: unknown),
    `accelerator_count` is per node, `batch_size` is global. NaN: unknown.
    """

    accelerator: Integers
    accelerator_count: Integers
    node_count: Integers
    interconnect_gbps: Floats
    precision: Integers
    batch_size: Floats

    def __len__(self) -> int:
        return len(self.accelerator)


@dataclass(frozen=True, eq=False, slots=True)
class Prediction:
    """The mean throughput of one further run on each of (n,) shapes, as a joint distribution of its logarithm.

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
