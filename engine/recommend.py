"""One workload's answer: three optima over everything that could be rented, and which of them to take."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from engine.advice import (
    Advice,
    Basis,
    Current,
    Infeasible,
    KindFound,
    NothingFeasible,
    Pick,
    RegimeFound,
    StageFound,
    Trial,
    Undetermined,
)
from engine.appraisal import Ground, appraise, doubts
from engine.between import Ends, break_evens
from engine.certificate import certify
from engine.cost import Spending, configuration_of, price_of, spending
from engine.history import History
from engine.lifecycle import infer_stage
from engine.missing import run_of_today, unrentable
from engine.model import Model
from engine.observations import Observations
from engine.outlook import MOST_NODES, Outlook, look_ahead, open_space
from engine.picks import Found, find, predicted, seconds_per_unit
from engine.reach import reach
from engine.scaling import infer_kind
from engine.search import Limits
from engine.space import FILTERS, CatalogIndex
from engine.strategy import Preference, Today, filters_of, limits_of, recommended_objective, why_recommended
from engine.trial import Aim, next_trial
from engine.units import HOURS_PER_DAY, OBJECTIVES, SECONDS_PER_DAY, Objective
from engine.workload import Policy, Workload

__all__ = ["recommend"]


@dataclass(frozen=True, eq=False, slots=True)
class _Question:
    """Everything that one answer is made from."""

    workload: Workload
    history: History
    observations: Observations
    model: Model
    index: CatalogIndex
    policy: Policy
    now: datetime
    timer: Callable[[], float]


def recommend(
    workload: Workload,
    history: History,
    observations: Observations,
    model: Model,
    index: CatalogIndex,
    policy: Policy,
    now: datetime,
    *,
    with_predictions: bool = False,
    with_frontier: bool = False,
    timer: Callable[[], float] = lambda: 0.0,
) -> Advice:
    """Advise on `workload`; thin history makes an answer undetermined, never an error.

    `observations` condense `history`, `model` is the organisation's, `index` the catalogue's. `timer` measures the
    search for the certificate; everything else is a function of the arguments alone.
    """
    question = _Question(workload, history, observations, model, index, policy, now, timer)
    stage, run = _stage(question), run_of_today(workload, history, index, now)
    if not isinstance(run, Undetermined):
        question = replace(question, workload=_in_full(question, stage, run))
        run = unrentable(question.workload.filters, index) or run
    if isinstance(run, Undetermined):
        return replace(_blank(question, stage, _kind(question)[0]), reason=run.reason, undetermined=run)
    return _answered(question, stage, run, with_predictions=with_predictions, with_frontier=with_frontier)


def _in_full(question: _Question, stage: StageFound, run: int) -> Workload:
    """What is asked, as of this moment and with what the policy says besides."""
    asked, today = question.workload, question.history.pricing_category[run]
    offered = [word for word in question.index.words["pricing_category"] if word]
    filters = filters_of(stage.value, asked.filters, today, question.policy, offered)
    return replace(asked, constraints=asked.constraints.asked_at(question.now), filters=filters)


def _stage(question: _Question) -> StageFound:
    """What was asked, else the latest tag in the history, else what the history shows."""
    inferred, evidence = infer_stage(question.history, question.now)
    tags = [tag for tag in question.history.stage if tag is not None]
    if question.workload.stage is not None:
        return StageFound(question.workload.stage, "asked", inferred, evidence)
    if tags:
        return StageFound(tags[-1], "tagged", inferred, evidence)
    return StageFound(inferred or "prototyping", "inferred", inferred, evidence)  # nobody waits for what never ran


def _kind(question: _Question) -> tuple[KindFound, str]:
    """What was asked, else what scaling shows, else what most work on accelerators is; and why."""
    inferred, fraction, why = infer_kind(question.observations)
    if question.workload.kind is not None:
        return KindFound(question.workload.kind, "asked", fraction), "its owner said so"
    if inferred is not None:
        return KindFound(inferred, "inferred", fraction), why
    return KindFound("ai", "population", None), why


def _blank(question: _Question, stage: StageFound, kind: KindFound) -> Advice:
    """What can be said without an answer."""
    return Advice(
        workload=question.workload.name,
        unit=question.history.unit,
        stage=stage,
        kind=kind,
        recommended=None,
        reason="",
        constraints={},
        current=None,
        objectives={},
        flatness=None,
        break_even_usd_per_hour=None,
        next_trial=None,
        certificate=None,
        prices_as_of=None,
        catalog_version=question.index.catalog.version,
        model_version=question.model.version,
        history_digest=question.history.digest,
        undetermined=None,
        basis=_basis(question),
    )


def _basis(question: _Question) -> Basis:
    """What history there is, at the moment of asking."""
    history = question.history
    if not len(history):
        return Basis(0, 0, None)
    silent_days = (question.now.timestamp() - float(history.ended.max())) / SECONDS_PER_DAY
    return Basis(len(history), int(history.is_success.sum()), silent_days)


def _answered(
    question: _Question, stage: StageFound, run: int, *, with_predictions: bool, with_frontier: bool
) -> Advice:
    began = question.timer()
    workload, policy, asked = question.workload, question.policy, question.workload.constraints
    kind, why_kind = _kind(question)
    space = open_space(workload, question.observations, question.index, policy)
    outlook = look_ahead(question.history, run, question.observations, question.model, space)
    spent = spending(question.history, question.index, policy.lookback_days)
    current = _current(question, run, outlook, spent)
    today = _today(question, current)
    found = {objective: find(objective, outlook, workload, today, policy) for objective in OBJECTIVES}
    chosen = recommended_objective(stage.value, kind.value, is_critical=workload.is_critical)
    limits = limits_of(chosen, asked, today, policy)
    certificate = certify(space, outlook.speeds(asked.confidence), limits.relaxed, question.timer() - began)
    waiting_usd = workload.value_of_time_usd_per_hour
    ground = Ground(outlook, question.observations, kind, spent.units_per_day, today.usd_per_hour, waiting_usd)
    ends, pays = Ends.of(found), break_evens(found)
    prices_as_of = _oldest_price(found, outlook)
    return replace(
        _blank(question, stage, kind),
        recommended=chosen,
        reason=why_recommended(stage.value, kind.value, chosen, why_kind),
        constraints=limits.binding | _asked_besides(workload),
        current=current,
        objectives={name: _shown(each, ground) for name, each in found.items()},
        flatness=None if ends is None else ends.flatness(outlook, policy),
        break_even_usd_per_hour=next((it for it in pays if (it.from_, it.to) == ("cost", "performance")), None),
        break_even_pairs=pays,
        swing=None if ends is None else ends.swing(outlook, policy),
        next_trial=_trial(found[chosen], chosen, limits, outlook, spent, question),
        certificate=certificate,
        prices_as_of=prices_as_of,
        warnings=_warnings(question, current, prices_as_of) + _doubts(found[chosen], outlook, today),
        regimes=tuple(RegimeFound(each.regime, each.share) for each in outlook.prediction.components),
        predictions=predicted(outlook, limits.relaxed, asked.confidence) if with_predictions else (),
        frontier=reach(outlook, workload, today, policy) if with_frontier else (),
    )


def _asked_besides(workload: Workload) -> dict[str, float | tuple[str, ...]]:
    """What was asked for and shapes the space, the test or the trade, rather than being a limit of its own."""
    asked, waiting_usd = workload.constraints, workload.value_of_time_usd_per_hour
    numbers = {"max_nodes": asked.max_nodes, "confidence": asked.confidence, "value_of_time_usd_per_hour": waiting_usd}
    names = {name: getattr(workload.filters, name) for name in FILTERS}
    stated: dict[str, float | tuple[str, ...]] = {name: float(it) for name, it in numbers.items() if it is not None}
    return stated | {name: words for name, words in names.items() if words}


def _current(question: _Question, run: int, outlook: Outlook, spent: Spending) -> Current:
    price = price_of(question.history, run, question.index)
    units_per_hour = outlook.units_per_hour(outlook.today)
    usd_per_day = None if price is None else price * int(question.history.node_count[run]) * HOURS_PER_DAY
    return Current(
        configuration=configuration_of(question.history, run, price),
        units_per_hour=units_per_hour,
        seconds_per_unit=seconds_per_unit(units_per_hour),
        usd_per_day=usd_per_day,
        usd_per_day_at_demand=spent.usd_per_day,
        usd_per_unit=spent.usd_per_unit,
    )


def _today(question: _Question, current: Current) -> Today:
    observations = question.observations
    usd_per_hour = None if current.usd_per_day is None else current.usd_per_day / HOURS_PER_DAY
    largest = int(observations.total[observations.is_measured].max())
    return Today(current.units_per_hour.p50, usd_per_hour, largest)


def _shown(found: Found | Infeasible, ground: Ground) -> Pick | NothingFeasible:
    return NothingFeasible(found) if isinstance(found, Infeasible) else appraise(found, ground)


def _doubts(found: Found | Infeasible, outlook: Outlook, today: Today) -> tuple[str, ...]:
    return () if isinstance(found, Infeasible) else tuple(doubts(found, outlook, today.largest_accelerators))


def _trial(
    found: Found | Infeasible,
    objective: Objective,
    limits: Limits,
    outlook: Outlook,
    spent: Spending,
    question: _Question,
) -> Trial | None:
    waiting_usd = question.workload.value_of_time_usd_per_hour
    if isinstance(found, Infeasible):
        aim = Aim(limits, Preference(objective, waiting_usd, 1.0, None), hope=None)
    else:
        aim = Aim.at(found, waiting_usd)
    hours = float(np.median(question.history.hours[question.history.is_success]))
    return next_trial(aim, outlook, spent, hours, question.policy.lookback_days)


def _oldest_price(found: Mapping[Objective, Found | Infeasible], outlook: Outlook) -> datetime | None:
    rows = [outlook.space.cheapest_row(each.shape) for each in found.values() if isinstance(each, Found)]
    return min((outlook.space.index.offer(row).as_of for row in rows), default=None)


def _warnings(question: _Question, current: Current, prices_as_of: datetime | None) -> tuple[str, ...]:
    """What a reader should know before believing the numbers."""
    warnings, history, policy = [], question.history, question.policy
    if prices_as_of is not None and (age := question.now - prices_as_of).days > policy.stale_prices_after_days:
        warnings.append(f"prices are {age.days} days old: import newer offers before relying on them")
    if history.is_success.sum() == 1:
        warnings.append("one successful run only: the intervals are wide, a second configuration would teach the most")
    if (question.workload.constraints.max_nodes or 1) > MOST_NODES:
        warnings.append(f"more than {MOST_NODES:,} nodes are not weighed")
    silent_days = _basis(question).silent_days or 0.0
    if silent_days >= policy.lookback_days + 1:
        warnings.append(f"the last run is {silent_days:.0f} days old")
    if current.usd_per_day is None:
        warnings.append("today's configuration has no known price: no guardrail on the cost per unit applies")
    return tuple(warnings)
