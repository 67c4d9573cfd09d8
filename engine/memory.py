"""How much accelerator memory a workload needs, from measured peaks and from runs that ran out of it."""

import numpy as np

from engine.accelerators import Accelerators
from engine.observations import Observations
from engine.shapes import Shapes
from engine.units import Bools, Floats

__all__ = ["memory_fits", "memory_needed"]

_ABOVE_FAILURE = 1.15  # what ran out of memory needs more than there was; how much more is not known


def memory_needed(observations: Observations, shapes: Shapes, accelerators: Accelerators) -> Floats:
    """(n_shapes,) GiB per accelerator; NaN where neither a peak nor an out-of-memory run says anything.

    More accelerators never need more each, so a peak holds for its count and above, and the smallest count's peak is
    the best guess below it; running out of memory holds for its count and below.
    """
    count, seen = shapes.total, observations.total
    peak = np.where(observations.is_measured, observations.memory_used_gib, np.nan)
    needed = np.full(len(shapes), np.nan)
    for row in np.lexsort((-np.nan_to_num(peak), seen)):
        if not np.isnan(peak[row]):
            needed = np.where((count >= seen[row]) | np.isnan(needed), peak[row], needed)
    for row in np.flatnonzero((observations.n_out_of_memory > 0) & ~observations.is_measured):
        name = observations.accelerator[row]
        if name in accelerators:
            least = accelerators[name].memory_gib * _ABOVE_FAILURE
            needed = np.where(count <= seen[row], np.fmax(needed, least), needed)
    return needed


def memory_fits(observations: Observations, shapes: Shapes, accelerators: Accelerators) -> Bools:
    """(n_shapes,) whether memory suffices; what once ran there fits, and so does what nothing is known of."""
    needed = memory_needed(observations, shapes, accelerators)
    return np.asarray(
        np.isnan(needed) | (accelerators.columns.memory_gib[shapes.accelerator] >= needed), dtype=np.bool_
    )
