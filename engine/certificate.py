"""The proof of a complete search: every configuration counted, as feasible or by what excluded it."""

from collections import Counter

import numpy as np

from engine.advice import Certificate
from engine.search import Limits, Speeds, Test, tests_over
from engine.space import Space
from engine.units import Floats, Integers

__all__ = ["certify"]


def certify(space: Space, speeds: Speeds, limits: Limits, seconds: float) -> Certificate:
    """Count the whole space: what is feasible, and which limit excluded each of the others.

    A configuration that breaks several limits is blamed on the first of: filters, quotas, then `Limits` in its order,
    where a prediction that memory does not suffice counts as `memory`.
    """
    _, n_nodes, n_ways = space.size
    excluded = Counter({name: count * n_nodes * n_ways for name, count in space.usable.excluded.items()})
    feasible, tests = 0, tests_over(space, speeds, limits)
    for cap in space.usable.levels:
        prices, starts = _offers_under(space, int(cap))
        n_offers = np.broadcast_to(np.diff(starts)[:, None, None], space.size)
        n_left = np.where(space.total_accelerators[:, :, None] <= cap, n_offers, 0)
        excluded["quotas"] += int(n_offers.sum() - n_left.sum())
        for name, passes in tests.items():
            n_passing = np.minimum(n_left, _count_offers(space, prices, starts, passes))
            excluded[name] += int(n_left.sum() - n_passing.sum())
            n_left = n_passing
        feasible += int(n_left.sum())
    n_implied = len(space.index.prices) * n_nodes * n_ways
    return Certificate(n_implied, feasible, {name: count for name, count in excluded.items() if count}, seconds)


def _offers_under(space: Space, cap: int) -> tuple[Floats, Integers]:
    """Prices of the usable offers that one level of the quotas holds, and (n_open + 1,) where each class begins."""
    held = np.flatnonzero(space.usable.caps == cap)
    bounds = np.append(space.usable.starts[space.usable.classes], len(space.usable.rows))
    return space.index.prices[space.usable.rows[held]], np.searchsorted(held, bounds)


def _count_offers(space: Space, prices: Floats, starts: Integers, passes: Test) -> Integers:
    """How many of `prices` pass as offers of each shape's class: (n_open, n_nodes, n_ways), or broadcastable to it.

    Offers of a class stand in order of price and tests are monotone in it, so those that pass come first: bisect
    every class at once, with the test itself, so that rounding is the same as for the optimum.
    """
    first, n_offers = starts[:-1, None, None], np.diff(starts)[:, None, None]
    nodes, unread = space.node_counts[None, :, None], np.append(prices, np.nan)  # a class may have none
    low, high = np.zeros_like(n_offers), n_offers
    while np.any(low < high):
        middle = (low + high) // 2
        is_undecided = low < high
        is_passing = passes(unread[np.where(is_undecided, first + middle, first)] * nodes)
        low, high = (
            np.where(is_undecided & is_passing, middle + 1, low),
            np.where(is_undecided & ~is_passing, middle, high),
        )
    return low
