"""The data that the product ships: spec sheets, a dated price list and a sample history. README.md names the sources.

Shipped files are trusted: they are mapped without the checks of `bot.files`, and the integrity suite holds them to it.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from engine import Accelerator, Accelerators, Catalog, Offer

__all__ = ["load_accelerators", "load_catalog", "sample_files", "sample_shift"]

_FOLDER = Path(__file__).parent
_Row = Mapping[str, str]


@cache
def load_accelerators() -> Accelerators:
    """The shipped spec sheets."""
    return Accelerators(_accelerator(row) for row in _rows("accelerators.csv"))


@cache
def load_catalog() -> Catalog:
    """The shipped price list; every row carries its date and source."""
    return Catalog.of((_offer(row) for row in _rows("offers.csv")), load_accelerators())


def sample_files() -> dict[str, Path]:
    """The files of the sample history by what they hold: `runs`, `workloads` and `sources` (who measured what)."""
    return {name: _FOLDER / f"sample_{name}.csv" for name in ("runs", "workloads", "sources")}


def sample_shift(now: datetime) -> timedelta:
    """What to add to the sample's times, in whole days, so that its last run ended within the day before `now`."""
    last = max(datetime.fromisoformat(row["ended_at"]) for row in _rows("sample_runs.csv"))
    return timedelta(days=(now - last).days)


def _rows(name: str) -> Iterator[_Row]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _accelerator(row: _Row) -> Accelerator:
    return Accelerator(
        name=row["accelerator"],
        aliases=tuple(filter(None, row["aliases"].split(";"))),
        vendor=row["vendor"],
        architecture=row["architecture"],
        year=int(row["year"]),
        memory_gib=float(row["memory_gib"]),
        memory_bandwidth_gb_per_s=float(row["memory_bandwidth_gb_per_s"]),
        fp32_tflops=_number(row["fp32_tflops"]),
        tf32_tflops=_number(row["tf32_tflops"]),
        fp16_tflops=_number(row["fp16_tflops"]),
        fp8_tflops=_number(row["fp8_tflops"]),
        fp4_tflops=_number(row["fp4_tflops"]),
        link_gb_per_s=_number(row["link_gb_per_s"]),
        tdp_w=_number(row["tdp_w"]),
        source=row["source"],
    )


def _offer(row: _Row) -> Offer:
    return Offer(
        provider=row["provider"],
        region=row["region"],
        instance_type=row["instance_type"],
        accelerator=row["accelerator"],
        accelerator_count=int(row["accelerator_count"]),
        accelerator_memory_gib=float(row["accelerator_memory_gib"]),
        vcpus=_number(row["vcpus"]),
        memory_gib=_number(row["memory_gib"]),
        interconnect_gbps=_number(row["interconnect_gbps"]),
        pricing_category=row["pricing_category"],  # type: ignore[arg-type]  # the integrity suite checks the word
        term=row["term"] or None,
        price_usd_per_hour=float(row["price_usd_per_hour"]),
        as_of=datetime.fromisoformat(row["as_of"]),
        source=row["source"],
    )


def _number(text: str) -> float | None:
    return float(text) if text else None
