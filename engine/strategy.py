"""Which limits each objective has, which point is best under it, and which objective to recommend."""

import math
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from engine.search import Limits, Points, cheapest, fastest, frontier_of
from engine.units import Floats, Kind, Objective, PricingCategory, Stage
from engine.workload import Constraints, Filters, Policy

__all__ = [
    "Preference",
    "Today",
    "best",
    "filters_of",
    "limits_of",
    "preference_of",
    "recommended_objective",
    "value_of",
    "why_recommended",
]

_BY_STAGE: dict[Stage, Objective] = {"prototyping": "cost", "validation": "value", "production": "performance"}
_REASONS: dict[Objective, str] = {
    "cost": "runs are few and spread out, so the least money that is no slower than today",
    "value": "runs are many and people begin to wait, so the best trade between money and time",
    "performance": "people wait for results, so the most throughput that the cost per unit allows",
}


@dataclass(frozen=True, slots=True)
class Today:
    """What the defaults are relative to; `usd_per_hour` is None where today's configuration has no known price."""

    units_per_hour: float
    usd_per_hour: float | None  # all nodes together
    largest_accelerators: int  # over all nodes, of any run

    @property
    def usd_per_unit(self) -> float | None:
        """Of running, without idle and failed runs, so that it compares with a prediction."""
        return None if self.usd_per_hour is None else self.usd_per_hour / self.units_per_hour


def recommended_objective(stage: Stage, kind: Kind, *, is_critical: bool) -> Objective:
    """Parallel work moves from cost to performance as it matures; work with diminishing returns stays on cost."""
    if kind == "traditional":
        return "value" if is_critical and stage == "production" else "cost"
    return _BY_STAGE[stage]


def why_recommended(stage: Stage, kind: Kind, objective: Objective, why_kind: str) -> str:
    """One sentence for people; `why_kind` is what speaks for the kind."""
    if kind == "ai":
        return f"{stage}: {_REASONS[objective]}"
    if objective == "value":
        return f"{stage}, critical: more accelerators bring little ({why_kind}), so a limited bump"
    return f"{stage}: more accelerators bring little ({why_kind}), so the least money that is no slower than today"


def filters_of(
    stage: Stage, asked: Filters, today: PricingCategory | None, policy: Policy, offered: Collection[str]
) -> Filters:
    """What was asked, and the policy's ways of paying for production where nobody asked for any.

    What is paid another way `today` may stay with it. Where all that is `offered` may be used, nothing is left out.
    """
    if stage != "production" or asked.pricing_categories or not policy.production_pricing_categories:
        return asked
    kept = tuple(dict.fromkeys((*policy.production_pricing_categories, *((today,) if today else ()))))
    return asked if set(kept) >= set(offered) else replace(asked, pricing_categories=kept)


def limits_of(objective: Objective, asked: Constraints, today: Today, policy: Policy) -> Limits:
    """What was asked, and the objective's defaults for the kinds of limit that nobody asked for.

    Floor and seconds are one kind (performance), USD a day and a unit another (cost), accelerators and nodes the third.
    """
    limits = Limits(
        max_accelerators=_bound(asked.max_accelerators),
        memory_required_gib=asked.memory_required_gib or 0.0,
        floor_units_per_hour=asked.floor_units_per_hour or 0.0,
        max_seconds_per_unit=_bound(asked.max_seconds_per_unit),
        max_usd_per_day=_bound(asked.max_usd_per_day),
        max_usd_per_unit=_bound(asked.max_usd_per_unit),
    )
    if objective != "performance" and asked.floor_units_per_hour is None and asked.max_seconds_per_unit is None:
        limits = replace(limits, floor_units_per_hour=today.units_per_hour)
    if objective == "cost":
        return limits
    if asked.max_usd_per_day is None and asked.max_usd_per_unit is None and today.usd_per_unit is not None:
        limits = replace(limits, max_usd_per_unit=today.usd_per_unit * policy.guardrail_factor)
    if asked.max_accelerators is None and asked.max_nodes is None:
        limits = replace(limits, max_accelerators=max(policy.max_accelerators, today.largest_accelerators))
    return limits


