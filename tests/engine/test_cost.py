"""What today costs, failed runs and idle gaps included."""

from datetime import timedelta
from typing import Any

import pytest

from engine.cost import configuration_of, latest_run, price_of, spending
from engine.history import History, Run
from tests.engine.instances import offer
from tests.engine.small_worlds import START, catalog_index, run


def history(*runs: Run) -> History:
    return History.of("video-gen", runs)


def price(*more: Any, **stated: Any) -> float | None:
    return price_of(history(run(0, **stated)), 0, catalog_index(*more))


def test_today_is_the_latest_success() -> None:
    runs = (run(0), run(1), run(2, status="failed"))
    assert latest_run(history(*runs)) == 1


def test_a_trial_is_not_today_unless_there_is_nothing_else() -> None:
    assert latest_run(history(run(0), run(1, is_trial=True))) == 0
    assert latest_run(history(run(0, is_trial=True), run(1, status="oom"))) == 0


@pytest.mark.parametrize("runs", [(), (run(0, status="failed"), run(1, status="oom"))])
def test_without_a_success_there_is_no_today(runs: tuple[Run, ...]) -> None:
    assert latest_run(history(*runs)) is None


def test_a_stated_offer_is_priced_exactly() -> None:
    dear = offer("A10G", 7.0, provider="azure", region="north", instance_type="nv", pricing_category="committed")
    stated = {"provider": "azure", "region": "north", "instance_type": "nv", "pricing_category": "committed"}
    assert price(dear, **stated) == 7.0


def test_what_is_not_stated_is_the_cheapest_on_demand() -> None:
    assert price(offer("A10G", 0.9, region="west")) == 0.9
    assert price() == 1.0


def test_an_offer_that_is_gone_is_priced_like_the_cheapest_on_demand() -> None:
    assert price(provider="nobody") == 1.0


def test_spot_is_priced_as_spot_only_where_the_run_says_so() -> None:
    assert price(pricing_category="dynamic") == 0.4


def test_without_an_on_demand_offer_any_category_will_do() -> None:
    spot = offer("A10G", 0.7, accelerator_count=2, pricing_category="dynamic")
    assert price(spot, accelerator_count=2) == 0.7


def test_without_any_offer_what_was_paid_is_the_price() -> None:
    assert price(accelerator_count=3, cost_usd=8.0, node_count=2) == 4.0
    assert price(accelerator_count=3) is None
    assert price(accelerator_count=3, cost_usd=0.0) is None


def test_what_a_run_does_not_state_stays_unknown() -> None:
    stated = configuration_of(history(run(0, precision="bf16", batch_size=8.0)), 0, 1.5)
    assert (stated.provider, stated.precision, stated.batch_size, stated.price_usd_per_hour) == (None, "bf16", 8.0, 1.5)
    assert configuration_of(history(run(0)), 0, None).batch_size is None


def test_demand_is_the_work_done_per_day() -> None:
    runs = [run(day) for day in range(11)]  # the last run ends ten days and an hour after the first began
    found = spending(history(*runs), catalog_index(), 30)
    assert found.units_per_day == pytest.approx(110.0 / (10.0 + 1.0 / 24.0))
    assert found.usd_per_unit == pytest.approx(0.1)
    assert found.usd_per_day == pytest.approx(11.0 / (10.0 + 1.0 / 24.0))


def test_a_short_history_counts_as_a_day() -> None:
    assert spending(history(run(0)), catalog_index(), 30).units_per_day == 10.0


def test_only_the_window_counts() -> None:
    found = spending(history(run(0, units=1e6), run(100), run(110)), catalog_index(), 30)
    assert found.units_per_day == pytest.approx(20.0 / 30.0)


def test_failed_runs_cost_money_and_do_no_work() -> None:
    runs = (run(0), run(1, status="failed", units=5.0))
    assert spending(history(*runs), catalog_index(), 30).usd_per_unit == pytest.approx(0.2)


def test_short_gaps_on_one_machine_are_paid_for_and_long_ones_are_not() -> None:
    def after(hours: float, **changes: Any) -> Run:
        began = START + timedelta(hours=hours)
        return run(0, run_id="next", started_at=began, ended_at=began + timedelta(hours=1), **changes)

    def cost(second: Run) -> float | None:
        return spending(history(run(0), second), catalog_index(), 30).usd_per_unit

    assert cost(after(1.5)) == pytest.approx(2.5 / 20.0)
    assert cost(after(2.5)) == pytest.approx(2.0 / 20.0)
    assert cost(after(1.5, accelerator="L40S")) == pytest.approx((1.0 + 1.9) / 20.0)
    assert cost(after(0.5)) == pytest.approx(2.0 / 20.0)


def test_what_was_really_paid_is_believed() -> None:
    assert spending(history(run(0, cost_usd=3.0)), catalog_index(), 30).usd_per_unit == pytest.approx(0.3)


def test_a_run_without_a_price_leaves_the_cost_unknown_but_not_the_demand() -> None:
    found = spending(history(run(0), run(0, run_id="x", accelerator_count=3)), catalog_index(), 30)
    assert (found.usd_per_unit, found.usd_per_day) == (None, None)
    assert found.units_per_day == 20.0


def test_a_window_of_failures_reaches_back_to_the_latest_success() -> None:
    runs = (run(0), *(run(day, status="failed") for day in range(90, 100)))
    found = spending(history(*runs), catalog_index(), 30)
    assert found.units_per_day == pytest.approx(10.0 / (99.0 + 1.0 / 24.0))
    assert found.usd_per_unit == pytest.approx(11.0 / 10.0)
