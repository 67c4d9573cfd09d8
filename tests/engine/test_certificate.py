"""Every configuration is counted once: as feasible, or by the first thing that excluded it."""

import numpy as np

from engine.accelerators import Accelerators
from engine.advice import Certificate
from engine.catalog import Catalog
from engine.certificate import certify
from engine.search import Limits, Speeds
from engine.space import Space, index
from engine.workload import Filters, Quota
from tests.engine.instances import offer, sheet

SHEETS = Accelerators([sheet("H100"), sheet("A10G", memory_gib=24.0)])
OFFERS = (
    offer("A10G", 1.0),
    offer("A10G", 2.0, provider="gcp"),
    offer("H100", 4.0, provider="gcp"),
    offer("H100", 5.0, region="west"),
    offer("H100", 6.0, region="west", provider="gcp"),
)


def counted(filters: Filters, limits: Limits, nodes: int = 1, fits: bool = True) -> Certificate:  # noqa: FBT001, FBT002
    """An A10G does 10 units an hour, an H100 20, on every node."""
    prepared = index(Catalog.of(OFFERS, SHEETS))
    space = Space(
        prepared, prepared.usable(filters), np.arange(1, nodes + 1), np.array([-1, -1]), np.array([np.nan, np.nan])
    )
    rate = np.where(space.memories_gib > 24.0, 20.0, 10.0)[:, None, None]
    median = np.ones(space.size) * rate * space.node_counts[None, :, None]
    return certify(space, Speeds.of(median, median, np.full(space.size, fits)), limits, 1.5)


def test_with_nothing_asked_everything_is_feasible() -> None:
    assert counted(Filters(), Limits(), nodes=3) == Certificate(30, 30, {}, 1.5)


def test_offers_of_one_class_are_counted_by_their_own_prices() -> None:
    found = counted(Filters(), Limits(max_usd_per_day=5.0 * 24.0), nodes=2)
    assert (found.configurations, found.feasible) == (20, 12)
    assert found.excluded == {"max_usd_per_day": 8}


def test_filters_come_before_quotas_and_quotas_before_limits() -> None:
    filters = Filters(providers=("gcp",), quotas=(Quota(2, region="east"), Quota(1, region="west")))
    found = counted(filters, Limits(floor_units_per_hour=20.0), nodes=3)
    assert found.configurations == 30
    assert found.excluded == {"providers": 12, "quotas": 8, "floor_units_per_hour": 2}
    assert found.feasible == 30 - 12 - 8 - 2


def test_an_offer_that_no_quota_allows_at_all_is_excluded_at_every_size() -> None:
    found = counted(Filters(quotas=(Quota(0, provider="gcp"),)), Limits(), nodes=2)
    assert found.excluded == {"quotas": 12}
    assert found.feasible == 8


def test_offers_of_one_class_under_different_quotas_are_counted_apart() -> None:
    quotas = (Quota(1, provider="gcp"), Quota(2, provider="aws"))
    found = counted(Filters(quotas=quotas), Limits(max_usd_per_unit=0.25), nodes=3)
    assert found.excluded == {"quotas": 2 * (3 * 2 + 2 * 1), "max_usd_per_unit": 2}
    assert found.feasible == 30 - 16 - 2


def test_what_does_not_fit_is_blamed_on_memory_whatever_its_price() -> None:
    assert counted(Filters(), Limits(max_usd_per_day=1.0), fits=False).excluded == {"memory": 10}


def test_when_no_offer_is_usable_the_filters_exclude_all() -> None:
    assert counted(Filters(regions=("north",)), Limits(), nodes=2).excluded == {"regions": 20}
