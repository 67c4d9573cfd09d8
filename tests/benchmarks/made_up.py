"""A made-up workload and what is asked about it, at any size, with the structure of real ones."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.search import Candidates, Limits, Speeds, candidates_of
from engine.space import CatalogIndex, Space
from engine.units import Floats
from engine.workload import Filters

__all__ = ["SIZES", "Speed", "filter_sets", "learn", "limits_of", "policies", "space_over"]

SIZES = {"1e6": (1, 24), "1e7": (8, 30), "1e8": (16, 146), "1e9": (32, 727)}  # node counts, ways of running
_BLOCK = 16  # classes at once: the best of 1, 2, 4, 8, 16 and 64 here


@dataclass(frozen=True, eq=False)
class Speed:
    """A workload's speeds, by class, node count and way."""

    base: Floats  # (n_classes, n_nodes)
    curve: Floats  # (n_ways,) not monotone
    memory_gib: Floats  # (n_ways,) that a way needs

    @classmethod
    def of(cls, prepared: CatalogIndex, n_nodes: int, n_ways: int, seed: int = 0) -> "Speed":
        """Speeds for every class of `prepared`."""
        rng = np.random.default_rng(seed)
        sheets = list(prepared.catalog.accelerators.values())
        rates = np.array([sheet.fp16_tflops for sheet in sheets], dtype=np.float64)[prepared.accelerators]
        machine = rates**0.9 * prepared.accelerator_counts**0.95 * rng.lognormal(0.0, 0.2, len(rates))
        base = machine[:, None] * np.arange(1, n_nodes + 1) ** rng.uniform(0.7, 0.98, len(rates))[:, None]
        return cls(base, rng.lognormal(0.0, 0.3, n_ways), rng.uniform(1.0, 150.0, n_ways))

    def column(self, memories_gib: Floats, classes: slice = slice(None)) -> Floats:
        """(n, n_nodes, n_ways) units per hour of some classes, -infinite where memory does not suffice."""
        fits = memories_gib[classes][:, None] >= self.memory_gib
        return np.where(fits[:, None, :], self.base[classes][:, :, None] * self.curve, -np.inf)


def space_over(prepared: CatalogIndex, n_nodes: int, n_ways: int) -> Space:
    """Every offer on up to `n_nodes` nodes, run in `n_ways` ways."""
    ways = np.full(n_ways, -1), np.full(n_ways, np.nan)
    return Space(prepared, prepared.usable(Filters()), np.arange(1, n_nodes + 1), *ways)


def learn(speed: Speed, prepared: CatalogIndex) -> Candidates:
    """What the engine keeps of a workload whose speeds are made as they stream by, a few classes at a time."""
    blocks = [
        speed.column(prepared.memories_gib, slice(start, start + _BLOCK)).max(axis=2, keepdims=True)
        for start in range(0, len(speed.base), _BLOCK)
    ]
    fastest = np.concatenate(blocks)
    return candidates_of(space_over(prepared, speed.base.shape[1], 1), Speeds(fastest, fastest))


def limits_of(speed: Speed, prepared: CatalogIndex, affordable: float = 0.5) -> Limits:
    """Limits of every kind; `affordable` is the share of machines whose cheapest offer keeps the guardrail."""
    usd = prepared.prices[prepared.starts[:-1]][:, None] * np.arange(1, speed.base.shape[1] + 1)
    return Limits(
        max_accelerators=64.0,
        floor_units_per_hour=float(np.quantile(speed.base, 0.3)),
        max_usd_per_unit=float(np.quantile(usd / (speed.base * speed.curve.max()), affordable)),
        max_usd_per_day=5000.0,
    )


def filter_sets(count: int) -> Iterator[Filters]:
    """Filters that were never asked before, each letting about half of the offers through."""
    for number in range(count):
        providers = tuple(f"provider{(number + step) % 20}" for step in range(10 + number % 3))
        yield Filters(providers=providers, regions=tuple(f"region{at}" for at in range(number % 7, 120)))


def policies(count: int = 100) -> list[Filters]:
    """As many policies, each of two providers: a tenth of the offers, in nearly every class."""
    return [Filters(providers=(f"provider{n % 20}", f"provider{(n // 20 + n + 1) % 20}")) for n in range(count)]
