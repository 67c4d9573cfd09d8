"""A price list in one strict order, whatever order it comes in, and cut where offers stop being alike."""

import itertools
import random
from datetime import timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.accelerators import Accelerators
from engine.catalog import Catalog, Offer
from engine.folding import Folded, fold, in_short
from tests.engine.brute_force import INFINITY
from tests.engine.instances import AS_OF, offer, random_instance, sheet

SHEETS = Accelerators([sheet("H100"), sheet("A10G"), sheet("L4"), sheet("T4")])


def folded(*offers: Offer) -> Folded:
    return fold(Catalog.of(offers, SHEETS))


def key(each: Offer) -> tuple[object, ...]:
    """The strict order, the slow way."""
    link = INFINITY if each.interconnect_gbps is None else each.interconnect_gbps
    words = (each.provider, each.region, each.instance_type, each.pricing_category, each.term or "", each.source)
    return (each.accelerator, each.accelerator_count, link, each.price_usd_per_hour, *words, -each.as_of.timestamp())


@pytest.mark.parametrize("seed", range(40))
def test_the_order_and_the_classes_equal_sorting_and_grouping_in_plain_python(seed: int) -> None:
    offers = list(random_instance(f"fold/{seed}").catalog.offers) * 2
    random.Random(seed).shuffle(offers)
    found = folded(*offers)
    expected = sorted(offers, key=key)
    assert [offers[position] for position in found.offers] == expected
    groups = [list(group) for _, group in itertools.groupby(expected, key=lambda each: key(each)[:3])]
    assert np.diff(found.starts).tolist() == [len(group) for group in groups]
    assert found.prices.tolist() == [each.price_usd_per_hour for each in expected]
    assert found.accelerator_counts.tolist() == [each.accelerator_count for each in expected]


def test_every_column_can_be_read_back_through_its_words() -> None:
    offers = random_instance("words").catalog.offers
    found = folded(*offers)
    for name in ("provider", "region", "instance_type", "pricing_category", "term", "accelerator", "source"):
        words = [found.words[name][code] for code in found.codes[name]]
        assert words == [getattr(offers[position], name) or "" for position in found.offers]
        assert list(found.words[name]) == sorted(set(words))


@given(st.lists(st.floats(0.0, allow_nan=False), max_size=30))
def test_short_integers_sort_as_the_numbers_do_that_they_stand_for(numbers: list[float]) -> None:
    given_numbers = np.abs(np.array(numbers, dtype=np.float64))  # there is a negative nought too
    columns = in_short(given_numbers)
    assert np.lexsort(columns[::-1]).tolist() == np.argsort(given_numbers, kind="stable").tolist()
    assert {column.dtype for column in columns} == {np.dtype(np.uint16)}


def test_every_bit_of_a_number_counts_in_its_short_integers() -> None:
    for place in range(62):
        pair = np.array([1 << place, (1 << place) - 1], dtype=np.uint64).view(np.float64)
        assert np.lexsort(in_short(pair)[::-1]).tolist() == [1, 0], place


def test_a_link_that_nobody_stated_comes_last_and_is_not_a_number() -> None:
    found = folded(offer("H100", 1.0), offer("H100", 2.0, interconnect_gbps=400.0), offer("H100", 3.0))
    assert found.offers.tolist() == [1, 0, 2]
    assert str(found.interconnects_gbps.tolist()) == "[400.0, nan, nan]"
    assert found.starts.tolist() == [0, 1, 3]


def test_of_offers_that_differ_in_nothing_else_the_newest_comes_first() -> None:
    dates = [AS_OF - timedelta(days=days) for days in (3, 0, 7, 1)]
    found = folded(*(offer("H100", 1.0, as_of=date) for date in dates))
    assert found.offers.tolist() == [1, 3, 0, 2]


def test_one_moment_in_two_zones_is_one_age() -> None:
    here, there = AS_OF, AS_OF.astimezone(timezone(timedelta(hours=3)))
    found = folded(offer("H100", 1.0, as_of=there), offer("H100", 1.0, as_of=here))
    assert found.offers.tolist() == [0, 1]


def test_spellings_of_one_part_are_one_word() -> None:
    found = folded(offer("NVIDIA H100", 2.0), offer("h100", 1.0), offer("A10G", 1.0))
    assert found.words["accelerator"] == ("A10G", "H100")
    assert found.starts.tolist() == [0, 1, 3]


def test_more_words_than_a_byte_can_number_stay_in_order() -> None:
    offers = [offer("H100", 1.0, instance_type=f"type{number:04d}") for number in range(300)]
    random.Random(0).shuffle(offers)
    found = folded(*offers)
    assert [offers[position].instance_type for position in found.offers] == [f"type{n:04d}" for n in range(300)]


def test_no_offers_are_no_classes_and_one_is_one() -> None:
    assert folded().starts.tolist() == [0]
    assert folded(offer("H100", 1.0)).starts.tolist() == [0, 1]
