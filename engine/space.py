"""Everything that could be rented: offers folded into classes that perform alike, and the shapes they imply.

Price depends on the offer and the node count; speed on accelerator, count, link, nodes, precision and batch. Offers
that agree in accelerator, count and link form one class: within it only the cheapest usable offer can be an optimum.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from engine.catalog import Catalog, Offer
from engine.folding import fold
from engine.shapes import Shapes
from engine.units import Bools, Floats, Integers
from engine.workload import Filters, Quota

__all__ = ["FILTERS", "CatalogIndex", "Space", "Usable", "index"]

# Every filter and the column of an offer that it looks at, in the order in which the certificate blames them.
FILTERS: Mapping[str, str] = {
    "providers": "provider",
    "regions": "region",
    "pricing_categories": "pricing_category",
    "terms": "term",
    "accelerators": "accelerator",
}
_QUOTED = ("provider", "region", "accelerator", "pricing_category")  # what a quota may name
_UNBOUNDED = np.iinfo(np.int64).max  # accelerators, where no quota binds
_REMEMBERED = 64  # filter sets kept per catalogue: a workspace has a few dozen at most


@dataclass(frozen=True, eq=False, slots=True)
class Usable:
    """The offers that a set of filters lets through, on one node at least.

    `rows` (n_usable,) are positions in the index, so ordered by class, then price; class c owns
    `rows[starts[c]:starts[c + 1]]`. `classes` (n_open,) are those with an offer, `excluded` counts offers by filter.
    `caps` (n_usable,) are the accelerators, over all nodes, that quotas allow on each row; `levels` (n_levels,) are
    the quotas there are, ascending, the last unbounded. `cheapest` (n_levels, n_classes) is the row of the cheapest
    offer whose cap reaches a level, -1: none; `prices` are theirs, USD per node and hour, infinite: none.
    `accelerator_counts` (n_classes,) are those of one node.
    """

    rows: Integers
    starts: Integers
    classes: Integers
    excluded: Mapping[str, int]
    caps: Integers
    levels: Integers
    cheapest: Integers
    prices: Floats
    accelerator_counts: Integers

    def usd_per_hour(self, classes: Integers, node_counts: Integers | Floats) -> Floats:
        """What the cheapest usable offer of each class costs on so many nodes, all together; infinite: there is none.

        The arguments broadcast together.
        """
        if len(self.levels) == 1:
            prices: Floats = self.prices[0].take(classes)
        else:
            totals = self.accelerator_counts[classes] * node_counts
            prices = self.prices[np.searchsorted(self.levels, totals), classes]
        return prices * node_counts

    def cheapest_row(self, place: int, accelerators: int) -> int:
        """The row of the cheapest usable offer of the class at `place` that may have so many; -1: there is none."""
        return int(self.cheapest[np.searchsorted(self.levels, accelerators), place])


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
        passing, n_left, excluded = np.ones(len(self.prices), dtype=np.bool_), len(self.prices), {}
        for name, column in FILTERS.items():
            if getattr(filters, name):
                passing &= self._is_any_of(column, getattr(filters, name))
                n_passing = int(np.count_nonzero(passing))
                excluded[name], n_left = n_left - n_passing, n_passing
        rows = np.flatnonzero(passing)
        caps = self._caps(filters.quotas, rows)
        if filters.quotas:  # an offer whose one node is too many is none at all; the others' nodes are counted later
            is_held = caps >= np.repeat(self.accelerator_counts, np.diff(self.starts))[rows]
            rows, caps = rows[is_held], caps[is_held]
            excluded["quotas"] = n_left - len(rows)
        starts = np.searchsorted(rows, self.starts)
        levels = np.unique([*(quota.max_accelerators for quota in filters.quotas), _UNBOUNDED])
        cheapest = self._cheapest(levels, caps, rows, starts)
        prices = np.where(cheapest < 0, np.inf, self.prices[cheapest])
        classes = np.flatnonzero(np.diff(starts))
        return Usable(rows, starts, classes, excluded, caps, levels, cheapest, prices, self.accelerator_counts)

    def _cheapest(self, levels: Integers, caps: Integers, rows: Integers, starts: Integers) -> Integers:
        """(n_levels, n_classes) the first row of each class whose cap reaches each level; -1 where none does."""
        found = np.full((len(levels), len(starts) - 1), -1)
        for level, reached in enumerate(levels):
            if level:  # each cap is one of the levels, so all rows reach the lowest
                rows, caps = rows[caps >= reached], caps[caps >= reached]
                starts = np.searchsorted(rows, self.starts)
            has_any = starts[:-1] < starts[1:]
            found[level, has_any] = rows[starts[:-1][has_any]]
        return found

    def _caps(self, quotas: Sequence[Quota], rows: Integers) -> Integers:
        """(n_rows,) how many accelerators, over all nodes, one configuration may have of the offer at each row."""
        caps: Integers = np.broadcast_to(_UNBOUNDED, len(rows))  # one number, however many rows
        for quota in quotas:
            is_meant = np.ones(len(rows), dtype=np.bool_)
            for column in _QUOTED:
                if getattr(quota, column) is not None:
                    is_meant &= self._is_any_of(column, (getattr(quota, column),))[rows]
            caps = np.where(is_meant, np.minimum(caps, quota.max_accelerators), caps)
        return caps

    def _is_any_of(self, column: str, allowed: Sequence[str]) -> Bools:
        wanted = frozenset(self._own_names(allowed) if column == "accelerator" else allowed)
        is_word_wanted = np.array([word in wanted for word in self.words[column]], dtype=np.bool_)
        # A term belongs to a commitment: asking for one does not rule out what can be rented without any.
        if column == "term":
            is_word_wanted |= np.array([not word for word in self.words[column]], dtype=np.bool_)
        passing: Bools = is_word_wanted[self.codes[column]]
        return passing

    def _own_names(self, spellings: Sequence[str]) -> list[str]:
        """The parts' own names; a spelling that no part has is left out, and matches nothing."""
        known = self.catalog.accelerators
        return [known.resolve(spelling).name for spelling in spellings if known.knows(spelling)]


