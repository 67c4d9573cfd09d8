"""A price list as columns in one strict order, cut into classes of offers that perform alike.

The order is (accelerator, count, link, price, provider, region, ...): it depends on what an offer is, so that neither
ties nor the order of a file can change an answer.
"""

import itertools
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np

from engine.catalog import Catalog, Offer
from engine.units import Floats, Integers

__all__ = ["Folded", "fold", "in_short"]

_WORDS = ("provider", "region", "instance_type", "pricing_category", "term", "accelerator", "source")
_TIES = ("provider", "region", "instance_type", "pricing_category", "term", "source")  # what decides at one price
_NOT_STATED = np.inf  # sorts after every link that is


@dataclass(frozen=True, eq=False, slots=True)
class Folded:
    """The offers of a catalogue in their strict order, (n_offers,) each; class c owns `starts[c]:starts[c + 1]`."""

    offers: Integers  # position in catalog.offers
    prices: Floats  # USD per node and hour
    accelerator_counts: Integers  # per node
    interconnects_gbps: Floats  # NaN: not stated
    codes: Mapping[str, Integers]  # column -> index into its words
    words: Mapping[str, tuple[str, ...]]  # column -> its distinct values in order; "" where an offer has none
    starts: Integers  # (n_classes + 1,)


def fold(catalog: Catalog) -> Folded:
    """Order the offers of `catalog` and cut them into classes of accelerator, count and link; n log n in offers."""
    offers = catalog.offers
    words, codes = _coded(catalog)
    links, link_codes = _encode(offers, "interconnect_gbps", _or_not_stated)
    _, ages = _encode(offers, "as_of", lambda date: -date.timestamp())  # the newest first
    counts = np.fromiter(map(attrgetter("accelerator_count"), offers), dtype=np.int64, count=len(offers))
    prices = np.fromiter(map(attrgetter("price_usd_per_hour"), offers), dtype=np.float64, count=len(offers))
    machine = (codes["accelerator"], counts, link_codes)
    order = _order((*machine, *in_short(prices), *(codes[name] for name in _TIES), ages))
    gbps = np.array(links, dtype=np.float64)[link_codes[order]]
    return Folded(
        offers=order,
        prices=prices[order],
        accelerator_counts=counts[order],
        interconnects_gbps=np.where(gbps == _NOT_STATED, np.nan, gbps),
        codes={name: each[order] for name, each in codes.items()},
        words=words,
        starts=_starts([part[order] for part in machine]),
    )


def in_short(numbers: Floats) -> list[Integers]:
    """(n,) floats of which none is negative, as columns of short integers that sort as they do, the weightiest first.

    Such numbers are ordered as their bits are, and short integers are sorted by counting, not by comparing.
    """
    bits = numbers.view(np.uint64)
    return [(bits >> place).astype(np.uint16) for place in (48, 32, 16, 0)]


def _or_not_stated(gbps: float | None) -> float:
    return _NOT_STATED if gbps is None else gbps


def _coded(catalog: Catalog) -> tuple[dict[str, tuple[str, ...]], dict[str, Integers]]:
    """The words of each column and the offers as codes into them; accelerators by their parts' own names."""
    words, codes = dict[str, tuple[str, ...]](), dict[str, Integers]()
    for name in _WORDS:
        is_part = name == "accelerator"
        read = (lambda spelling: catalog.accelerators.resolve(spelling).name) if is_part else (lambda word: word or "")
        words[name], codes[name] = _encode(catalog.offers, name, read)
    return words, codes


def _encode(offers: Sequence[Offer], column: str, key: Callable[[Any], Any]) -> tuple[tuple[Any, ...], Integers]:
    """The distinct keys of a column's values in order, and (n_offers,) the place of each offer's key among them.

    One look-up a value numbers them by first appearance; only the few distinct ones are then read and sorted.
    """
    numbers: defaultdict[Any, int] = defaultdict(itertools.count().__next__)
    values = map(attrgetter(column), offers)
    appearances = np.fromiter(map(numbers.__getitem__, values), dtype=np.int64, count=len(offers))
    keys = [key(value) for value in numbers]
    ordered = tuple(sorted(set(keys)))
    place = {each: position for position, each in enumerate(ordered)}
    places = np.array([place[each] for each in keys], dtype=np.int64)
    return ordered, places[appearances]


def _order(keys: Sequence[Integers]) -> Integers:
    """(n,) positions that sort by the first key, then the second, and so on; equals stay in their order.

    Integers are sorted by counting, not by comparing, as soon as their type says that they are small.
    """
    small = [key.astype(np.min_scalar_type(int(key.max(initial=0)))) for key in keys]
    order: Integers = np.lexsort(small[::-1])
    return order


def _starts(columns: Sequence[Integers]) -> Integers:
    """(n_classes + 1,) where each run of equal rows begins among ordered columns, and where the last one ends."""
    n_offers = len(columns[0])
    is_new = np.zeros(max(n_offers - 1, 0), dtype=np.bool_)
    for column in columns:
        is_new |= column[1:] != column[:-1]
    first = np.flatnonzero(np.r_[n_offers > 0, is_new])
    starts: Integers = np.r_[first, n_offers].astype(np.int64)
    return starts
