"""The answer: what `recommend` returns, in the shape of the JSON contract.

A field that ends in an underscore is a word Python keeps for itself; the document drops the underscore.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from typing import Any, Literal, overload

from engine.document import AdviceDocument, ConfigurationDocument
from engine.units import Evidence, Interval, Kind, Objective, Precision, PricingCategory, RegimeName, Stage

__all__ = [
    "Advice",
    "Basis",
    "BreakEven",
    "Certificate",
    "Configuration",
    "Current",
    "Flatness",
    "Infeasible",
    "KindFound",
    "NothingFeasible",
    "Pick",
    "Predicted",
    "Reached",
    "RegimeFound",
    "StageFound",
    "Swing",
    "Trial",
    "Undetermined",
    "as_document",
]


@dataclass(frozen=True, slots=True)
class Configuration:
    """What to rent and how to run on it; None where it does not apply or is not known.

    `accelerator_count` and `price_usd_per_hour` are per node; the whole costs `node_count` times as much.
    """

    provider: str | None
    region: str | None
    instance_type: str | None
    accelerator: str
    accelerator_count: int
    node_count: int
    pricing_category: PricingCategory | None
    term: str | None
    precision: Precision | None
    batch_size: float | None
    price_usd_per_hour: float | None


@dataclass(frozen=True, slots=True)
class StageFound:
    """The stage that decided, where it came from, and what the history alone would say."""

    value: Stage
    source: Literal["asked", "tagged", "inferred"]
    inferred: Stage | None
    evidence: str


@dataclass(frozen=True, slots=True)
class KindFound:
    """Parallel or with diminishing returns, and the fitted parallel fraction (Amdahl) where counts differ."""

    value: Kind
    source: Literal["asked", "inferred", "population"]
    parallel_fraction: Interval | None


@dataclass(frozen=True, slots=True)
class RegimeFound:
    """A way in which the workload may meet hardware (`engine.regimes`), and how likely it does."""

    name: RegimeName
    probability: float


@dataclass(frozen=True, slots=True)
class Current:
    """Today: what the most recent successful runs used. Cost per unit includes idle and failed runs."""

    configuration: Configuration
    units_per_hour: Interval
    seconds_per_unit: Interval
    usd_per_day: float | None
    usd_per_day_at_demand: float | None
    usd_per_unit: float | None


@dataclass(frozen=True, slots=True)
class Pick:
    """The optimum of one objective. `probability_better` compares it with today under that objective."""

    configuration: Configuration
    units_per_hour: Interval
    seconds_per_unit: Interval
    usd_per_day: float
    usd_per_day_at_demand: float | None
    usd_per_unit: Interval
    evidence: Evidence
    probability_better: float | None
    constraint_probability: float
    runner_up: Configuration | None
    flips_when: str | None
    memory_headroom_gib: float | None = None
    bottleneck: str | None = None
    fallbacks: tuple[Configuration, ...] = ()


@dataclass(frozen=True, slots=True)
class Infeasible:
    """Which constraint left nothing, what was asked, and the best that any configuration reaches."""

    binding: str
    asked: float
    reachable: float | None


@dataclass(frozen=True, slots=True)
class NothingFeasible:
    """An objective without an answer."""

    infeasible: Infeasible


@dataclass(frozen=True, slots=True)
class Flatness:
    """Relative spread of the median cost per unit from the cost pick to the performance pick.

    `probability_flat` is how likely the true spread is below what counts as flat.
    """

    spread: float
    verdict: Literal["flat", "rising", "falling"]
    probability_flat: float | None = None


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The value of an hour of waiting above which moving `from_` one pick `to` another pays; USD per hour."""

    from_: Objective
    to: Objective
    value: float


@dataclass(frozen=True, slots=True)
class Trial:
    """The one short run that would teach the most."""

    configuration: Configuration
    expected_improvement: float
    usd: float


@dataclass(frozen=True, slots=True)
class Basis:
    """What history an answer rests on; `silent_days` since the last run ended, None where nothing ever ran."""

    runs: int
    succeeded: int
    silent_days: float | None


@dataclass(frozen=True, slots=True)
class Swing:
    """What the noise of prices may make of two picks, in units per hour: the least and the most throughput.

    Of the cost pick: the slowest and the fastest of what may be the cheapest on another day. Of the performance pick:
    the fastest with every limit on money tightened, and loosened, by the noise.
    """

    cost: tuple[float, float]
    performance: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Certificate:
    """Proof of a complete search: how many configurations were implied and what excluded how many.

    `configurations` equals `feasible` plus the sum of `excluded`; only `seconds` varies between runs.
    """

    configurations: int
    feasible: int
    excluded: Mapping[str, int]
    seconds: float


@dataclass(frozen=True, slots=True)
class Undetermined:
    """Why history cannot carry an answer, and what would settle it."""

    reason: str
    settled_by: str


@dataclass(frozen=True, slots=True)
class Predicted:
    """One (offer, node count) of the space: the prediction and whether it may be chosen."""

    configuration: Configuration
    units_per_hour: Interval | None
    usd_per_unit: float | None
    feasible: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Reached:
    """One point of the frontier: the medians of time and cost per unit."""

    seconds_per_unit: float
    usd_per_unit: float


@dataclass(frozen=True, slots=True)
class Advice:
    """One complete answer for one workload; `undetermined` is set exactly when `recommended` is None."""

    workload: str
    unit: str
    stage: StageFound | None
    kind: KindFound | None
    recommended: Objective | None
    reason: str
    constraints: Mapping[str, float | tuple[str, ...]]  # what bound, defaults and filters included, by contract name
    current: Current | None
    objectives: Mapping[Objective, Pick | NothingFeasible]
    flatness: Flatness | None
    break_even_usd_per_hour: BreakEven | None
    next_trial: Trial | None
    certificate: Certificate | None
    prices_as_of: datetime | None  # oldest price among the picks
    catalog_version: str
    model_version: str
    history_digest: str
    undetermined: Undetermined | None
    warnings: tuple[str, ...] = ()
    predictions: tuple[Predicted, ...] = ()
    break_even_pairs: tuple[BreakEven, ...] = ()  # every pair of picks of which the second is faster
    regimes: tuple[RegimeFound, ...] = ()  # the usual one first
    basis: Basis = field(default=Basis(0, 0, None), metadata={"is_aside": True})  # for findings, like the next
    swing: Swing | None = field(default=None, metadata={"is_aside": True})
    frontier: tuple[Reached, ...] = field(default=(), metadata={"is_aside": True})  # for a chart; in no document


@overload
def as_document(value: Advice) -> AdviceDocument: ...
@overload
def as_document(value: Configuration) -> ConfigurationDocument: ...
@overload
def as_document(value: object) -> Any: ...
def as_document(value: Any) -> Any:
    """The JSON shape of an advice or any part of it: dicts, lists, text, numbers, true, false, null.

    A `Predicted` row lists its configuration's fields beside its own, as the contract has it.
    """
    if isinstance(value, Predicted):
        rest = {each.name: as_document(getattr(value, each.name)) for each in fields(value)[1:]}
        return as_document(value.configuration) | rest
    if is_dataclass(value):
        told = (each.name for each in fields(value) if not each.metadata.get("is_aside"))
        return {name.rstrip("_"): as_document(getattr(value, name)) for name in told}
    if isinstance(value, Mapping):
        return {key: as_document(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [as_document(item) for item in value]
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
