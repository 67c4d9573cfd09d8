"""What today costs: the configuration in use, its price, the work it is asked for, and what a unit really costs."""

import itertools
from dataclasses import dataclass

import numpy as np

from engine.advice import Configuration
from engine.history import History
from engine.space import CatalogIndex
from engine.units import SECONDS_PER_DAY, SECONDS_PER_HOUR, Floats, Integers

__all__ = ["Spending", "configuration_of", "latest_run", "price_of", "spending"]

# A machine is rarely given back for less than this: shorter gaps between runs on one configuration are paid for.
_KEPT_WARM_SECONDS = SECONDS_PER_HOUR
_STATED = ("provider", "region", "instance_type", "pricing_category")


@dataclass(frozen=True, slots=True)
class Spending:
    """Over the look-back window: work done per day, and what a unit of it cost, idle and failed runs included."""

    units_per_day: float
    usd_per_unit: float | None  # None: some run has neither a price nor a stated cost

    @property
    def usd_per_day(self) -> float | None:
        """Cost per day of the work that was really asked for."""
        return None if self.usd_per_unit is None else self.units_per_day * self.usd_per_unit


def latest_run(history: History) -> int | None:
    """The run that shows today's configuration: the latest success that was no trial, else the latest success."""
    for is_candidate in (history.is_success & ~history.is_trial, history.is_success):
        if is_candidate.any():
            return int(np.flatnonzero(is_candidate)[-1])  # histories are ordered by start
    return None


def price_of(history: History, run: int, index: CatalogIndex) -> float | None:
    """USD per node and hour of what `run` ran on.

    The offer that the run states (provider, region, instance type, pricing category; on demand where it does not
    say); else the cheapest on demand with the same accelerators; else the cheapest of any category; else what the
    run itself is known to have cost.
    """
    rows = index.rows_of(history.accelerator[run], int(history.accelerator_count[run]))
    stated = {name: getattr(history, name)[run] for name in _STATED if getattr(history, name)[run] is not None}
    for wanted in ({"pricing_category": "standard"} | stated, {"pricing_category": "standard"}, {}):
        matching = rows[index.matches(rows, wanted)]
        if len(matching):
            return float(index.prices[matching].min())
    paid = float(history.cost_usd[run] / (history.hours[run] * history.node_count[run]))
    return paid if paid > 0.0 else None


def configuration_of(history: History, run: int, price_usd_per_hour: float | None) -> Configuration:
    """What `run` ran on; what it does not state stays unknown."""
    batch_size = float(history.batch_size[run])
    return Configuration(
        provider=history.provider[run],
        region=history.region[run],
        instance_type=history.instance_type[run],
        accelerator=history.accelerator[run],
        accelerator_count=int(history.accelerator_count[run]),
        node_count=int(history.node_count[run]),
        pricing_category=history.pricing_category[run],
        term=None,
        precision=history.precision[run],
        batch_size=None if np.isnan(batch_size) else batch_size,
        price_usd_per_hour=price_usd_per_hour,
    )


def spending(history: History, index: CatalogIndex, lookback_days: int) -> Spending:
    """Demand and true cost per unit over the last `lookback_days` of a history with at least one success.

    The window ends with the last run, so that a workload at rest keeps the demand it had; a history shorter than the
    window is its own window, but never less than a day. Failed runs and idle gaps cost money and do no work.
    """
    end = float(history.ended.max())
    start = max(end - lookback_days * SECONDS_PER_DAY, float(history.started.min()))
    recent = np.flatnonzero(history.started >= start)
    if not history.is_success[recent].any():  # the window is all failures: count from the latest success on
        recent = np.arange(np.flatnonzero(history.is_success)[-1], len(history))
        start = float(history.started[recent[0]])
    days = max((end - start) / SECONDS_PER_DAY, 1.0)
    units = float(history.units[recent][history.is_success[recent]].sum())
    usd = _paid_usd(history, index, recent)
    return Spending(units / days, None if usd is None else usd / units)


def _paid_usd(history: History, index: CatalogIndex, runs: Integers) -> float | None:
    """What `runs` and the gaps between them cost; None when a run's price is unknown."""
    keys = [_identity(history, int(run)) for run in runs]
    latest = dict(zip(keys, runs.tolist(), strict=True))
    known = {key: price_of(history, run, index) for key, run in latest.items()}
    if None in known.values():
        return None
    prices = np.array([known[key] for key in keys]) * history.node_count[runs]
    running = np.where(np.isnan(history.cost_usd[runs]), prices * history.hours[runs], history.cost_usd[runs])
    is_same_next = np.array([one == other for one, other in itertools.pairwise(keys)], dtype=np.bool_)
    idle = prices[:-1] * _gap_hours(history, runs) * is_same_next
    return float(running.sum() + idle.sum())


def _identity(history: History, run: int) -> tuple[object, ...]:
    counts = (history.accelerator_count[run], history.node_count[run])
    return (history.accelerator[run], *counts, *(getattr(history, name)[run] for name in _STATED))


def _gap_hours(history: History, runs: Integers) -> Floats:
    """(n_runs - 1,) hours between the end of everything before and the next start, where short enough to be paid."""
    busy_until = np.maximum.accumulate(history.ended[runs])[:-1]
    gaps = np.maximum(history.started[runs][1:] - busy_until, 0.0)
    return np.where(gaps <= _KEPT_WARM_SECONDS, gaps, 0.0) / SECONDS_PER_HOUR
