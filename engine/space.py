"""Everything that could be rented: offers folded into classes that perform alike, and the shapes they imply.

Price depends on the offer and the node count; speed on accelerator, count, link, nodes, precision and batch. Offers
that agree in accelerator, count and link form one class: within it only the cheapest usable offer can be an optimum.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

import numpy as np

from engine.accelerators import Accelerators
from engine.catalog import Catalog, Offer
from engine.shapes import Shapes
from engine.units import Bools, Floats, Integers
from engine.workload import Filters

__all__ = ["FILTERS", "CatalogIndex", "Space", "Usable", "index"]

# Every filter and the column of an offer that it looks at, in the order in which the certificate blames them.
FILTERS: Mapping[str, str] = {
    "providers": "provider",
    "regions": "region",
    "pricing_categories": "pricing_category",
    "terms": "term",
    "accelerators": "accelerator",
}
_CODED = ("provider", "region", "instance_type", "pricing_category", "term", "accelerator", "source")
_REMEMBERED = 64  # filter sets kept per catalogue: a workspace has a few dozen at most


@dataclass(frozen=True, eq=False, slots=True)
class Usable:
    """The offers that a set of filters lets through.

    `rows` (n_usable,) are positions in the index, so ordered by class, then price; class c owns
    `rows[starts[c]:starts[c + 1]]`. `classes` (n_open,) are those with an offer, `excluded` counts offers by filter.
    """

    rows: Integers
    starts: Integers
    classes: Integers
    excluded: Mapping[str, int]

    @property
    def cheapest(self) -> Integers:
        """(n_open,) the row of the cheapest usable offer of each open class."""
        cheapest: Integers = self.rows[self.starts[self.classes]]
        return cheapest


@dataclass(frozen=True, eq=False, slots=True)
class CatalogIndex:
    """A catalogue prepared for searching: built once, asked often.

    Offers are ordered by (class, price, provider, region, ...): one strict order that depends on their content alone,
    so that neither ties nor the order of a file can change an answer.
    """

    catalog: Catalog
    offers: Integers  # (n_offers,) position in catalog.offers
    prices: Floats  # (n_offers,) USD per node and hour
    codes: Mapping[str, Integers]  # column -> (n_offers,) index into its words
    words: Mapping[str, tuple[str, ...]]  # column -> its distinct values in order; "" where an offer has none
    starts: Integers  # (n_classes + 1,) class c owns offers starts[c]:starts[c + 1]
    accelerators: Integers  # (n_classes,) position among the catalogue's spec sheets
    accelerator_counts: Integers  # (n_classes,) per node
    interconnects_gbps: Floats  # (n_classes,) NaN: not stated
    memories_gib: Floats  # (n_classes,) of one accelerator
    _known: dict[Filters, Usable] = field(default_factory=dict)

    def offer(self, row: int) -> Offer:
        """The offer at position `row` of the index."""
        return self.catalog.offers[int(self.offers[row])]

    def rows_of(self, accelerator: str, accelerator_count: int) -> Integers:
        """The rows of every offer with exactly these accelerators per node."""
        place = list(self.catalog.accelerators).index(self.catalog.accelerators.resolve(accelerator).name)
        classes = np.flatnonzero((self.accelerators == place) & (self.accelerator_counts == accelerator_count))
        ranges = [np.arange(self.starts[c], self.starts[c + 1]) for c in classes]
        return np.concatenate(ranges) if ranges else np.zeros(0, dtype=np.int64)

    def matches(self, rows: Integers, wanted: Mapping[str, str]) -> Bools:
        """(n_rows,) which of `rows` have the word wanted in every column named."""
        passing = np.ones(len(rows), dtype=np.bool_)
        for column, word in wanted.items():
            passing &= np.array(self.words[column], dtype=np.object_)[self.codes[column][rows]] == word
        return passing

    def usable(self, filters: Filters) -> Usable:
        """The offers that `filters` let through; remembered for the next question with the same filters."""
        found = self._known.get(filters)
        if found is None:
            found = self._sift(filters)
            while len(self._known) >= _REMEMBERED:
                self._known.pop(next(iter(self._known)), None)  # another thread may have been first
            self._known[filters] = found
        return found

    def _sift(self, filters: Filters) -> Usable:
        passing, excluded = np.ones(len(self.prices), dtype=np.bool_), {}
        for name, column in FILTERS.items():
            allowed: Sequence[str] = getattr(filters, name)
            if allowed:
                kept = passing & self._is_any_of(column, allowed)
                excluded[name] = int(passing.sum() - kept.sum())
                passing = kept
        rows = np.flatnonzero(passing)
        starts = np.searchsorted(rows, self.starts)
        return Usable(rows, starts, np.flatnonzero(np.diff(starts)), excluded)

    def _is_any_of(self, column: str, allowed: Sequence[str]) -> Bools:
        wanted = frozenset(_normalised(allowed, self.catalog.accelerators) if column == "accelerator" else allowed)
        is_word_wanted = np.array([word in wanted for word in self.words[column]], dtype=np.bool_)
        # A term belongs to a commitment: asking for one does not rule out what can be rented without any.
        if column == "term":
            is_word_wanted |= np.array([not word for word in self.words[column]], dtype=np.bool_)
        passing: Bools = is_word_wanted[self.codes[column]]
        return passing


@dataclass(frozen=True, eq=False, slots=True)
class Space:
    """Open classes x node counts x precisions x batches: what one question ranges over.

    Arrays over (n_open, n_nodes, n_ways) run in that order; a way is a (precision, batch) pair.
    """

    index: CatalogIndex
    usable: Usable
    node_counts: Integers  # (n_nodes,) ascending
    precisions: Integers  # (n_ways,) index into PRECISIONS, -1: unknown
    batches: Floats  # (n_ways,) batch size per accelerator, NaN: as today

    @property
    def size(self) -> tuple[int, int, int]:
        """(n_open, n_nodes, n_ways)."""
        return len(self.usable.classes), len(self.node_counts), len(self.precisions)

    @property
    def usd_per_hour(self) -> Floats:
        """(n_open, n_nodes) price of the cheapest usable offer, all nodes together."""
        prices: Floats = self.index.prices[self.usable.cheapest][:, None] * self.node_counts
        return prices

    @property
    def total_accelerators(self) -> Integers:
        """(n_open, n_nodes) over all nodes."""
        totals: Integers = self.index.accelerator_counts[self.usable.classes][:, None] * self.node_counts
        return totals

    @property
    def memories_gib(self) -> Floats:
        """(n_open,) memory of one accelerator."""
        memories: Floats = self.index.memories_gib[self.usable.classes]
        return memories

    def shapes(self) -> Shapes:
        """(n_open * n_nodes * n_ways,) what the model is asked, in the order of `size`."""
        n_open, n_nodes, n_ways = self.size
        classes = np.repeat(self.usable.classes, n_nodes * n_ways)
        totals = np.repeat(self.total_accelerators.ravel(), n_ways)
        return Shapes(
            accelerator=self.index.accelerators[classes],
            accelerator_count=self.index.accelerator_counts[classes],
            node_count=np.tile(np.repeat(self.node_counts, n_ways), n_open),
            interconnect_gbps=self.index.interconnects_gbps[classes],
            precision=np.tile(self.precisions, n_open * n_nodes),
            batch_size=np.tile(self.batches, n_open * n_nodes) * totals,
        )


def index(catalog: Catalog) -> CatalogIndex:
    """Fold the offers of `catalog` into classes; n log n in the number of offers."""
    columns = _columns_of(catalog.offers)
    columns["accelerator"] = _normalised(columns["accelerator"], catalog.accelerators)
    words, codes = _encode({name: columns[name] for name in _CODED})
    counts = np.array(columns["accelerator_count"], dtype=np.int64)
    links = np.array(columns["interconnect_gbps"], dtype=np.float64)  # None becomes NaN
    prices = np.array(columns["price_usd_per_hour"], dtype=np.float64)
    ties = [codes[column] for column in ("source", "term", "pricing_category", "instance_type", "region", "provider")]
    order = np.lexsort((_newest_first(columns["as_of"]), *ties, prices, links, counts, codes["accelerator"]))
    codes = {column: column_codes[order] for column, column_codes in codes.items()}
    starts, first = _class_starts(codes["accelerator"], counts[order], links[order])
    places = {name: place for place, name in enumerate(catalog.accelerators)}
    positions = np.array([places[name] for name in words["accelerator"]], dtype=np.int64)
    accelerators = positions[codes["accelerator"][first]]
    memories = np.array([sheet.memory_gib for sheet in catalog.accelerators.values()], dtype=np.float64)
    return CatalogIndex(
        catalog=catalog,
        offers=order,
        prices=prices[order],
        codes=codes,
        words=words,
        starts=starts,
        accelerators=accelerators,
        accelerator_counts=counts[order][first],
        interconnects_gbps=links[order][first],
        memories_gib=memories[accelerators],
    )


def _columns_of(offers: Sequence[Offer]) -> dict[str, tuple[Any, ...]]:
    """The columns that the index is made from; one pass over the offers, because there may be tens of thousands."""
    names = (*_CODED, "accelerator_count", "interconnect_gbps", "price_usd_per_hour", "as_of")
    columns = zip(*map(attrgetter(*names), offers), strict=True) if offers else ((),) * len(names)
    return dict(zip(names, columns, strict=True))


def _normalised(spellings: Sequence[str], accelerators: Accelerators) -> tuple[str, ...]:
    """The parts' own names; a spelling that no part has stays what it is, and matches nothing."""
    distinct = dict.fromkeys(spellings)
    names = {each: accelerators.resolve(each).name if accelerators.knows(each) else each for each in distinct}
    return tuple(map(names.__getitem__, spellings))


