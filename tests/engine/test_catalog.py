"""A catalogue knows its parts, and its version is its content."""

from dataclasses import replace

import pytest

from engine.accelerators import Accelerators
from engine.catalog import Catalog
from engine.errors import UnknownAccelerator
from tests.engine.instances import offer, sheet

SHEETS = Accelerators([sheet("H100"), sheet("A10G")])
OFFERS = [offer("H100", 2.0), offer("A10G", 1.0)]


def test_equal_content_has_an_equal_version() -> None:
    assert Catalog.of(OFFERS, SHEETS).version == Catalog.of(list(OFFERS), SHEETS).version
    assert len(Catalog.of([], SHEETS).version) == 12


@pytest.mark.parametrize(
    "other",
    [
        Catalog.of([OFFERS[0], replace(OFFERS[1], price_usd_per_hour=1.01)], SHEETS),
        Catalog.of(OFFERS[:1], SHEETS),
        Catalog.of(OFFERS, Accelerators([sheet("H100", memory_gib=94.0), sheet("A10G")])),
    ],
)
def test_any_price_offer_or_spec_sheet_changes_the_version(other: Catalog) -> None:
    assert other.version != Catalog.of(OFFERS, SHEETS).version


def test_an_offer_of_an_unknown_part_is_refused_with_the_closest_names() -> None:
    with pytest.raises(UnknownAccelerator) as refused:
        Catalog.of([*OFFERS, offer("H10", 1.0)], SHEETS)
    assert refused.value.closest[0] == "H100"
