"""Which runs were made on a configuration, and how prediction and measurement compare."""

from typing import Any

import pytest

from bot.data import load_catalog
from bot.store.arrivals import Arrived
from bot.usecases.following.measuring import compared, is_inside, ran_on
from tests.usecases.after_samples import CONFIGURATION, FORECAST

ACCELERATORS = load_catalog().accelerators


def run(**changes: Any) -> Arrived:
    """Sixty units in one hour on four A10G."""
    plain: dict[str, Any] = {
        "started": 1_000_000.0,
        "ended": 1_003_600.0,
        "units": 60.0,
        "accelerator": "NVIDIA A10G",
        "accelerator_count": 4,
        "node_count": 1,
        "provider": None,
        "instance_type": None,
        "precision": None,
        "batch_size": None,
        "cost_usd": None,
    }
    return Arrived(**plain | changes)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"accelerator": "A10G"},
        {"accelerator": "A10G-24GB"},
        {"provider": "aws"},
        {"provider": "aws", "instance_type": "g5.12xlarge", "precision": "fp16"},
    ],
)
def test_a_run_that_says_nothing_else_was_made_on_it(said: dict[str, Any]) -> None:
    assert ran_on(CONFIGURATION, [run(**said)], ACCELERATORS)


@pytest.mark.parametrize(
    "said",
    [
        {"accelerator": "L4"},
        {"accelerator": "a card that nobody knows"},
        {"accelerator_count": 8},
        {"node_count": 2},
        {"provider": "gcp"},
        {"instance_type": "g5.48xlarge"},
        {"precision": "fp32"},
    ],
)
def test_a_run_that_says_something_else_was_not(said: dict[str, Any]) -> None:
    assert not ran_on(CONFIGURATION, [run(**said)], ACCELERATORS)


@pytest.mark.parametrize(("batch", "is_on"), [(None, True), (32.0, True), (64.0, False)])
def test_a_run_with_another_batch_was_not_made_on_it(batch: float | None, is_on: bool) -> None:  # noqa: FBT001
    assert bool(ran_on(CONFIGURATION | {"batch_size": 32.0}, [run(batch_size=batch)], ACCELERATORS)) is is_on
    assert ran_on(CONFIGURATION, [run(batch_size=batch)], ACCELERATORS)


def test_what_was_not_approved_in_particular_may_be_anything() -> None:
    anywhere = CONFIGURATION | {"provider": None, "instance_type": None, "precision": None}
    assert ran_on(anywhere, [run(provider="gcp", instance_type="x", precision="fp32")], ACCELERATORS)


def test_throughput_is_all_units_over_all_hours_and_cost_all_money_over_all_units() -> None:
    found = compared(CONFIGURATION, FORECAST, [run(), run(started=2_000_000.0, ended=2_007_200.0, units=90.0)])
    assert found["measured"]["units_per_hour"] == pytest.approx(150 / 3)
    assert found["measured"]["usd_per_unit"] == pytest.approx(3 * 6.0 / 150)
    assert found["measured"]["runs"] == 2


def test_a_run_s_own_cost_counts_before_the_price() -> None:
    found = compared(CONFIGURATION, FORECAST, [run(cost_usd=12.0), run(started=2e6, ended=2e6 + 3600)])
    assert found["measured"]["usd_per_unit"] == pytest.approx((12.0 + 6.0) / 120)


def test_every_node_is_paid_for() -> None:
    two = CONFIGURATION | {"node_count": 2}
    assert compared(two, FORECAST, [run(node_count=2)])["measured"]["usd_per_unit"] == pytest.approx(12.0 / 60)


def test_without_a_price_there_is_no_cost_to_compare() -> None:
    found = compared(CONFIGURATION | {"price_usd_per_hour": None}, FORECAST, [run()])
    assert found["measured"]["usd_per_unit"] is None
    assert found["is_inside"] == {"units_per_hour": True, "usd_per_unit": None}
    assert is_inside(found)


@pytest.mark.parametrize(("units", "inside"), [(49.9, False), (50.0, True), (60.0, True), (72.0, True), (72.1, False)])
def test_the_ends_of_the_interval_are_inside(units: float, inside: bool) -> None:  # noqa: FBT001 - expected
    assert compared(CONFIGURATION, FORECAST, [run(units=units)])["is_inside"]["units_per_hour"] is inside


def test_one_figure_outside_is_a_miss() -> None:
    found = compared(CONFIGURATION, FORECAST, [run(cost_usd=60.0)])
    assert found["is_inside"] == {"units_per_hour": True, "usd_per_unit": False}
    assert not is_inside(found)
