"""The bot's own error: by accelerator, told as it is, and looked up on history whenever a model is fitted."""

from typing import Any

import pytest

from bot.data import load_accelerators
from bot.usecases.learning.scoring import looked_back, scores
from engine import History, Observations, Run, fit, observe
from tests.scenarios.workspace_story import runs

PARTS = load_accelerators()


def check(predicted: float | None, measured: float, part: str = "H100-80GB") -> dict[str, Any]:
    interval = None if predicted is None else {"p05": 0.9 * predicted, "p50": predicted, "p95": 1.1 * predicted}
    return {
        "configuration": {"accelerator": part},
        "predicted": {"units_per_hour": interval},
        "measured": {"units_per_hour": measured},
    }


def observed(*histories: list[Run]) -> list[Observations]:
    return [observe(History.of(kept[0].workload, kept), PARTS) for kept in histories]


def on(name: str, **speeds: float) -> list[Run]:
    """Runs of one workload on one accelerator each, at so many units in two hours."""
    parts = {"a10g": "A10G-24GB", "h100": "H100-80GB", "l4": "L4-24GB"}
    return [
        run
        for short, units in speeds.items()
        for run in runs(name, 2, accelerator=parts[short], accelerator_count=1, units=units, region=short)
    ]


def test_an_error_is_the_median_and_what_the_interval_held_is_counted() -> None:
    [row] = scores([check(100.0, 100.0), check(100.0, 80.0), check(100.0, 50.0)])
    assert row == {"accelerator": "H100-80GB", "count": 3, "error": pytest.approx(0.25), "inside": 1}


def test_what_was_checked_most_often_comes_first_and_what_has_no_speed_is_no_check() -> None:
    rows = scores(
        [check(1.0, 1.0, "L4"), check(1.0, 1.0, "A100"), check(1.0, 1.0, "L4"), check(None, 1.0), check(1.0, 0.0)]
    )
    assert [row["accelerator"] for row in rows] == ["L4", "A100"]
    assert scores([]) == []


def test_a_history_is_looked_back_on_where_a_workload_ran_on_several_configurations() -> None:
    known = observed(on("a", a10g=100.0, h100=900.0), on("b", a10g=100.0), on("c", l4=60.0, h100=800.0))
    found = looked_back(fit(known, PARTS), known, PARTS)
    assert (found["eligible"], found["workloads"]) == (2, 2)
    assert {row["accelerator"]: row["count"] for row in found["scores"]} == {
        "A10G-24GB": 1,
        "H100-80GB": 2,
        "L4-24GB": 1,
    }


def test_of_a_large_fleet_a_sample_is_looked_at_and_said_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.usecases.learning.scoring._MOST", 2)
    known = observed(*(on(f"w{number}", a10g=100.0, h100=900.0) for number in range(5)))
    found = looked_back(fit(known, PARTS), known, PARTS)
    assert (found["eligible"], found["workloads"]) == (5, 2)


def test_a_history_without_comparisons_has_no_scores() -> None:
    known = observed(on("b", a10g=100.0))
    assert looked_back(fit(known, PARTS), known, PARTS) == {"eligible": 0, "workloads": 0, "scores": []}
