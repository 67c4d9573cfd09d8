"""Random small questions for the search, full of ties, gaps and contradictions."""

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from engine.accelerators import Accelerator, Accelerators
from engine.catalog import Catalog, Offer
from engine.search import Limits, Speeds
from engine.space import CatalogIndex, Space, index
from engine.workload import Filters, Quota
from tests.engine.brute_force import Instance, Shape, Way

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
PROVIDERS, REGIONS, TERMS = ("aws", "gcp", "azure", "lambda"), ("east", "west", "north"), ("1y", "3y")


def sheet(name: str, memory_gib: float = 80.0, **changes: Any) -> Accelerator:
    """A spec sheet whose numbers do not matter to the search."""
    made = Accelerator(
        name=name,
        aliases=(),
        vendor="maker",
        architecture="",
        year=2022,
        memory_gib=memory_gib,
        memory_bandwidth_gb_per_s=2000.0,
        fp32_tflops=60.0,
        tf32_tflops=400.0,
        fp16_tflops=800.0,
        fp8_tflops=None,
        fp4_tflops=None,
        link_gb_per_s=600.0,
        tdp_w=700.0,
        source="made up",
    )
    return replace(made, **changes)


def offer(accelerator: str, price_usd_per_hour: float, **changes: Any) -> Offer:
    """One accelerator in one region, on demand, unless changed."""
    made = Offer(
        provider="aws",
        region="east",
        instance_type=f"{accelerator}.x1",
        accelerator=accelerator,
        accelerator_count=1,
        accelerator_memory_gib=80.0,
        vcpus=8.0,
        memory_gib=64.0,
        interconnect_gbps=None,
        pricing_category="standard",
        term=None,
        price_usd_per_hour=price_usd_per_hour,
        as_of=AS_OF,
        source="made up",
    )
    return replace(made, **changes)


def random_offer(rng: random.Random, names: Sequence[str]) -> Offer:
    """Prices come from a coarse grid, so that equals are common."""
    accelerator, count = rng.choice(names), rng.choice((1, 1, 2, 4, 8))
    category = rng.choice(("standard", "standard", "dynamic", "committed"))
    return offer(
        accelerator,
        round(rng.choice((0.1, 0.25, 0.3, 0.5, 1.0, 1.1)) * rng.choice((count, 1.0)), 6),
        provider=rng.choice(PROVIDERS),
        region=rng.choice(REGIONS),
        instance_type=f"{accelerator}.x{count}.{rng.randrange(3)}",
        accelerator_count=count,
        interconnect_gbps=rng.choice((None, None, 100.0, 400.0)),
        pricing_category=category,
        term=rng.choice(TERMS) if category == "committed" else None,
        as_of=AS_OF - timedelta(days=rng.randrange(3)),
        source=rng.choice(("a", "b")),
    )


class Table:
    """What the model would say, by what a shape is: grid values, so that equals are common, and no order in batches."""

    def __init__(self, rng: random.Random) -> None:
        self._salt = rng.randrange(1 << 30)
        self._rates = rng.choice(((1.0, 2.0), (1.0, 1.5, 2.0, 3.0), (1.0, 1.1, math.e, math.pi)))
        self._cautions = rng.choice(((1.0,), (1.0,), (0.5, 0.8, 0.9)))

    def __call__(self, shape: Shape) -> Way:
        rng = random.Random(f"{self._salt}/{shape}")
        median = rng.choice(self._rates) * shape[1] * shape[3]
        return Way(median, median * rng.choice(self._cautions), fits=rng.random() < 0.85)


