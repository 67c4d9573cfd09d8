"""The integrity of what the product ships: spec sheets and price list obey the rules that every import obeys."""

import csv
import re
import statistics
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

import bot.data
from bot.data import load_accelerators, load_catalog
from engine import PRICING_CATEGORIES, Accelerator

FOLDER = Path(bot.data.__file__).parent
SHEETS = list(load_accelerators().values())
OFFERS = load_catalog().offers
ALLOWED = re.compile(r"^[\w.-]+/[\w.-]+@[0-9a-f]{7,40} .*\((Apache-2\.0|MIT)\)")


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_there_are_spec_sheets_of_what_clouds_rent() -> None:
    assert len(SHEETS) >= 45
    assert {"K80-12GB", "V100-16GB", "T4-16GB", "A10G-24GB", "L4-24GB", "L40S-48GB"} <= set(load_accelerators())
    assert {"H100-80GB", "H200-141GB", "B200-180GB", "B300-270GB", "MI300X-192GB"} <= set(load_accelerators())
    assert not [sheet.name for sheet in SHEETS if "tpu" in sheet.name.lower()]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_spec_sheet_is_plausible_and_says_where_it_is_from(sheet: Accelerator) -> None:
    assert sheet.vendor in {"nvidia", "amd", "intel"}
    assert 2012 <= sheet.year <= datetime.now(UTC).year
    assert 4 <= sheet.memory_gib <= 400
    assert 100 <= sheet.memory_bandwidth_gb_per_s <= 20_000
    assert 2 <= (sheet.fp32_tflops or 0) <= 300
    assert 16 <= (sheet.link_gb_per_s or 0) <= 4000
    assert 30 <= (sheet.tdp_w or 0) <= 2000
    assert "datasheet" in sheet.source


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_narrower_numbers_are_never_slower(sheet: Accelerator) -> None:
    rates = [sheet.fp32_tflops, sheet.tf32_tflops, sheet.fp16_tflops, sheet.fp8_tflops, sheet.fp4_tflops]
    known = [rate for rate in rates if rate is not None]
    assert known == sorted(known)


def test_every_spelling_means_one_part() -> None:
    spellings = [(spelling, sheet.name) for sheet in SHEETS for spelling in (sheet.name, *sheet.aliases)]
    assert [load_accelerators().resolve(spelling).name for spelling, _ in spellings] == [name for _, name in spellings]
    exact = [spelling for spelling, _ in spellings]
    assert len(exact) == len(set(exact))


@pytest.mark.parametrize(
    ("reported", "name"),
    [
        ("NVIDIA A10G", "A10G-24GB"),
        ("Tesla T4", "T4-16GB"),
        ("nvidia-tesla-t4", "T4-16GB"),
        ("NVIDIA H100 80GB HBM3", "H100-80GB"),
        ("H100-80GB", "H100-80GB"),
        ("nvidia-h100-mega-80gb", "H100-80GB"),
        ("NVIDIA A100-SXM4-80GB", "A100-80GB"),
        ("NVIDIA A100 80GB PCIe", "A100-80GB-PCIe"),
        ("Tesla V100-SXM2-16GB", "V100-16GB"),
        ("nvidia-l4", "L4-24GB"),
        ("AMD Instinct MI300X", "MI300X-192GB"),
    ],
)
def test_the_names_that_drivers_and_clouds_report_are_known(reported: str, name: str) -> None:
    assert load_accelerators().resolve(reported).name == name


def test_there_are_offers_of_many_providers_in_every_category() -> None:
    assert len(OFFERS) >= 900
    providers = {offer.provider for offer in OFFERS}
    assert len(providers) >= 8
    assert {"aws", "gcp", "azure"} <= providers
    assert {offer.pricing_category for offer in OFFERS} == set(PRICING_CATEGORIES)


def test_every_price_is_positive_dated_and_sourced() -> None:
    assert not [offer for offer in OFFERS if not offer.price_usd_per_hour > 0]
    assert not [offer for offer in OFFERS if not datetime(2024, 1, 1, tzinfo=UTC) <= offer.as_of <= datetime.now(UTC)]
    assert not [offer for offer in OFFERS if not ALLOWED.search(offer.source)]


def test_every_offer_fits_the_spec_sheet_that_it_names() -> None:
    sheets = load_accelerators()
    assert {offer.accelerator for offer in OFFERS} <= set(sheets)
    assert not [offer for offer in OFFERS if offer.accelerator_memory_gib != sheets[offer.accelerator].memory_gib]
    assert not [offer for offer in OFFERS if not 1 <= offer.accelerator_count <= 16]


def test_commitments_have_a_term_and_nothing_else_has() -> None:
    assert not [offer for offer in OFFERS if (offer.pricing_category == "committed") != (offer.term in {"1y", "3y"})]


def test_no_price_lies_twenty_times_off_the_median_of_its_kind() -> None:
    prices = defaultdict(list)
    for offer in OFFERS:
        prices[offer.accelerator, offer.pricing_category].append(offer.price_usd_per_hour / offer.accelerator_count)
    off = [
        (kind, price)
        for kind, found in prices.items()
        for price in found
        if not statistics.median(found) / 20 <= price <= statistics.median(found) * 20
    ]
    assert off == []


def test_nothing_is_priced_twice() -> None:
    things = [(o.provider, o.region, o.instance_type, o.pricing_category, o.term) for o in OFFERS]
    assert len(things) == len(set(things))


def test_spot_is_cheaper_than_on_demand_and_commitment_too() -> None:
    prices = {(o.provider, o.region, o.instance_type, o.pricing_category, o.term): o.price_usd_per_hour for o in OFFERS}
    dearer = [
        thing
        for thing, price in prices.items()
        if thing[3] != "standard" and price > prices.get((*thing[:3], "standard", None), price)
    ]
    assert dearer == []


def test_the_files_are_in_an_order_that_makes_changes_easy_to_read() -> None:
    offers = rows("offers.csv")
    assert [row["provider"] for row in offers] == sorted(row["provider"] for row in offers)
    vendors = [row["vendor"] for row in rows("accelerators.csv")]
    assert vendors == sorted(vendors, key=["nvidia", "amd", "intel"].index)


def test_the_readme_names_every_source_and_count() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    sources = {found for offer in OFFERS for found in re.findall(r"[\w.-]+/[\w.-]+@[0-9a-f]+", offer.source)}
    assert [source for source in sources if source not in readme] == []
    assert f"{len(OFFERS):,} prices of {len({o.provider for o in OFFERS})} providers" in readme
    assert f"{len(SHEETS)} parts" in readme


def test_catalogues_of_one_content_have_one_version() -> None:
    assert load_catalog().version == type(load_catalog()).of(OFFERS, load_accelerators()).version
    assert load_catalog() is load_catalog()
