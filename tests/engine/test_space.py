"""Offers are folded into classes that perform alike, whatever order they come in."""

import random
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from engine.accelerators import Accelerators
from engine.catalog import Catalog, Offer
from engine.space import CatalogIndex, Space, index
from engine.workload import Filters, Quota
from tests.engine.instances import AS_OF, offer, random_instance, sheet

SHEETS = Accelerators([sheet("H100"), sheet("A10G", memory_gib=24.0)])


def prepared(*offers: Offer) -> CatalogIndex:
    return index(Catalog.of(offers, SHEETS))


def space(catalog_index: CatalogIndex, nodes: int = 1, batches: tuple[float, ...] = (np.nan,)) -> Space:
    usable = catalog_index.usable(Filters())
    return Space(catalog_index, usable, np.arange(1, nodes + 1), np.full(len(batches), 2), np.array(batches))


def test_offers_that_agree_in_accelerator_count_and_link_are_one_class() -> None:
    found = prepared(
        offer("H100", 3.0),
        offer("H100", 2.0, provider="gcp", region="west"),
        offer("H100", 2.0, interconnect_gbps=400.0),
        offer("H100", 9.0, accelerator_count=8),
        offer("A10G", 1.0),
    )
    classes = zip(found.accelerators, found.accelerator_counts, found.interconnects_gbps, strict=True)
    assert [(int(a), int(n), str(link)) for a, n, link in classes] == [
        (1, 1, "nan"),
        (0, 1, "400.0"),
        (0, 1, "nan"),
        (0, 8, "nan"),
    ]
    assert np.diff(found.starts).tolist() == [1, 1, 2, 1]
    assert found.memories_gib.tolist() == [24.0, 80.0, 80.0, 80.0]


def test_the_cheapest_offer_of_a_class_comes_first() -> None:
    found = prepared(offer("H100", 3.0), offer("H100", 2.0, region="west"), offer("H100", 2.5, region="north"))
    assert [found.offer(row).region for row in range(3)] == ["west", "north", "east"]


def test_equal_prices_are_ordered_by_what_the_offer_is_and_newest_first() -> None:
    old = offer("H100", 2.0, as_of=AS_OF - timedelta(days=9))
    new, other = replace(old, as_of=AS_OF), replace(old, provider="azure")
    assert [prepared(*order).offer(row) for order in ((old, new, other), (other, new, old)) for row in range(3)] == [
        new,
        old,
        other,
    ] * 2


def test_the_order_of_a_file_changes_nothing() -> None:
    for seed in range(30):
        offers = list(random_instance(seed).catalog.offers)
        names = sorted({each.accelerator for each in offers})
        sheets = Accelerators(sheet(name) for name in names)
        one = index(Catalog.of(offers, sheets))
        random.Random(seed).shuffle(offers)
        other = index(Catalog.of(offers, sheets))
        assert [one.offer(row) for row in range(len(offers))] == [other.offer(row) for row in range(len(offers))]
        assert one.starts.tolist() == other.starts.tolist()


@pytest.mark.parametrize(
    ("filters", "regions"),
    [
        (Filters(), ["east", "north", "west"]),
        (Filters(providers=("aws",)), ["east"]),
        (Filters(regions=("west", "north")), ["north", "west"]),
        (Filters(pricing_categories=("committed",)), ["north", "west"]),
        (Filters(terms=("3y",)), ["east", "west"]),
        (Filters(accelerators=("A10G",)), []),
        (Filters(providers=("gcp",), terms=("1y",)), ["north"]),
    ],
)
def test_filters_keep_what_they_name(filters: Filters, regions: list[str]) -> None:
    found = prepared(
        offer("H100", 1.0, provider="aws", region="east"),
        offer("H100", 2.0, provider="gcp", region="north", pricing_category="committed", term="1y"),
        offer("H100", 3.0, provider="gcp", region="west", pricing_category="committed", term="3y"),
    )
    usable = found.usable(filters)
    assert [found.offer(int(row)).region for row in usable.rows] == regions
    assert sum(usable.excluded.values()) == 3 - len(regions)


