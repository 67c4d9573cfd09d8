"""What stands out among many workloads: those that should do something else than today, ranked by what is at stake."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from engine.advice import Advice, Current, NothingFeasible, Pick
from engine.units import HOURS_PER_DAY, Objective
from engine.workload import Policy

__all__ = ["Finding", "FindingKind", "findings"]

FindingKind = Literal["shift_to_performance", "dominated", "overbuilt_prototype", "drifted_stage"]

_DAYS_PER_WEEK = 7.0
_OVERBUILT = 2.0  # a prototype that pays twice what would be no slower


@dataclass(frozen=True, slots=True)
class Finding:
    """One workload worth a person's attention, and the objective to approve.

    `gain_units_per_week` is more work done in the hours the workload runs today, `extra_usd_per_week` what these
    hours cost more; negative when they cost less.
    """

    kind: FindingKind
    workload: str
    advice: Advice
    objective: Objective
    gain_units_per_week: float
    extra_usd_per_week: float
    evidence: str


def findings(advices: Iterable[Advice], policy: Policy) -> tuple[Finding, ...]:
    """At most one finding a workload, the most serious; most throughput foregone first, then most money, then name."""
    found = [finding for advice in advices if (finding := _most_serious(advice, policy)) is not None]
    return tuple(sorted(found, key=lambda each: (_rank(each), each.workload)))


def _rank(finding: Finding) -> tuple[float, float]:
    """Work foregone relative to today's, so that images and videos compare; then dollars a week."""
    current = finding.advice.current
    today = current.units_per_hour.p50 if current else 1.0
    return (-finding.gain_units_per_week / today, finding.extra_usd_per_week)


def _most_serious(advice: Advice, policy: Policy) -> Finding | None:
    return next(_found_in(advice, policy.worth_moving_factor), None)


def _found_in(advice: Advice, worth_moving: float) -> Iterator[Finding]:
    """Every finding on one answered workload, the most serious first."""
    if advice.current is None or advice.stage is None or advice.current.usd_per_day is None:
        return
    cost, performance = advice.objectives.get("cost"), advice.objectives.get("performance")
    now, usd_per_day = advice.current, advice.current.usd_per_day
    if (
        isinstance(cost, Pick)
        and isinstance(performance, Pick)
        and _sits_on_cost(advice, cost, performance, worth_moving)
    ):
        yield _finding("shift_to_performance", advice, "performance", performance, _words_on_shift(now, performance))
    if isinstance(cost, Pick) and usd_per_day >= worth_moving * cost.usd_per_day:
        is_overbuilt = advice.stage.value == "prototyping" and usd_per_day >= _OVERBUILT * cost.usd_per_day
        saving = f"no slower than today for {1.0 - cost.usd_per_day / usd_per_day:.0%} less"
        yield _finding("overbuilt_prototype" if is_overbuilt else "dominated", advice, "cost", cost, saving)
    inferred, wanted = advice.stage.inferred, advice.recommended
    if wanted is not None and advice.stage.source != "inferred" and inferred not in {None, advice.stage.value}:
        drift = f"tagged {advice.stage.value}, but its runs look like {inferred}: {advice.stage.evidence}"
        yield _finding("drifted_stage", advice, wanted, advice.objectives.get(wanted), drift)


def _sits_on_cost(advice: Advice, cost: Pick, performance: Pick, worth_moving: float) -> bool:
    """Whether a workload that people wait for stands nearer to its cost pick than to a much faster performance pick.

    Nearer in ratios, of both throughput and price: on log axes the middle is the geometric mean.
    """
    now = advice.current
    if advice.recommended != "performance" or now is None or now.usd_per_day is None:
        return False
    speed, fastest = now.units_per_hour.p50, performance.units_per_hour.p50
    is_slow_end = speed <= math.sqrt(cost.units_per_hour.p50 * fastest)
    is_cheap_end = now.usd_per_day <= max(math.sqrt(cost.usd_per_day * performance.usd_per_day), cost.usd_per_day)
    return is_slow_end and is_cheap_end and fastest >= worth_moving * speed


def _words_on_shift(now: Current, performance: Pick) -> str:
    faster = performance.units_per_hour.p50 / now.units_per_hour.p50
    return f"people wait, yet it runs at the cheap end: {faster:.1f} times the throughput is within its guardrail"


def _finding(
    kind: FindingKind, advice: Advice, objective: Objective, pick: Pick | NothingFeasible | None, evidence: str
) -> Finding:
    gain, extra = _at_stake(advice.current, pick) if advice.current and isinstance(pick, Pick) else (0.0, 0.0)
    return Finding(kind, advice.workload, advice, objective, gain, extra, evidence)


def _at_stake(now: Current, pick: Pick) -> tuple[float, float]:
    """Units more and USD more per week, in the machine-hours that today's work takes."""
    if now.usd_per_day is None or now.usd_per_day_at_demand is None:
        return 0.0, 0.0
    days = _DAYS_PER_WEEK * now.usd_per_day_at_demand / now.usd_per_day
    more_units_per_hour = pick.units_per_hour.p50 - now.units_per_hour.p50
    return more_units_per_hour * HOURS_PER_DAY * days, (pick.usd_per_day - now.usd_per_day) * days
