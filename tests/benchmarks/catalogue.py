"""A made-up price list of any size, with the structure of real ones."""

import itertools
import random
from datetime import UTC, datetime

from engine.accelerators import Accelerator, Accelerators
from engine.catalog import Catalog, Offer

__all__ = ["generate"]

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
COUNTS = (1, 2, 4, 8)
LINKS = (None, 100.0, 400.0, 1600.0, 3200.0)
MEMORIES = (16.0, 24.0, 32.0, 40.0, 48.0, 80.0, 94.0, 141.0, 180.0, 192.0)
CATEGORIES = (("standard", None, 1.0), ("dynamic", None, 0.4), ("committed", "1y", 0.7), ("committed", "3y", 0.5))


def generate(n_offers: int = 43_000, n_classes: int = 620, seed: int = 0) -> Catalog:
    """`n_offers` offers in `n_classes` classes of accelerator, count and link; equal arguments give equal lists."""
    rng = random.Random(seed)
    n_sheets = -(-n_classes // (len(COUNTS) * len(LINKS)))
    sheets = [_sheet(number, rng) for number in range(n_sheets)]
    classes = list(itertools.islice(itertools.product(sheets, COUNTS, LINKS), n_classes))
    offers = [_offer(classes[number % n_classes], number, rng) for number in range(n_offers)]
    return Catalog.of(offers, Accelerators(sheets))


def _sheet(number: int, rng: random.Random) -> Accelerator:
    tflops = 2.0 ** rng.uniform(4.0, 11.0)
    return Accelerator(
        name=f"GPU{number:03d}",
        aliases=(),
        vendor="maker",
        architecture="arch",
        year=rng.randrange(2016, 2027),
        memory_gib=rng.choice(MEMORIES),
        memory_bandwidth_gb_per_s=tflops * rng.uniform(2.0, 8.0),
        fp32_tflops=tflops / 8.0,
        tf32_tflops=tflops / 2.0,
        fp16_tflops=tflops,
        fp8_tflops=None,
        fp4_tflops=None,
        link_gb_per_s=600.0,
        tdp_w=500.0,
        source="generated",
    )


def _offer(machine: tuple[Accelerator, int, float | None], number: int, rng: random.Random) -> Offer:
    sheet, count, link = machine
    category, term, discount = rng.choice(CATEGORIES)
    fair = 0.004 * (sheet.fp16_tflops or 1.0) ** 0.8 * count
    return Offer(
        provider=f"provider{rng.randrange(20)}",
        region=f"region{rng.randrange(120)}",
        instance_type=f"{sheet.name}.{count}.{number % 7}",
        accelerator=sheet.name,
        accelerator_count=count,
        accelerator_memory_gib=sheet.memory_gib,
        vcpus=8.0 * count,
        memory_gib=64.0 * count,
        interconnect_gbps=link,
        pricing_category=category,  # type: ignore[arg-type]
        term=term,
        price_usd_per_hour=round(fair * discount * rng.uniform(0.6, 1.8), 4) + 0.01,
        as_of=AS_OF,
        source="generated",
    )
