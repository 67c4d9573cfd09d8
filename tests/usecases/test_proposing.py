"""A pick at today's price: what it would change, and when it is not the same any more."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import pytest

from bot.usecases.deciding.proposing import Proposal, advised, price_now, recommended
from bot.usecases.workspace.permissions import Change
from engine import Catalog, as_document, index
from tests.store.store_samples import a_catalog, an_offer
from tests.views.view_samples import ADVICE, INFEASIBLE, L40S, UNDETERMINED

ON_DEMAND = an_offer()
SPOT = an_offer(pricing_category="dynamic", price_usd_per_hour=0.2)
RESERVED = an_offer(pricing_category="committed", term="1y", price_usd_per_hour=0.33)


def configured(node_count: int = 1, **changes: Any) -> Any:
    rest = {"node_count": node_count, "precision": "fp16", "batch_size": None}
    return {**asdict(replace(ON_DEMAND, **changes)), **rest}


def proposal(**changes: Any) -> Proposal:
    """From 100 units an hour at 24 dollars a day to 200 at 48."""
    today: Any = {"units_per_hour": {"p05": 90.0, "p50": 100.0, "p95": 110.0}, "usd_per_day": 24.0}
    then: Any = {"units_per_hour": {"p05": 180.0, "p50": 200.0, "p95": 220.0}, "usd_per_day": 48.0}
    rented: Any = {"price_usd_per_hour": 2.0}
    made = Proposal("cost", "cost", rented, rented, then, today)
    return replace(made, **changes)


def slower(speed: float) -> Mapping[str, Any]:
    return {"units_per_hour": {"p50": speed}, "usd_per_day": 12.0}


class TestThePriceOfTheMoment:
    def test_is_that_of_the_same_offer(self) -> None:
        prices = index(a_catalog(SPOT, RESERVED, ON_DEMAND))
        assert price_now(prices, configured()) == 0.526
        assert price_now(prices, configured(pricing_category="dynamic")) == 0.2
        assert price_now(prices, configured(pricing_category="committed", term="1y")) == 0.33

    def test_is_the_lowest_where_a_list_has_several(self) -> None:
        assert price_now(index(a_catalog(ON_DEMAND, replace(ON_DEMAND, price_usd_per_hour=0.5))), configured()) == 0.5

    @pytest.mark.parametrize(
        "change",
        [
            {"provider": "gcp"},
            {"region": "us-east-2"},
            {"instance_type": "g4dn.2xlarge"},
            {"accelerator_count": 2},
            {"accelerator": "a part without a sheet"},
            {"pricing_category": "dynamic"},
            {"pricing_category": "committed", "term": "3y"},
        ],
    )
    def test_is_nobody_s_who_offers_anything_else(self, change: dict[str, Any]) -> None:
        assert price_now(index(a_catalog(ON_DEMAND, RESERVED)), configured(**change)) is None

    def test_is_none_in_an_empty_list(self) -> None:
        assert price_now(index(Catalog.of((), a_catalog().accelerators)), configured()) is None


class TestTheChange:
    def test_compares_with_today(self) -> None:
        assert proposal().change == Change(48.0, 24.0, -1.0)

    def test_counts_what_is_lost_as_a_share_of_today_s_throughput(self) -> None:
        assert proposal(forecast=slower(75.0)).change == Change(12.0, -12.0, 0.25)

    def test_counts_all_of_the_new_cost_where_today_s_is_not_known(self) -> None:
        unpriced = {"units_per_hour": {"p50": 100.0}, "usd_per_day": None}
        assert proposal(current=unpriced).change.more_usd_per_day == 48.0
        assert proposal(current=None).change == Change(48.0, 48.0, 0.0)


class TestTheMoveOfThePrice:
    def test_is_a_share_of_the_price_on_the_card(self) -> None:
        assert proposal(configuration={"price_usd_per_hour": 2.1}).price_move == pytest.approx(0.05)
        assert proposal(configuration={"price_usd_per_hour": 1.5}).price_move == -0.25

    def test_of_what_is_not_on_offer_is_none(self) -> None:
        assert proposal(configuration=None).price_move == 0.0


class TestTheDigest:
    def test_of_the_same_proposal_is_the_same(self) -> None:
        assert proposal().digest == proposal().digest

    @pytest.mark.parametrize(
        "change",
        [
            {"configuration": {"price_usd_per_hour": 2.000001}},
            {"configuration": {"price_usd_per_hour": 2.0, "region": "us-east-1"}},
            {"configuration": None},
            {"forecast": {"units_per_hour": {"p05": 180.0, "p50": 201.0, "p95": 220.0}, "usd_per_day": 48.0}},
        ],
        ids=["price", "configuration", "gone", "forecast"],
    )
    def test_of_another_price_configuration_or_forecast_is_another(self, change: dict[str, Any]) -> None:
        assert proposal(**change).digest != proposal().digest


class TestAChoice:
    document: Any = as_document(ADVICE)

    @pytest.mark.parametrize("objective", ["cost", "value", "performance"])
    def test_of_an_objective_is_its_pick(self, objective: str) -> None:
        assert advised(self.document, objective) == self.document["objectives"][objective]["configuration"]

    def test_of_a_fallback_is_one_of_the_recommended_pick_s(self) -> None:
        assert advised(self.document, "fallback:0") == as_document(L40S)
        assert advised(self.document, "fallback:1") == self.document["objectives"]["performance"]["fallbacks"][1]

    @pytest.mark.parametrize(
        "choice", ["", "speed", "fallback", "fallback:", "fallback:2", "fallback:-1", "fallback:x", "fallback:٣", "a:b"]
    )
    def test_of_anything_else_is_nothing(self, choice: str) -> None:
        assert advised(self.document, choice) is None

    @pytest.mark.parametrize("answer", [INFEASIBLE, UNDETERMINED], ids=["infeasible", "undetermined"])
    def test_of_an_answer_without_picks_is_nothing(self, answer: Any) -> None:
        document = as_document(answer)
        assert recommended(document) is None
        assert all(advised(document, choice) is None for choice in ("cost", "performance", "fallback:0"))
