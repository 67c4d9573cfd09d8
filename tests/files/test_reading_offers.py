"""Price lists from files: prices that cannot be true are refused, the others are used."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.data import load_accelerators, load_catalog
from bot.files import Unreadable, read_offers
from engine import Offer
from tests.files.written_files import OFFER, Cells, Told, write_csv, write_json_lines

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def read(path: Path, report: Told) -> tuple[Offer, ...]:
    return read_offers(path, load_accelerators(), NOW, report)


def in_region(number: int, **changes: object) -> Cells:
    return {**OFFER, "region": f"region-{number}", **changes}


def test_an_offer_comes_in_with_the_part_it_names(tmp_path: Path, report: Told) -> None:
    (offer,) = read(write_csv(tmp_path / "offers.csv", OFFER), report)
    assert offer.accelerator == "A10G-24GB"
    assert offer.accelerator_memory_gib == 24  # the spec sheet's, where the row names none
    assert (offer.vcpus, offer.memory_gib, offer.interconnect_gbps, offer.term) == (None, None, None, None)
    assert offer.as_of == datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"price_usd_per_hour": "0"}, "price_usd_per_hour", "greater than 0"),
        ({"price_usd_per_hour": "-1.2"}, "price_usd_per_hour", "greater than 0"),
        ({"price_usd_per_hour": ""}, "price_usd_per_hour", "is missing"),
        ({"accelerator": "TPUv5"}, "accelerator", "unknown accelerator 'TPUv5'"),
        ({"as_of": "2026-11-24T00:00:00Z"}, "as_of", "lies in the future"),
        ({"as_of": "2026-11-01"}, "as_of", "has no zone"),
        ({"source": ""}, "source", "is missing"),
        ({"pricing_category": "committed"}, "term", "is missing; a committed price is for 1y or 3y"),
        ({"pricing_category": "committed", "term": "2y"}, "term", "is 2y"),
        ({"pricing_category": "weekly"}, "pricing_category", "one of standard, dynamic, committed"),
        ({"currency": "EUR"}, "currency", "only USD can be compared"),
        ({"accelerator_count": "0"}, "accelerator_count", "at least 1"),
        ({"vcpus": "many"}, "vcpus", "is not a number"),
    ],
)
def test_an_offer_that_cannot_be_used_is_refused_by_column(
    changes: Cells, column: str, reason: str, tmp_path: Path, report: Told
) -> None:
    path = write_csv(tmp_path / "offers.csv", {**OFFER, **changes}, in_region(2))
    assert [offer.region for offer in read(path, report)] == ["region-2"]
    assert report.where == [(2, column)]
    assert reason in report.said[0]


def test_a_price_twenty_times_off_its_kind_is_refused_with_the_median(tmp_path: Path, report: Told) -> None:
    rows = [in_region(number) for number in range(5)]
    wild = in_region(9, price_usd_per_hour="0.01")
    path = write_json_lines(tmp_path / "offers.jsonl", *rows, wild)
    assert len(read(path, report)) == 5
    assert report.said == [
        f"{path}:6: price_usd_per_hour: $0.01 per A10G-24GB is more than 20 times away from the median of $1.006"
    ]


def test_the_price_of_one_accelerator_is_compared_within_its_pricing_category(tmp_path: Path, report: Told) -> None:
    rows = [in_region(number) for number in range(3)]
    spot = [in_region(number, pricing_category="dynamic", price_usd_per_hour="0.04") for number in range(3)]
    eight = in_region(8, accelerator_count="8", price_usd_per_hour="64")  # $8 each, eight times the median
    assert len(read(write_csv(tmp_path / "offers.csv", *rows, *spot, eight), report)) == 7
    assert report.said == []


@SHARED
@given(prices=st.lists(st.floats(0.01, 1000), min_size=1, max_size=12), scale=st.sampled_from([1, 2, 8]))
def test_what_is_kept_lies_within_twenty_times_of_the_median_of_all(
    prices: list[float], scale: int, tmp_path: Path
) -> None:
    report = Told()
    rows = [
        in_region(number, price_usd_per_hour=repr(price * scale), accelerator_count=scale)
        for number, price in enumerate(prices)
    ]
    found = read(write_csv(tmp_path / "offers.csv", *rows), report)
    ordered = sorted(prices)
    median = (ordered[(len(prices) - 1) // 2] + ordered[len(prices) // 2]) / 2
    assert len(found) + report.refused == len(prices)
    assert all(median / 20.001 < offer.price_usd_per_hour / scale < median * 20.001 for offer in found)


def test_a_lone_price_is_compared_with_those_elsewhere(tmp_path: Path, report: Told) -> None:
    path = write_csv(tmp_path / "offers.csv", {**OFFER, "accelerator": "B200", "price_usd_per_hour": "0.01"}, OFFER)
    assert len(read(path, report)) == 2  # nothing to compare with
    found = read_offers(path, load_accelerators(), NOW, report, load_catalog().offers)
    assert [offer.accelerator for offer in found] == ["A10G-24GB"]
    assert report.where == [(2, "price_usd_per_hour")]


def test_enough_prices_of_a_kind_need_no_other(tmp_path: Path, report: Told) -> None:
    rows = [in_region(number, price_usd_per_hour="0.02") for number in range(3)]
    path = write_csv(tmp_path / "offers.csv", *rows)
    assert len(read_offers(path, load_accelerators(), NOW, report, load_catalog().offers)) == 3


def test_one_thing_has_one_price(tmp_path: Path, report: Told) -> None:
    path = write_csv(tmp_path / "offers.csv", OFFER, {**OFFER, "price_usd_per_hour": "1.1"}, in_region(2))
    assert [offer.price_usd_per_hour for offer in read(path, report)] == [1.006, 1.006]
    assert report.said == [f"{path}:3: prices again what line 2 prices"]


def test_commitments_of_two_terms_are_two_things(tmp_path: Path, report: Told) -> None:
    rows = [{**OFFER, "pricing_category": "reserved", "term": term} for term in ("1y", "3y")]
    found = read(write_csv(tmp_path / "offers.csv", *rows), report)
    assert [(offer.pricing_category, offer.term) for offer in found] == [("committed", "1y"), ("committed", "3y")]


def test_a_list_without_prices_cannot_be_read(tmp_path: Path, report: Told) -> None:
    path = write_csv(tmp_path / "offers.csv", {name: value for name, value in OFFER.items() if name != "as_of"})
    with pytest.raises(Unreadable, match="the header lacks as_of"):
        read(path, report)


def test_the_shipped_price_list_comes_in_whole_and_unchanged(report: Told) -> None:
    path = Path(__file__).parents[2] / "bot" / "data" / "offers.csv"
    assert read(path, report) == load_catalog().offers
    assert report.said == report.warnings == []
