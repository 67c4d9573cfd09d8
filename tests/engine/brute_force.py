"""The slow twin of the search: every configuration by itself, in plain Python, with nothing clever.

It shares no code with the engine's search: it knows catalogues, filters and limits, and is fed the same speeds.
"""

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.catalog import Catalog, Offer
from engine.workload import Filters

INFINITY = math.inf
BLAME_ORDER = (
    "providers",
    "regions",
    "pricing_categories",
    "terms",
    "accelerators",
    "quotas",
    "max_accelerators",
    "memory",
    "memory_required_gib",
    "floor_units_per_hour",
    "max_seconds_per_unit",
    "max_usd_per_day",
    "max_usd_per_unit",
)
DEFAULTS: Mapping[str, float] = {
    "max_accelerators": INFINITY,
    "memory_required_gib": 0.0,
    "floor_units_per_hour": 0.0,
    "max_seconds_per_unit": INFINITY,
    "max_usd_per_day": INFINITY,
    "max_usd_per_unit": INFINITY,
}


@dataclass(frozen=True)
class Way:
    """What a model would say of one shape: median and cautious units per hour, and whether it fits."""

    median: float
    cautious: float
    fits: bool


Shape = tuple[str, int, float | None, int, int]  # accelerator, count, link, nodes, way


@dataclass(frozen=True)
class Instance:
    """One question in the small."""

    catalog: Catalog
    node_counts: Sequence[int]
    n_ways: int
    ways: Callable[[Shape], Way]
    filters: Filters = field(default_factory=Filters)
    limits: Mapping[str, float] = field(default_factory=dict)
    value_of_time: float | None = None


@dataclass(frozen=True)
class Candidate:
    """One configuration: what it costs, how fast it is, and what rules it out."""

    offer: Offer
    nodes: int
    way: int
    usd_per_hour: float
    units_per_hour: float
    excluded_by: str | None

    @property
    def order(self) -> tuple[object, ...]:
        """The one strict order of equals: by what the configuration is, never by where it stood in a file."""
        offer = self.offer
        link = INFINITY if offer.interconnect_gbps is None else offer.interconnect_gbps
        machine = (offer.accelerator, offer.accelerator_count, link, self.nodes, self.way)
        words = (offer.provider, offer.region, offer.instance_type, offer.pricing_category, offer.term or "")
        return (*machine, offer.price_usd_per_hour, *words, offer.source, -offer.as_of.timestamp())


def candidates(instance: Instance) -> list[Candidate]:
    """Every configuration that the instance implies."""
    return list(_enumerate(instance))


def _enumerate(instance: Instance) -> Iterator[Candidate]:
    for offer, nodes, way in itertools.product(instance.catalog.offers, instance.node_counts, range(instance.n_ways)):
        found = instance.ways((offer.accelerator, offer.accelerator_count, offer.interconnect_gbps, nodes, way))
        usd_per_hour = offer.price_usd_per_hour * nodes
        blamed = _first_broken(instance, offer, nodes, found, usd_per_hour)
        yield Candidate(offer, nodes, way, usd_per_hour, found.median, blamed)


def _first_broken(instance: Instance, offer: Offer, nodes: int, found: Way, usd_per_hour: float) -> str | None:
    limits, filters = {**DEFAULTS, **instance.limits}, instance.filters
    memory_gib = instance.catalog.accelerators[offer.accelerator].memory_gib
    kept = {
        "providers": not filters.providers or offer.provider in filters.providers,
        "regions": not filters.regions or offer.region in filters.regions,
        "pricing_categories": not filters.pricing_categories or offer.pricing_category in filters.pricing_categories,
        "terms": not filters.terms or offer.term is None or offer.term in filters.terms,
        "accelerators": not filters.accelerators or offer.accelerator in filters.accelerators,
        "quotas": all(
            offer.accelerator_count * nodes <= quota.max_accelerators
            for quota in filters.quotas
            if quota.provider in {None, offer.provider}
            and quota.region in {None, offer.region}
            and quota.accelerator in {None, offer.accelerator}
            and quota.pricing_category in {None, offer.pricing_category}
        ),
        "max_accelerators": offer.accelerator_count * nodes <= limits["max_accelerators"],
        "memory": found.fits,
        "memory_required_gib": memory_gib >= limits["memory_required_gib"],
        "floor_units_per_hour": found.cautious >= limits["floor_units_per_hour"],
        "max_seconds_per_unit": 3600.0 / found.cautious <= limits["max_seconds_per_unit"],
        "max_usd_per_day": usd_per_hour <= limits["max_usd_per_day"] / 24.0,
        "max_usd_per_unit": usd_per_hour <= limits["max_usd_per_unit"] * found.cautious,
    }
    return next((name for name in BLAME_ORDER if not kept[name]), None)


def count(everything: Sequence[Candidate]) -> tuple[int, int, dict[str, int]]:
    """Configurations, feasible ones, and how many each limit excluded."""
    blamed = Counter(each.excluded_by for each in everything if each.excluded_by is not None)
    return len(everything), len(everything) - blamed.total(), dict(blamed)


def frontier(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The (cost, speed) pairs that no other pair beats, each once, by rising cost; every pair against every pair."""

    def is_beaten(point: tuple[float, float]) -> bool:
        return any(other[0] <= point[0] and other[1] >= point[1] and other != point for other in points)

    return sorted({point for point in points if not is_beaten(point)})


def optimum(instance: Instance, objective: str, everything: Sequence[Candidate] | None = None) -> Candidate | None:
    """The best feasible configuration of an objective; None when there is none."""
    everything = candidates(instance) if everything is None else everything
    feasible = [each for each in everything if each.excluded_by is None]
    if not feasible:
        return None
    if objective == "cost":
        return min(feasible, key=lambda each: (each.usd_per_hour, -each.units_per_hour, each.order))
    if objective == "performance":
        return min(feasible, key=lambda each: (-each.units_per_hour, each.usd_per_hour, each.order))
    wanted = _bargain([(each.usd_per_hour, each.units_per_hour) for each in feasible], instance.value_of_time)
    return min(
        (each for each in feasible if (each.usd_per_hour, each.units_per_hour) == wanted), key=lambda each: each.order
    )


def _bargain(points: Sequence[tuple[float, float]], value_of_time: float | None) -> tuple[float, float]:
    if value_of_time is not None:
        return min(points, key=lambda point: ((point[0] + value_of_time) / point[1], point[0], -point[1]))
    ends = frontier(points)
    (low_usd, low_speed), (high_usd, high_speed) = ends[0], ends[-1]
    if len(ends) > 2:
        products = [_log(speed / low_speed) * _log(high_usd / usd) for usd, speed in ends]
        return ends[products.index(max(products))]
    return ends[-1] if high_speed * low_usd >= low_speed * high_usd else ends[0]


def _log(value: float) -> float:
    return float(np.log(value))