def test_an_offer_is_blamed_on_the_first_filter_that_it_fails() -> None:
    found = prepared(offer("H100", 1.0, provider="gcp", region="west"), offer("H100", 1.0, region="west"))
    usable = found.usable(Filters(providers=("aws",), regions=("east",)))
    assert usable.excluded == {"providers": 1, "regions": 1}
    assert not len(usable.classes)


H100S = (
    offer("H100", 1.0, provider="aws", region="east"),
    offer("H100", 2.0, provider="gcp", region="east", pricing_category="dynamic"),
    offer("H100", 3.0, provider="gcp", region="west"),
)


@pytest.mark.parametrize(
    ("quotas", "prices"),
    [
        ((), [1.0, 2.0, 3.0, 4.0]),
        ((Quota(2),), [1.0, 2.0, np.inf, np.inf]),
        ((Quota(2, provider="aws"),), [1.0, 2.0, 6.0, 8.0]),
        ((Quota(2, provider="aws"), Quota(3, pricing_category="dynamic")), [1.0, 2.0, 6.0, 12.0]),
        ((Quota(2, region="east"),), [1.0, 2.0, 9.0, 12.0]),
        ((Quota(2, region="east"), Quota(1, provider="aws")), [1.0, 4.0, 9.0, 12.0]),
        ((Quota(1, region="east"), Quota(2, provider="aws")), [1.0, 6.0, 9.0, 12.0]),
        ((Quota(3, provider="gcp", region="west"), Quota(1, region="east")), [1.0, 6.0, 9.0, np.inf]),
        ((Quota(0, provider="aws", region="west"),), [1.0, 2.0, 3.0, 4.0]),
        ((Quota(0, accelerator="A10G"),), [1.0, 2.0, 3.0, 4.0]),
        ((Quota(2, accelerator="nvidia h100"),), [1.0, 2.0, np.inf, np.inf]),
        ((Quota(0, accelerator="nobody's part"),), [1.0, 2.0, 3.0, 4.0]),
    ],
)
def test_a_quota_bounds_the_nodes_of_what_it_names_and_the_next_cheapest_takes_over(
    quotas: tuple[Quota, ...], prices: list[float]
) -> None:
    usable = prepared(*H100S).usable(Filters(quotas=quotas))
    nodes = np.arange(1, 5)
    assert usable.usd_per_hour(np.zeros(4, dtype=np.int64), nodes).tolist() == prices


def test_a_quota_counts_the_accelerators_of_all_nodes() -> None:
    found = prepared(offer("H100", 8.0, accelerator_count=8), offer("H100", 4.0, accelerator_count=4, provider="gcp"))
    usable = found.usable(Filters(quotas=(Quota(8, provider="gcp"), Quota(7, provider="aws"))))
    assert usable.excluded == {"quotas": 1}
    assert [found.offer(int(row)).provider for row in usable.rows] == ["gcp"]
    assert usable.caps.tolist() == [8]
    space_of_four = Space(found, usable, np.array([1, 2, 3]), np.array([-1]), np.array([np.nan]))
    assert space_of_four.can_be_had.tolist() == [[True, True, False]]


def test_beyond_every_quota_a_price_is_what_it_would_be_without_them() -> None:
    found = prepared(*H100S)
    usable = found.usable(Filters(quotas=(Quota(1, provider="aws"), Quota(2, provider="gcp"))))
    bounded = Space(found, usable, np.array([1, 2, 3]), np.array([-1]), np.array([np.nan]))
    assert bounded.usd_per_hour.tolist() == [[1.0, 4.0, 3.0]]
    assert bounded.can_be_had.tolist() == [[True, True, False]]
    assert [found.offer(bounded.cheapest_row(shape)).provider for shape in (0, 1)] == ["aws", "gcp"]
    assert bounded.cheapest_row(2) == -1


def test_the_least_price_is_that_of_the_cheapest_offer_whatever_the_filters() -> None:
    found = prepared(offer("H100", 3.0), offer("H100", 5.0, provider="gcp"))
    asked = Space(found, found.usable(Filters(providers=("gcp",))), np.array([1, 2]), np.array([-1]), np.zeros(1))
    assert asked.usd_per_hour.tolist() == [[5.0, 10.0]]
    assert asked.least_usd_per_hour.tolist() == [[3.0, 6.0]]


