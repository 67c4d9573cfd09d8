"""Predicted against measured: what the runs on one configuration really did."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from bot.configurations import could_be
from bot.documents import Comparison, Forecast, Measured
from bot.store import Scope, receipts, trials
from bot.store.arrivals import Arrived
from bot.store.receipts import Receipt
from bot.store.trials import Trial
from engine import Accelerators, IntervalDocument, OfferedDocument

__all__ = ["compared", "is_inside", "ran_on", "verification"]

_SECONDS = 3600.0
_STATED = ("accelerator", "accelerator_count", "node_count", "provider", "instance_type", "precision", "batch_size")
"""What decides a speed; where it ran and how it was paid for does not."""


def ran_on(configuration: OfferedDocument, runs: Iterable[Arrived], accelerators: Accelerators) -> list[Arrived]:
    """Those of `runs` that were made on `configuration`: accelerators, counts and nodes, and all else that is given.

    What a run does not say (its provider, its instance type, its precision, its batch) cannot contradict.
    """
    return [run for run in runs if _is_on(configuration, run, accelerators)]


def compared(configuration: OfferedDocument, forecast: Forecast | None, runs: Sequence[Arrived]) -> Comparison:
    """What was predicted of `configuration` and what `runs` (at least one) measured, as a document.

    A run without a cost of its own counts at the price of `configuration` for as long as it ran. `is_inside` tells for
    throughput and for cost per unit whether the 90 % interval holds what was measured; None where there is no interval.
    """
    hours = sum(run.ended - run.started for run in runs) / _SECONDS
    units = sum(run.units for run in runs)
    usd = _usd(configuration, runs)
    measured: Measured = {
        "units_per_hour": units / hours,
        "usd_per_unit": None if usd is None else usd / units,
        "runs": len(runs),
        "first_at": _iso(min(run.started for run in runs)),
        "last_at": _iso(max(run.ended for run in runs)),
    }
    speed = forecast.get("units_per_hour") if forecast else None
    cost = forecast.get("usd_per_unit") if forecast else None
    return {
        "configuration": configuration,
        "predicted": {"units_per_hour": speed, "usd_per_unit": cost},
        "measured": measured,
        "is_inside": {
            "units_per_hour": _within(measured["units_per_hour"], speed),
            "usd_per_unit": _within(measured["usd_per_unit"], cost),
        },
    }


def is_inside(found: Comparison) -> bool:
    """Whether nothing that was compared lies outside its interval."""
    return False not in found["is_inside"].values()


def verification(scope: Scope, advice_id: str) -> Comparison | None:
    """The comparison that verified an advice last, by a trial or by a receipt; None while it is only predicted."""
    trial, receipt = trials.verified(scope, advice_id), receipts.last_measured(scope, advice_id)
    if trial is None or (receipt is not None and _later(receipt, trial)):
        return None if receipt is None else receipt.found
    return trial.measured


def _later(receipt: Receipt, trial: Trial) -> bool:
    return receipt.finished_at is not None and trial.finished_at is not None and receipt.finished_at > trial.finished_at


def _is_on(configuration: OfferedDocument, run: Arrived, accelerators: Accelerators) -> bool:
    if not accelerators.knows(run.accelerator):
        return False
    stated = {name: getattr(run, name) for name in _STATED}
    return could_be({**stated, "accelerator": accelerators.resolve(run.accelerator).name}, configuration, _STATED)


def _usd(configuration: OfferedDocument, runs: Sequence[Arrived]) -> float | None:
    price = configuration["price_usd_per_hour"]
    if price is None and any(run.cost_usd is None for run in runs):
        return None
    rate = (price or 0.0) * configuration["node_count"] / _SECONDS
    return sum(run.cost_usd if run.cost_usd is not None else (run.ended - run.started) * rate for run in runs)


def _within(measured: float | None, interval: IntervalDocument | None) -> bool | None:
    if measured is None or interval is None:
        return None
    return interval["p05"] <= measured <= interval["p95"]


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