def _bound(asked: float | None) -> float:
    return math.inf if asked is None else float(asked)


def best(objective: Objective, points: Points, value_of_time_usd_per_hour: float | None) -> int:
    """Position of the optimum among at least one feasible point."""
    if objective == "cost":
        return cheapest(points)
    if objective == "performance":
        return fastest(points)
    return value_of(points, value_of_time_usd_per_hour)


def value_of(points: Points, value_of_time_usd_per_hour: float | None) -> int:
    """Position of the best trade between money and time.

    With a value of time, the least `usd_per_unit + value x hours_per_unit`. Without, the Nash bargaining point (Nash
    1950) of the frontier between its cheapest and its fastest end: the largest log(T / T_cost) x log(C_perf / C), which
    no choice of units changes. With nothing in between, the end with more throughput per dollar, ties to the fastest.
    """
    if value_of_time_usd_per_hour is not None:
        burdens = (points.usd_per_hour + value_of_time_usd_per_hour) / points.units_per_hour
        equals = np.flatnonzero(burdens == burdens.min())
        return int(equals[cheapest(points.take(equals))])
    frontier = frontier_of(points)
    costs, speeds = points.usd_per_hour[frontier], points.units_per_hour[frontier]
    if len(frontier) > 2:  # noqa: PLR2004 - two ends and something in between
        gains = np.log(speeds / speeds[0]) * np.log(costs[-1] / costs)
        return int(frontier[gains.argmax()])  # the cheapest among equals: the frontier runs by rising cost
    return int(frontier[-1] if speeds[-1] * costs[0] >= speeds[0] * costs[-1] else frontier[0])


@dataclass(frozen=True, slots=True)
class Preference:
    """How an objective trades money against time around its pick, as a utility in natural logarithms.

    Value without a value of time follows the slope of the Nash product at the pick: `price_weight` is how many per
    cent of throughput one per cent of price is worth there. `ends` are the logarithms of the slowest speed and the
    highest price that the bargain was struck between, None where there was no bargain.
    """

    objective: Objective
    value_of_time_usd_per_hour: float | None
    price_weight: float
    ends: tuple[float, float] | None

    def utility(self, usd_per_hour: Floats | float, log_units_per_hour: Floats | float) -> Floats:
        """More is better; equal-shaped (n,) or single numbers."""
        return self.speed_weight * np.asarray(log_units_per_hour, dtype=np.float64) - self.burden(usd_per_hour)

    @property
    def speed_weight(self) -> float:
        """What one natural logarithm of throughput is worth."""
        return 0.0 if self.objective == "cost" else 1.0

    def burden(self, usd_per_hour: Floats | float) -> Floats:
        """What a price takes from the utility."""
        usd = np.asarray(usd_per_hour, dtype=np.float64)
        if self.objective == "value" and self.value_of_time_usd_per_hour is not None:
            return np.log(usd + self.value_of_time_usd_per_hour)
        weight = {"cost": 1.0, "value": self.price_weight, "performance": 0.0}[self.objective]
        burden: Floats = weight * np.log(usd)
        return burden


def preference_of(objective: Objective, points: Points, pick: int, value_of_time: float | None) -> Preference:
    """The preference that makes `pick` the choice of `objective` among `points`."""
    frontier = frontier_of(points)
    prices, speeds = np.log(points.usd_per_hour), np.log(points.units_per_hour)
    gained, left = speeds[pick] - speeds[frontier[0]], prices[frontier[-1]] - prices[pick]
    # d log N = dt / gained - dc / left for the Nash product N; at an end the choice was by throughput per dollar.
    if objective != "value" or value_of_time is not None or gained <= 0.0 or left <= 0.0:
        return Preference(objective, value_of_time, 1.0, None)
    ends = float(speeds[frontier[0]]), float(prices[frontier[-1]])
    return Preference(objective, value_of_time, float(gained / left), ends)