@dataclass(frozen=True, eq=False)
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
        """(n_open, n_nodes) price of the cheapest usable offer, all nodes together; beyond every quota, as without."""
        without: Floats = self.usable.prices[0, self.usable.classes][:, None] * self.node_counts
        return np.where(self.can_be_had, self._held_usd_per_hour, without)

    @cached_property
    def least_usd_per_hour(self) -> Floats:
        """(n_open, n_nodes) price of the cheapest offer of the whole catalogue, all nodes together."""
        prices: Floats = self.index.prices[self.index.starts[self.usable.classes]]
        return prices[:, None] * self.node_counts

    @property
    def can_be_had(self) -> Bools:
        """(n_open, n_nodes) whether the quotas of some usable offer hold so many accelerators."""
        return np.isfinite(self._held_usd_per_hour)

    @property
    def _held_usd_per_hour(self) -> Floats:
        return self.usable.usd_per_hour(self.usable.classes[:, None], self.node_counts)

    def cheapest_row(self, shape: int) -> int:
        """The row of the cheapest usable offer of a shape that can be had at all."""
        place, node = np.unravel_index(shape, self.size)[:2]
        return self.usable.cheapest_row(int(self.usable.classes[place]), int(self.total_accelerators[place, node]))

    @cached_property
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
    folded = fold(catalog)
    first = folded.starts[:-1]
    places = {name: place for place, name in enumerate(catalog.accelerators)}
    positions = np.array([places[name] for name in folded.words["accelerator"]], dtype=np.int64)
    accelerators = positions[folded.codes["accelerator"][first]]
    memories = np.array([sheet.memory_gib for sheet in catalog.accelerators.values()], dtype=np.float64)
    return CatalogIndex(
        catalog=catalog,
        offers=folded.offers,
        prices=folded.prices,
        codes=folded.codes,
        words=folded.words,
        starts=folded.starts,
        accelerators=accelerators,
        accelerator_counts=folded.accelerator_counts[first],
        interconnects_gbps=folded.interconnects_gbps[first],
        memories_gib=memories[accelerators],
    )