def random_limits(rng: random.Random) -> dict[str, float]:
    """Some limits, from idle to impossible, often exactly on a value that occurs."""
    ranges = {
        "max_accelerators": (1.0, 2.0, 8.0, 16.0),
        "memory_required_gib": (24.0, 80.0, 200.0),
        "floor_units_per_hour": (1.5, 3.0, 8.0, 1000.0),
        "max_seconds_per_unit": (3600.0, 1200.0, 300.0, 1.0),
        "max_usd_per_day": (2.4, 7.2, 24.0, 60.0),
        "max_usd_per_unit": (0.05, 0.1, 0.3, 1.0),
    }
    return {name: rng.choice(values) for name, values in ranges.items() if rng.random() < 0.3}


def random_filters(rng: random.Random, names: Sequence[str]) -> Filters:
    """Some filters; a provider that nobody has is allowed too."""

    def some(words: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(rng.sample(words, rng.randint(1, len(words)))) if rng.random() < 0.25 else ()

    categories = ("standard", "dynamic", "committed")
    quotas = tuple(random_quota(rng, names) for _ in range(rng.choice((0, 0, 1, 2, 4))))
    return Filters(some((*PROVIDERS, "nobody")), some(REGIONS), some(categories), some(TERMS), some(names), quotas)


def random_quota(rng: random.Random, names: Sequence[str]) -> Quota:
    """From nothing at all to more than anybody wants, of some provider, region, part or way of paying."""

    def one(words: Sequence[Any], share: float) -> Any:
        return rng.choice(words) if rng.random() < share else None

    most, categories = rng.choice((0, 1, 2, 4, 8, 16)), ("standard", "dynamic", "committed")
    return Quota(most, one(PROVIDERS, 0.5), one(REGIONS, 0.4), one(names, 0.2), one(categories, 0.2))


def random_instance(seed: int | str) -> Instance:
    """A whole question from a seed."""
    rng = random.Random(seed)
    names = ["H100", "A10G", "L4", "T4"][: rng.randint(1, 4)]
    sheets = Accelerators(sheet(name, memory_gib=rng.choice((16.0, 24.0, 80.0))) for name in names)
    offers = [random_offer(rng, names) for _ in range(rng.randint(1, 24))]
    return Instance(
        catalog=Catalog.of(offers, sheets),
        node_counts=range(1, rng.randint(1, 3) + 1),
        n_ways=rng.randint(1, 3),
        ways=Table(rng),
        filters=random_filters(rng, names),
        limits=random_limits(rng),
        value_of_time=rng.choice((None, None, 0.0, 0.5, 40.0)),
    )


def space_of(instance: Instance, catalog_index: CatalogIndex | None = None) -> Space:
    """The instance as the engine sees it."""
    prepared = index(instance.catalog) if catalog_index is None else catalog_index
    ways = np.full(instance.n_ways, -1), np.full(instance.n_ways, np.nan)
    return Space(prepared, prepared.usable(instance.filters), np.array(instance.node_counts), *ways)


def speeds_of(instance: Instance, space: Space) -> Speeds:
    """The instance's table in the order of `space`."""
    found = [instance.ways(shape) for shape in shapes_of(instance, space)]
    median, cautious = (
        np.array([way.median for way in found]).reshape(space.size),
        np.array([way.cautious for way in found]).reshape(space.size),
    )
    return Speeds.of(
        median=median,
        cautious=median if (median == cautious).all() else cautious,  # nothing asked: the median itself
        fits=np.array([way.fits for way in found], dtype=np.bool_).reshape(space.size),
    )


def shapes_of(instance: Instance, space: Space) -> list[Shape]:
    """What each position of the space is, by its content."""
    names, prepared = list(instance.catalog.accelerators), space.index
    return [
        (
            names[int(prepared.accelerators[c])],
            int(prepared.accelerator_counts[c]),
            None if np.isnan(prepared.interconnects_gbps[c]) else float(prepared.interconnects_gbps[c]),
            int(nodes),
            way,
        )
        for c in space.usable.classes
        for nodes in space.node_counts
        for way in range(instance.n_ways)
    ]


def limits_of(instance: Instance) -> Limits:
    """The instance's limits as the engine writes them."""
    return Limits(**instance.limits)
