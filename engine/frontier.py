"""Which points no other point beats, less money and more work, and some of them where all are too many."""

import numpy as np

from engine.units import Floats, Integers

__all__ = ["evenly", "pareto_frontier"]


def pareto_frontier(costs: Floats, speeds: Floats) -> Integers:
    """Positions of the points that no other point dominates, by rising cost and so by rising speed.

    `costs` and `speeds` are (n,), the fastest first. A point dominates another when it costs no more and is no slower,
    and differs; of equal points the first one stays. One pass of running minima (Kung, Luccio and Preparata 1975),
    because whoever asks many times has sorted once.
    """
    cheapest_so_far = np.minimum.accumulate(costs)
    # Every point before is at least as fast: a point stays only if it is cheaper than all of them ...
    is_record = np.r_[True, costs[1:] < cheapest_so_far[:-1]][: len(costs)]
    records = np.flatnonzero(is_record)
    # ... and if none of the cheaper ones after it is just as fast: the last record of each speed.
    is_last = np.r_[speeds[records][1:] < speeds[records][:-1], True][: len(records)]
    frontier: Integers = records[is_last][::-1]
    return frontier


def evenly(count: int, most: int) -> Integers:
    """At most `most` of `count` positions, as even as whole numbers allow; both ends are among them."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))