def _encode(columns: Mapping[str, Sequence[str | None]]) -> tuple[dict[str, tuple[str, ...]], dict[str, Integers]]:
    """Each column of words as codes; a code's order is its word's order, whatever the order of the offers."""
    words: dict[str, tuple[str, ...]] = {}
    codes: dict[str, Integers] = {}
    for name, values in columns.items():
        distinct = dict.fromkeys(values)
        words[name] = tuple(sorted({value or "" for value in distinct}))
        number = {word: code for code, word in enumerate(words[name])}
        code_of = {value: number[value or ""] for value in distinct}
        codes[name] = np.fromiter(map(code_of.__getitem__, values), dtype=np.int64, count=len(values))
    return words, codes


def _newest_first(dates: Sequence[datetime]) -> Floats:
    """(n_offers,) a key that sorts later dates first; a price list has few distinct ones."""
    keys = {date: -date.timestamp() for date in dict.fromkeys(dates)}
    return np.fromiter(map(keys.__getitem__, dates), dtype=np.float64, count=len(dates))


def _class_starts(accelerators: Integers, counts: Integers, links: Floats) -> tuple[Integers, Integers]:
    """Where each class begins among ordered offers: (n_classes + 1,) bounds and (n_classes,) first rows."""
    n_offers = len(accelerators)
    # Two links that nobody stated are alike, although NaN differs from itself.
    is_new_link = (links[1:] != links[:-1]) & ~(np.isnan(links[1:]) & np.isnan(links[:-1]))
    is_new = (np.diff(accelerators) != 0) | (np.diff(counts) != 0) | is_new_link
    first = np.flatnonzero(np.r_[True, is_new]) if n_offers else np.zeros(0, dtype=np.int64)
    return np.r_[first, n_offers].astype(np.int64), first
