"""One workload's answer: three optima over everything that could be rented, and which of them to take."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.advice import (
    Advice,
    BreakEven,
    Current,
    Flatness,
    KindFound,
    NothingFeasible,
    Pick,
    StageFound,
    Undetermined,
)
from engine.cost import Spending, configuration_of, latest_run, price_of, spending
from engine.history import History
from engine.judgement import break_even_of, flatness_of
from engine.lifecycle import infer_kind, infer_stage
from engine.model import Model
from engine.observations import Observations
from engine.outlook import Outlook, look_ahead, open_space
from engine.picks import Found, find, per_unit, pick_of, predicted, waiting
from engine.search import certify, frontier_of
from engine.space import CatalogIndex
from engine.strategy import Today, recommended_objective, why_recommended
from engine.units import HOURS_PER_DAY, OBJECTIVES, Objective
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
    timer: Callable[[], float] = lambda: 0.0,
) -> Advice:
    """Advise on `workload`; thin history makes an answer undetermined, never an error.

    `observations` condense `history`, `model` is the organisation's, `index` the catalogue's. `timer` measures the
    search for the certificate; everything else is a function of the arguments alone.
    """
    question = _Question(workload, history, observations, model, index, policy, now, timer)
    stage, kind = _stage(question), _kind(question)
    run = latest_run(history)
    undetermined = _undetermined(question, run)
    if run is None or stage is None or undetermined is not None:
        return _unanswered(question, stage, kind, undetermined)
    return _answered(question, stage, kind, run, with_predictions=with_predictions)


def _undetermined(question: _Question, run: int | None) -> Undetermined | None:
    """Why there can be no answer; None when there can be one."""
    if not len(question.history):
        return Undetermined("no run of this workload is known", "import its history: one successful run is enough")
    if run is None:
        return Undetermined(
            f"none of its {len(question.history)} runs succeeded", "one successful run, on any accelerator"
        )
    if not question.observations.is_measured.any():  # observations leave out parts without a spec sheet
        part = question.history.accelerator[run]
        return Undetermined(f"it runs on {part}, which has no spec sheet", f"import the spec sheet of {part}")
    if not len(question.index.prices):
        return Undetermined("no price is known", "import offers")
    if not len(question.index.usable(question.workload.filters).rows):
        return Undetermined("no offer passes the filters", "allow more providers, regions, pricing or accelerators")
    return None


def _stage(question: _Question) -> StageFound | None:
    """What was asked, else the latest tag in the history, else what the history shows."""
    inferred, evidence = infer_stage(question.history, question.now)
    tags = [tag for tag in question.history.stage if tag is not None]
    if question.workload.stage is not None:
        return StageFound(question.workload.stage, "asked", inferred, evidence)
    if tags:
        return StageFound(tags[-1], "tagged", inferred, evidence)
    return None if inferred is None else StageFound(inferred, "inferred", inferred, evidence)


def _kind(question: _Question) -> KindFound:
    """What was asked, else what scaling shows, else what most work on accelerators is."""
    inferred, fraction, _ = infer_kind(question.observations)
    if question.workload.kind is not None:
        return KindFound(question.workload.kind, "asked", fraction)
    if inferred is not None:
        return KindFound(inferred, "inferred", fraction)
    return KindFound("ai", "population", None)


def _unanswered(
    question: _Question, stage: StageFound | None, kind: KindFound, undetermined: Undetermined | None
) -> Advice:
    return Advice(
        workload=question.workload.name,
        unit=question.history.unit,
        stage=stage,
        kind=kind,
        recommended=None,
        reason="" if undetermined is None else undetermined.reason,
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
        undetermined=undetermined,
    )


def _answered(question: _Question, stage: StageFound, kind: KindFound, run: int, *, with_predictions: bool) -> Advice:
    began = question.timer()
    workload, policy = question.workload, question.policy
    space = open_space(workload, question.observations, question.index, policy)
    outlook = look_ahead(question.history, run, question.observations, question.model, space)
    spent = spending(question.history, question.index, policy.lookback_days)
    price = price_of(question.history, run, question.index)
    current = _current(question, run, outlook, spent, price)
    today = _today(question, current)
    found = {objective: find(objective, outlook, workload, today, policy) for objective in OBJECTIVES}
    chosen = recommended_objective(stage.value, kind.value, is_critical=workload.is_critical)
    limits, confidence = found[chosen].limits, workload.constraints.confidence
    certificate = certify(space, outlook.speeds(confidence), limits.relaxed, question.timer() - began)
    flatness, break_even = _shape_of_cost(found, policy)
    return Advice(
        workload=workload.name,
        unit=question.history.unit,
        stage=stage,
        kind=kind,
        recommended=chosen,
        reason=why_recommended(stage.value, kind.value, chosen),
        constraints=limits.asked,
        current=current,
        objectives={name: _pick(each, outlook, spent) for name, each in found.items()},
        flatness=flatness,
        break_even_usd_per_hour=break_even,
        next_trial=None,
        certificate=certificate,
        prices_as_of=None,
        catalog_version=question.index.catalog.version,
        model_version=question.model.version,
        history_digest=question.history.digest,
        undetermined=None,
        predictions=predicted(outlook, limits.relaxed, confidence) if with_predictions else (),
    )


def _current(question: _Question, run: int, outlook: Outlook, spent: Spending, price: float | None) -> Current:
    units_per_hour = outlook.units_per_hour(outlook.today)
    usd_per_day = None if price is None else price * int(question.history.node_count[run]) * HOURS_PER_DAY
    return Current(
        configuration=configuration_of(question.history, run, price),
        units_per_hour=units_per_hour,
        seconds_per_unit=waiting(units_per_hour),
        usd_per_day=usd_per_day,
        usd_per_day_at_demand=spent.usd_per_day,
        usd_per_unit=spent.usd_per_unit,
    )


def _today(question: _Question, current: Current) -> Today:
    observations = question.observations
    usd_per_hour = None if current.usd_per_day is None else current.usd_per_day / HOURS_PER_DAY
    running = None if usd_per_hour is None else per_unit(usd_per_hour, current.units_per_hour).p50
    largest = int((observations.accelerator_count * observations.node_count)[observations.is_measured].max())
    return Today(current.units_per_hour.p50, running, largest)


def _pick(found: Found, outlook: Outlook, spent: Spending) -> Pick | NothingFeasible:
    if found.infeasible is not None:
        return NothingFeasible(found.infeasible)
    return pick_of(found, outlook, spent.units_per_day)


def _shape_of_cost(found: Mapping[Objective, Found], policy: Policy) -> tuple[Flatness | None, BreakEven | None]:
    """Flatness and break-even between the cost pick and the performance pick, where both exist."""
    cheap, fast = found["cost"], found["performance"]
    if cheap.position is None or fast.position is None:
        return None, None
    usd, units = (cheap.usd_per_hour, fast.usd_per_hour), (cheap.units_per_hour, fast.units_per_hour)
    return _flatness(cheap, fast, policy), break_even_of(usd, units)


def _flatness(cheap: Found, fast: Found, policy: Policy) -> Flatness:
    """Over the frontier of what the performance pick was chosen from, between both picks."""
    points = fast.points
    frontier = frontier_of(points)
    is_between = (points.units_per_hour[frontier] > cheap.units_per_hour) & (
        points.units_per_hour[frontier] < fast.units_per_hour
    )
    between = frontier[is_between]
    ends = (cheap.usd_per_hour / cheap.units_per_hour, fast.usd_per_hour / fast.units_per_hour)
    return flatness_of(
        [ends[0], *(points.usd_per_hour[between] / points.units_per_hour[between]), ends[1]], policy.flat_below
    )
