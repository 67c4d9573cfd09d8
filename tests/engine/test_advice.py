"""An advice becomes the JSON of the contract."""

import json
from datetime import UTC, datetime

from engine.advice import (
    BreakEven,
    Configuration,
    Infeasible,
    NothingFeasible,
    Predicted,
    as_document,
)
from engine.units import Interval
from tests.contract import ADVICE_KEYS
from tests.engine.small_worlds import advise, run

CONFIGURATION = Configuration("aws", "east", "p5", "H100", 8, 2, "standard", None, "bf16", None, 98.0)


def test_names_that_python_keeps_lose_their_underscore() -> None:
    assert as_document(BreakEven("cost", "performance", 0.8)) == {"from": "cost", "to": "performance", "value": 0.8}


def test_what_is_not_known_is_null() -> None:
    document = as_document(CONFIGURATION)
    assert document["term"] is None
    assert document["batch_size"] is None
    assert list(document) == list(Configuration.__dataclass_fields__)


def test_an_objective_without_an_answer_says_only_why() -> None:
    assert as_document(NothingFeasible(Infeasible("floor_units_per_hour", 500.0, 431.0))) == {
        "infeasible": {"binding": "floor_units_per_hour", "asked": 500.0, "reachable": 431.0}
    }


def test_a_prediction_lists_its_configuration_beside_its_numbers() -> None:
    row = as_document(Predicted(CONFIGURATION, Interval(1.0, 2.0, 3.0), 0.5, feasible=False, reason="memory"))
    assert row["instance_type"] == "p5"
    assert row["units_per_hour"] == {"p05": 1.0, "p50": 2.0, "p95": 3.0}
    assert (row["usd_per_unit"], row["feasible"], row["reason"]) == (0.5, False, "memory")
    assert "configuration" not in row


def test_times_are_iso_8601_in_utc() -> None:
    assert as_document(datetime(2026, 11, 2, 9, tzinfo=UTC)) == "2026-11-02T09:00:00Z"


def test_tuples_become_lists_and_mappings_dicts() -> None:
    assert as_document({"a": (1, None), "b": [True]}) == {"a": [1, None], "b": [True]}


def test_a_whole_advice_has_the_keys_of_the_contract() -> None:
    document = json.loads(json.dumps(as_document(advise([run(0), run(1)])), allow_nan=False))
    assert set(document) >= ADVICE_KEYS
    pick = document["objectives"]["cost"]
    assert {"units_per_hour", "seconds_per_unit", "usd_per_day", "usd_per_day_at_demand", "usd_per_unit"} <= set(pick)
    assert {"evidence", "probability_better", "constraint_probability", "runner_up", "flips_when"} <= set(pick)
