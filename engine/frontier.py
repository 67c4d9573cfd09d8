"""Which points no other point beats: less money and more work."""

import numpy as np

from engine.units import Floats, Integers

__all__ = ["pareto_frontier"]


def pareto_frontier(costs: Floats, speeds: Floats) -> Integers:
    """Positions of the points that no other point dominates, by rising cost and so by rising speed.

    `costs` and `speeds` are (n,). A point dominates another when it costs no more and is no slower, and differs; of
    equal points the first one stays. Sort, then one pass of running maxima: O(n log n)
    (Kung, Luccio and Preparata 1975).
    """
    order = np.lexsort((-speeds, costs))  # stable: of equal points the first one comes first
    fastest_so_far = np.maximum.accumulate(speeds[order])
    # One strict order (cost, -speed, position): a point stays only if it is faster than everything before it.
    is_record = np.r_[True, speeds[order][1:] > fastest_so_far[:-1]][: len(order)]
    frontier: Integers = order[is_record]
    return frontier
