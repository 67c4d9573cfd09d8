"""What stands out among many workloads: those that should do something else than today, ranked by what is at stake."""

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from engine.advice import Advice, Current, NothingFeasible, Pick, StageFound
from engine.stakes import at_stake, payback_days
from engine.strategy import recommended_objective
from engine.units import STAGES, Objective
from engine.workload import Policy

__all__ = ["FINDING_KINDS", "Finding", "FindingKind", "Known", "findings"]

FindingKind = Literal[
    "shift_to_performance", "dominated", "overbuilt_prototype", "drifted_stage", "thin_evidence", "stale_evidence"
]
FINDING_KINDS: tuple[FindingKind, ...] = get_args(FindingKind)
Known = Collection[tuple[str, str]]
"""(workload, kind) of the findings that stood last time."""

_SAVINGS: tuple[FindingKind, ...] = ("dominated", "overbuilt_prototype")
_ABOUT_EVIDENCE: tuple[FindingKind, ...] = ("thin_evidence", "stale_evidence")
_OVERBUILT = 2.0  # a prototype that pays twice what would be no slower
_FEW_RUNS = 3  # successful ones; fewer tell nothing of how much one differs from the next


@dataclass(frozen=True, slots=True)
class Finding:
    """One workload worth a person's attention, and the objective to approve.

    `gain_units_per_week` is more work done in the hours the workload runs today, `extra_usd_per_week` what these
    hours cost more; negative when they cost less. `payback_days` is how long the change takes to earn what making it
    costs; None where it never does in money.
    """

    kind: FindingKind
    workload: str
    advice: Advice
    objective: Objective
    gain_units_per_week: float
    extra_usd_per_week: float
    evidence: str
    payback_days: float | None = None

    @property
    def is_weak(self) -> bool:
        """Whether it is about what is known of the workload rather than about what it should do."""
        return self.kind in _ABOUT_EVIDENCE

    @property
    def rank(self) -> tuple[float, float]:
        """Least first: work foregone relative to today's, so that images and videos compare; then dollars a week.

        What is about evidence comes last: nothing that could be counted is at stake.
        """
        if self.is_weak:
            return (math.inf, 0.0)
        current = self.advice.current
        today = current.units_per_hour.p50 if current else 1.0
        return (-self.gain_units_per_week / today, self.extra_usd_per_week)


@dataclass(frozen=True, slots=True)
class _Bar:
    """The policy, and what stood last time: what is known stays until it is surely gone, what is new must be sure."""

    policy: Policy
    known: Known

    def is_known(self, advice: Advice, *kinds: FindingKind) -> bool:
        """Whether the workload stood as one of `kinds` last time."""
        return any((advice.workload, kind) in self.known for kind in kinds)

    def least(self, factor: float, *, is_known: bool) -> float:
        """What a ratio of two prices must reach: beyond their noise to be new, within it to stay."""
        return factor / self.policy.price_band if is_known else factor * self.policy.price_band


def findings(advices: Iterable[Advice], policy: Policy, known: Known = ()) -> tuple[Finding, ...]:
    """At most one finding a workload, the most serious.

    Most throughput foregone comes first, then most money saved, then the name. With the `known` findings of last time,
    one does not come and go with prices that move by no more than the policy's noise: a new one must hold whatever the
    noise hides, a known one stays while the noise may hide it.
    """
    bar = _Bar(policy, known)
    found = [finding for advice in advices if (finding := next(_found_in(advice, bar), None)) is not None]
    return tuple(sorted(found, key=lambda each: (each.rank, each.workload)))


def _found_in(advice: Advice, bar: _Bar) -> Iterator[Finding]:
    """Every finding on one workload, the most serious first.

    A workload that has outgrown its tag comes before savings: its recommendation serves people who are not waiting
    yet. One that fell behind its tag comes after them: it only costs money, which the savings count. Evidence too thin
    to rely on comes last. Where nothing has run for long, nothing is lost by how it ran.
    """
    if (advice.basis.silent_days or 0.0) > bar.policy.lookback_days:
        yield from _stale(advice)
        return
    if advice.current is not None and advice.current.usd_per_day is not None:
        drift = _drift(advice, bar.policy)
        yield from _shift(advice, bar)
        if drift is not None and _has_outgrown(advice.stage):
            yield drift
        yield from _saving(advice, advice.current.usd_per_day, bar)
        if drift is not None:
            yield drift
    yield from _thin(advice)


def _shift(advice: Advice, bar: _Bar) -> Iterator[Finding]:
    performance = advice.objectives.get("performance")
    if isinstance(performance, Pick) and advice.current is not None and _sits_on_cost(advice, advice.current, bar):
        words = _words_on_shift(advice.current, performance)
        yield _finding("shift_to_performance", advice, "performance", words, bar.policy)


