"""One optimum as people see it: intervals, probabilities, what limits it, and what else it could have been."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from engine.accelerators import Accelerator
from engine.advice import KindFound, Pick
from engine.flips import flips_when
from engine.observations import Observations
from engine.outlook import Outlook
from engine.picks import Found, configuration_at, seconds_per_unit, usd_per_unit
from engine.rivals import fallbacks_of, runner_up_of
from engine.strategy import Preference, preference_of
from engine.units import EVIDENCES, HOURS_PER_DAY, PRECISIONS

__all__ = ["Ground", "appraise", "bottleneck_of", "doubts"]

_VERIFIED = EVIDENCES.index("verified")
_WORTH_A_WARNING = 0.2  # probability
_DOUBTS = {
    "undivided": "more accelerators make it hardly faster, like a model split over its layers: a short run on more",
    "host_bound": "another accelerator makes it hardly faster, like work that waits for its host: a short run on one",
}


@dataclass(frozen=True, eq=False, slots=True)
class Ground:
    """What every pick of one answer is compared with; `usd_per_hour` of today is None where it has no price."""

    outlook: Outlook
    observations: Observations
    kind: KindFound
    units_per_day: float
    usd_per_hour: float | None
    value_of_time_usd_per_hour: float | None


def appraise(found: Found, ground: Ground) -> Pick:
    """Everything an answer says about one optimum."""
    outlook, shape = ground.outlook, found.shape
    preference = preference_of(found.objective, found.points, found.best, ground.value_of_time_usd_per_hour)
    runner_up = runner_up_of(found, preference)
    units_per_hour = outlook.units_per_hour(shape)
    cost = usd_per_unit(found.usd_per_hour, units_per_hour)
    headroom = outlook.sheet(shape).memory_gib - float(outlook.prediction.memory_needed_gib[shape])
    return Pick(
        configuration=configuration_at(outlook, shape),
        units_per_hour=units_per_hour,
        seconds_per_unit=seconds_per_unit(units_per_hour),
        usd_per_day=found.usd_per_hour * HOURS_PER_DAY,
        usd_per_day_at_demand=ground.units_per_day * cost.p50,
        usd_per_unit=cost,
        evidence=EVIDENCES[int(outlook.prediction.evidence[shape])],
        probability_better=_probability_better(found, preference, ground),
        constraint_probability=_probability_kept(found, outlook),
        runner_up=None if runner_up is None else configuration_at(outlook, int(found.points.shape[runner_up])),
        flips_when=flips_when(found, preference, outlook),
        memory_headroom_gib=None if np.isnan(headroom) else headroom,
        bottleneck=bottleneck_of(outlook.sheet(shape), outlook.total_accelerators(shape), ground),
        fallbacks=fallbacks_of(found, preference, outlook),
    )


def _probability_kept(found: Found, outlook: Outlook) -> float:
    """Probability that the pick keeps every limit at stake: each of them is a least throughput.

    Where it has run, that is known: the search held its measured throughput against them.
    """
    least = float(found.at_stake.least_units_per_hour(found.usd_per_hour))
    if least <= 0.0 or outlook.prediction.evidence[found.shape] == _VERIFIED:
        return 1.0
    return float(outlook.prediction.probability_at_least(float(np.log(least)))[found.shape])


def _probability_better(found: Found, preference: Preference, ground: Ground) -> float | None:
    """Probability that the pick beats today's configuration under its own objective; None without a price today.

    Cost: it is cheaper and keeps its limits. Performance: it is faster. Value: it gives more results per dollar, or,
    with a value of time, the cheaper result, waiting included. What errs about both configurations cancels.
    """
    if ground.usd_per_hour is None:
        return None
    if found.objective == "cost":
        return _probability_kept(found, ground.outlook) if found.usd_per_hour < ground.usd_per_hour else 0.0
    prediction, today = ground.outlook.prediction, ground.outlook.today
    per_dollar = replace(preference, price_weight=1.0)  # the bargain's slope holds at the pick, not as far as today
    needed = per_dollar.burden(found.usd_per_hour) - per_dollar.burden(ground.usd_per_hour)
    return float(prediction.probability_above(today, float(needed))[found.shape])


def doubts(found: Found, outlook: Outlook, largest_accelerators: int) -> Iterator[str]:
    """That a pick may gain nothing from what it adds to the most that ran, where it is better tried than believed."""
    if outlook.prediction.evidence[found.shape] == _VERIFIED:
        return
    part = outlook.shapes.accelerator
    adds = {
        "undivided": outlook.total_accelerators(found.shape) > largest_accelerators,
        "host_bound": part[found.shape] != part[outlook.today],
    }
    for each in outlook.prediction.components:
        if adds.get(each.regime) and each.share >= _WORTH_A_WARNING:
            yield f"{100.0 * each.share:.0f} % likely that {_DOUBTS[each.regime]} tells"


def bottleneck_of(sheet: Accelerator, n_accelerators: int, ground: Ground) -> str | None:
    """What holds a configuration back: parallelism, compute or bandwidth; None where history does not say.

    Parallelism where the serial part of Amdahl's law (1967) takes most of the time. Else the roofline (Williams,
    Waterman and Patterson 2009): measured activity of tensor units and memory, carried over by the parts' rates.
    """
    fraction = ground.kind.parallel_fraction
    is_shared = n_accelerators > 1  # one accelerator waits for no other
    if is_shared and fraction is not None and 1.0 - fraction.p50 > fraction.p50 / n_accelerators:
        return "parallelism"
    seen = ground.observations
    rows = np.flatnonzero(seen.is_measured & ~np.isnan(seen.tensor_active) & ~np.isnan(seen.dram_active))
    if not len(rows):
        return None
    latest = rows[seen.last_success[rows].argmax()]
    measured = ground.outlook.space.index.catalog.accelerators.resolve(seen.accelerator[latest])
    precision = (*PRECISIONS, None)[int(seen.precision[latest])]  # -1, not stated, is the last one
    compute = seen.tensor_active[latest] * measured.tflops(precision) / sheet.tflops(precision)
    memory = seen.dram_active[latest] * measured.memory_bandwidth_gb_per_s / sheet.memory_bandwidth_gb_per_s
    return "compute" if compute >= memory else "bandwidth"
