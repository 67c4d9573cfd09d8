"""What stands out among many workloads: those that should do something else than today, ranked by what is at stake."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from engine.advice import Advice, Current, NothingFeasible, Pick, StageFound
from engine.strategy import recommended_objective
from engine.units import HOURS_PER_DAY, STAGES, Objective
from engine.workload import Policy

__all__ = ["FINDING_KINDS", "Finding", "FindingKind", "findings"]

FindingKind = Literal["shift_to_performance", "dominated", "overbuilt_prototype", "drifted_stage"]
FINDING_KINDS: tuple[FindingKind, ...] = get_args(FindingKind)

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

    @property
    def rank(self) -> tuple[float, float]:
        """Least first: work foregone relative to today's, so that images and videos compare; then dollars a week."""
        current = self.advice.current
        today = current.units_per_hour.p50 if current else 1.0
        return (-self.gain_units_per_week / today, self.extra_usd_per_week)


def findings(advices: Iterable[Advice], policy: Policy) -> tuple[Finding, ...]:
    """At most one finding a workload, the most serious.

    Most throughput foregone comes first, then most money saved, then the name.
    """
    found = [finding for advice in advices if (finding := _most_serious(advice, policy)) is not None]
    return tuple(sorted(found, key=lambda each: (each.rank, each.workload)))


def _most_serious(advice: Advice, policy: Policy) -> Finding | None:
    return next(_found_in(advice, policy.worth_moving_factor), None)


def _found_in(advice: Advice, worth_moving: float) -> Iterator[Finding]:
    """Every finding on one answered workload, the most serious first.

    A workload that has outgrown its tag comes before savings: its recommendation serves people who are not waiting
    yet. One that fell behind its tag comes after them: it only costs money, which the savings count.
    """
    if advice.current is None or advice.current.usd_per_day is None:
        return
    drift = _drift(advice)
    yield from _shift(advice, worth_moving)
    if drift is not None and _has_outgrown(advice.stage):
        yield drift
    yield from _saving(advice, advice.current.usd_per_day, worth_moving)
    if drift is not None:
        yield drift


def _shift(advice: Advice, worth_moving: float) -> Iterator[Finding]:
    cost, performance = advice.objectives.get("cost"), advice.objectives.get("performance")
    if advice.current is None or not (isinstance(cost, Pick) and isinstance(performance, Pick)):
        return
    if _sits_on_cost(advice, cost, performance, worth_moving):
        words = _words_on_shift(advice.current, performance)
        yield _finding("shift_to_performance", advice, "performance", performance, words)


def _saving(advice: Advice, usd_per_day: float, worth_moving: float) -> Iterator[Finding]:
    cost = advice.objectives.get("cost")
    if isinstance(cost, Pick) and usd_per_day >= worth_moving * cost.usd_per_day:
        is_prototype = advice.stage is not None and advice.stage.value == "prototyping"
        is_overbuilt = is_prototype and usd_per_day >= _OVERBUILT * cost.usd_per_day
        words = f"no slower than today for {100.0 * (1.0 - cost.usd_per_day / usd_per_day):.0f} % less a day"
        yield _finding("overbuilt_prototype" if is_overbuilt else "dominated", advice, "cost", cost, words)


def _drift(advice: Advice) -> Finding | None:
    """The tag against what the runs show; the objective is the one that the runs ask for."""
    stage, kind = advice.stage, advice.kind
    if stage is None or kind is None or stage.source == "inferred" or stage.inferred in {None, stage.value}:
        return None
    wanted = recommended_objective(stage.inferred or stage.value, kind.value, is_critical=False)
    words = f"tagged {stage.value}, but its runs look like {stage.inferred}: {stage.evidence}"
    return _finding("drifted_stage", advice, wanted, advice.objectives.get(wanted), words)


def _has_outgrown(stage: StageFound | None) -> bool:
    return stage is not None and stage.inferred is not None and STAGES.index(stage.inferred) > STAGES.index(stage.value)


def _sits_on_cost(advice: Advice, cost: Pick, performance: Pick, worth_moving: float) -> bool:
    """Whether a workload that people wait for is nearer in speed to its cost pick than to a faster performance pick.

    Nearer in ratios: on a log axis the middle is the geometric mean. What today costs does not count: whoever waits at
    a high price waits all the same.
    """
    if advice.recommended != "performance" or advice.current is None:
        return False
    speed, fastest = advice.current.units_per_hour.p50, performance.units_per_hour.p50
    is_slow_end = speed <= math.sqrt(cost.units_per_hour.p50 * fastest)
    return is_slow_end and fastest >= worth_moving * speed


def _words_on_shift(now: Current, performance: Pick) -> str:
    faster = performance.units_per_hour.p50 / now.units_per_hour.p50
    return f"people wait, yet it runs at the slow end: {faster:.1f} times the throughput is within its guardrail"


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