def test_a_class_that_nothing_opens_costs_infinitely_much() -> None:
    found = prepared(offer("A10G", 1.0), offer("H100", 2.0, provider="gcp"))
    usable = found.usable(Filters(providers=("gcp",)))
    assert usable.usd_per_hour(np.array([0, 1]), np.array([1, 2])).tolist() == [np.inf, 4.0]


def test_the_row_of_a_shape_is_that_of_its_class_and_nodes() -> None:
    found = prepared(offer("A10G", 1.0), offer("H100", 2.0, provider="gcp"), offer("H100", 1.5, provider="azure"))
    asked = Space(found, found.usable(Filters(accelerators=("H100",))), np.array([1, 2]), np.full(3, -1), np.zeros(3))
    assert [found.offer(asked.cheapest_row(shape)).provider for shape in range(6)] == ["azure"] * 6


def test_a_known_filter_is_not_sifted_again_and_few_are_remembered() -> None:
    found = prepared(offer("H100", 1.0))
    first = found.usable(Filters(providers=("aws",)))
    assert found.usable(Filters(providers=("aws",))) is first
    for number in range(200):
        found.usable(Filters(providers=(f"p{number}",)))
    assert len(found._known) < 100
    assert found.usable(Filters(providers=("aws",))).rows.tolist() == first.rows.tolist()


def test_shapes_run_over_classes_then_nodes_then_ways() -> None:
    found = space(prepared(offer("A10G", 1.0), offer("H100", 5.0, accelerator_count=4)), nodes=2, batches=(8.0, 16.0))
    shapes = found.shapes()
    assert found.size == (2, 2, 2)
    assert len(shapes) == 8
    assert shapes.accelerator.tolist() == [1] * 4 + [0] * 4
    assert shapes.node_count.tolist() == [1, 1, 2, 2] * 2
    assert shapes.precision.tolist() == [2] * 8
    assert np.isnan(shapes.interconnect_gbps).all()


def test_a_batch_grows_with_the_accelerators_that_share_it() -> None:
    found = space(prepared(offer("H100", 5.0, accelerator_count=4)), nodes=2, batches=(8.0, np.nan))
    assert found.shapes().batch_size[[0, 2]].tolist() == [32.0, 64.0]
    assert np.isnan(found.shapes().batch_size[[1, 3]]).all()


def test_prices_and_sizes_count_every_node() -> None:
    found = space(prepared(offer("H100", 5.0, accelerator_count=4), offer("H100", 4.0, accelerator_count=4)), nodes=3)
    assert found.usd_per_hour.tolist() == [[4.0, 8.0, 12.0]]
    assert found.total_accelerators.tolist() == [[4, 8, 12]]
    assert found.memories_gib.tolist() == [80.0]


def test_rows_of_a_machine_are_found_by_any_spelling_and_narrowed_by_words() -> None:
    found = prepared(offer("H100", 2.0), offer("H100", 1.0, region="west"), offer("H100", 8.0, accelerator_count=8))
    rows = found.rows_of("nvidia h100", 1)
    assert sorted(found.prices[rows].tolist()) == [1.0, 2.0]
    assert found.prices[rows[found.matches(rows, {"region": "west", "provider": "aws"})]].tolist() == [1.0]
    assert not len(found.rows_of("A10G", 1))


def test_spellings_of_one_part_are_one_class_and_one_filter() -> None:
    found = prepared(offer("NVIDIA H100", 2.0), offer("h100", 1.0), offer("H100", 3.0))
    assert np.diff(found.starts).tolist() == [3]
    for spelling in ("H100", "nvidia-h100"):
        assert len(found.usable(Filters(accelerators=(spelling,))).rows) == 3
    assert not len(found.usable(Filters(accelerators=("A10G", "nobody's part"))).rows)


def test_an_empty_catalogue_is_an_empty_space() -> None:
    found = prepared()
    assert not len(found.usable(Filters()).classes)
    assert space(found).size == (0, 1, 1)