def _sits_on_cost(advice: Advice, now: Current, bar: _Bar) -> bool:
    """Whether a workload that people wait for is nearer in speed to its cost pick than to a faster performance pick.

    Nearer in ratios: on a log axis the middle is the geometric mean. What today costs does not count: whoever waits at
    a high price waits all the same. New is what holds for every pick that the noise of prices may make, known what
    holds for some.
    """
    if advice.recommended != "performance" or advice.swing is None:
        return False
    may_be = max if bar.is_known(advice, "shift_to_performance") else min
    speed, slowest, fastest = now.units_per_hour.p50, may_be(advice.swing.cost), may_be(advice.swing.performance)
    return speed <= math.sqrt(slowest * fastest) and fastest >= bar.policy.worth_moving_factor * speed


def _words_on_shift(now: Current, performance: Pick) -> str:
    faster = performance.units_per_hour.p50 / now.units_per_hour.p50
    return f"people wait, yet it runs at the slow end: {faster:.1f} times the throughput is within its guardrail"


def _saving(advice: Advice, usd_per_day: float, bar: _Bar) -> Iterator[Finding]:
    cost = advice.objectives.get("cost")
    if not isinstance(cost, Pick):
        return
    words = f"no slower than today for {100.0 * (1.0 - cost.usd_per_day / usd_per_day):.0f} % less a day"
    times = usd_per_day / cost.usd_per_day
    is_prototype = advice.stage is not None and advice.stage.value == "prototyping"
    if is_prototype and times >= bar.least(_OVERBUILT, is_known=bar.is_known(advice, "overbuilt_prototype")):
        yield _finding("overbuilt_prototype", advice, "cost", words, bar.policy)
    if times >= bar.least(bar.policy.worth_moving_factor, is_known=bar.is_known(advice, *_SAVINGS)):
        yield _finding("dominated", advice, "cost", words, bar.policy)


def _drift(advice: Advice, policy: Policy) -> Finding | None:
    """The tag against what the runs show; the objective is the one that the runs ask for."""
    stage, kind = advice.stage, advice.kind
    if stage is None or kind is None or stage.source == "inferred" or stage.inferred in {None, stage.value}:
        return None
    wanted = recommended_objective(stage.inferred or stage.value, kind.value, is_critical=False)
    words = f"tagged {stage.value}, but its runs look like {stage.inferred}: {stage.evidence}"
    return _finding("drifted_stage", advice, wanted, words, policy)


def _has_outgrown(stage: StageFound | None) -> bool:
    return stage is not None and stage.inferred is not None and STAGES.index(stage.inferred) > STAGES.index(stage.value)


def _stale(advice: Advice) -> Iterator[Finding]:
    if _is_relied_on(advice):
        days = advice.basis.silent_days
        yield _weak(
            "stale_evidence", advice, f"people are said to rely on it, but its last run ended {days:.0f} days ago"
        )


def _thin(advice: Advice) -> Iterator[Finding]:
    if not _is_relied_on(advice):
        return
    n_runs = advice.basis.succeeded
    if advice.undetermined is not None:
        yield _weak("thin_evidence", advice, f"people rely on it, but {advice.undetermined.reason}")
    elif n_runs < _FEW_RUNS:
        runs = "one successful run" if n_runs == 1 else f"{n_runs} successful runs"
        yield _weak("thin_evidence", advice, f"people rely on it, but its advice rests on {runs}: a trial tells more")


def _is_relied_on(advice: Advice) -> bool:
    """Whether somebody said that people rely on it; nobody relies on a prototype."""
    return advice.stage is not None and advice.stage.source != "inferred" and advice.stage.value != "prototyping"


def _weak(kind: FindingKind, advice: Advice, evidence: str) -> Finding:
    """Nothing is at stake that anybody could count."""
    return Finding(kind, advice.workload, advice, advice.recommended or "cost", 0.0, 0.0, evidence)


def _finding(kind: FindingKind, advice: Advice, objective: Objective, evidence: str, policy: Policy) -> Finding:
    pick: Pick | NothingFeasible | None = advice.objectives.get(objective)
    if advice.current is None or not isinstance(pick, Pick):
        return Finding(kind, advice.workload, advice, objective, 0.0, 0.0, evidence)
    gain, extra = at_stake(advice.current, pick)
    waiting_usd = advice.constraints.get("value_of_time_usd_per_hour")
    worth = waiting_usd if isinstance(waiting_usd, float) else 0.0
    payback = payback_days(advice.current, pick, worth, policy.switching_usd)
    return Finding(kind, advice.workload, advice, objective, gain, extra, evidence, payback)
