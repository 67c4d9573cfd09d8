"""An advice as plain JSON, in the shape of the contract: what `as_document` makes of it and of each of its parts.

A class here has the fields of its namesake in `engine.advice`, which says what they mean. A key that is not required
is one that documents written by an earlier release lack.
"""

from typing import Literal, NotRequired, TypeAlias, TypedDict, final

from engine.units import Evidence, Kind, Objective, Precision, PricingCategory, RegimeName, Stage

__all__ = [
    "AdviceDocument",
    "AnswerDocument",
    "BreakEvenDocument",
    "CertificateDocument",
    "ConfigurationDocument",
    "CurrentDocument",
    "FlatnessDocument",
    "InfeasibleDocument",
    "IntervalDocument",
    "KindDocument",
    "MachinesDocument",
    "NothingFeasibleDocument",
    "OfferedDocument",
    "PickDocument",
    "PredictedDocument",
    "PredictionDocument",
    "RegimeDocument",
    "RentedDocument",
    "StageDocument",
    "TrialDocument",
    "UndeterminedDocument",
    "pick_of",
]


class IntervalDocument(TypedDict):
    """A 90 % predictive interval and its median."""

    p05: float
    p50: float
    p95: float


class MachinesDocument(TypedDict):
    """Which accelerators: so many a node, on so many nodes."""

    accelerator: str
    accelerator_count: int
    node_count: int


class RentedDocument(MachinesDocument):
    """A configuration, whatever it costs."""

    provider: str | None
    region: str | None
    instance_type: str | None
    pricing_category: PricingCategory | None
    term: str | None
    precision: Precision | None
    batch_size: float | None


class ConfigurationDocument(RentedDocument):
    """A configuration whose price may not be known, as today's; per node and hour."""

    price_usd_per_hour: float | None


class OfferedDocument(RentedDocument):
    """A configuration that is on offer, at a price per node and hour."""

    price_usd_per_hour: float


class StageDocument(TypedDict):
    """`StageFound`."""

    value: Stage
    source: Literal["asked", "tagged", "inferred"]
    inferred: Stage | None
    evidence: str


class KindDocument(TypedDict):
    """`KindFound`."""

    value: Kind
    source: Literal["asked", "inferred", "population"]
    parallel_fraction: IntervalDocument | None


class RegimeDocument(TypedDict):
    """`RegimeFound`."""

    name: RegimeName
    probability: float


class CurrentDocument(TypedDict):
    """`Current`."""

    configuration: ConfigurationDocument
    units_per_hour: IntervalDocument
    seconds_per_unit: IntervalDocument
    usd_per_day: float | None
    usd_per_day_at_demand: float | None
    usd_per_unit: float | None


class PredictedDocument(TypedDict):
    """What is predicted of a configuration on offer."""

    units_per_hour: IntervalDocument
    seconds_per_unit: IntervalDocument
    usd_per_day: float
    usd_per_day_at_demand: float | None
    usd_per_unit: IntervalDocument


@final
class PickDocument(PredictedDocument):
    """`Pick`."""

    configuration: OfferedDocument
    evidence: Evidence
    probability_better: float | None
    constraint_probability: float
    runner_up: OfferedDocument | None
    flips_when: str | None
    memory_headroom_gib: float | None
    bottleneck: str | None
    fallbacks: list[OfferedDocument]


class InfeasibleDocument(TypedDict):
    """`Infeasible`."""

    binding: str
    asked: float
    reachable: float | None


@final
class NothingFeasibleDocument(TypedDict):
    """`NothingFeasible`."""

    infeasible: InfeasibleDocument


AnswerDocument: TypeAlias = PickDocument | NothingFeasibleDocument
"""What there is for one objective: `"infeasible" in it` tells the two apart."""


class FlatnessDocument(TypedDict):
    """`Flatness`."""

    spread: float
    verdict: Literal["flat", "rising", "falling"]
    probability_flat: NotRequired[float | None]


BreakEvenDocument = TypedDict("BreakEvenDocument", {"from": Objective, "to": Objective, "value": float})


class TrialDocument(TypedDict):
    """`Trial`."""

    configuration: OfferedDocument
    expected_improvement: float
    usd: float


class CertificateDocument(TypedDict):
    """`Certificate`."""

    configurations: int
    feasible: int
    excluded: dict[str, int]
    seconds: float


class UndeterminedDocument(TypedDict):
    """`Undetermined`."""

    reason: str
    settled_by: str


class PredictionDocument(OfferedDocument):
    """`Predicted`: its configuration's fields beside its own."""

    units_per_hour: IntervalDocument | None
    usd_per_unit: float | None
    feasible: bool
    reason: str | None


class AdviceDocument(TypedDict):
    """`Advice`."""

    workload: str
    unit: str
    stage: StageDocument | None
    kind: KindDocument | None
    recommended: Objective | None
    reason: str
    constraints: dict[str, float | list[str]]
    current: CurrentDocument | None
    objectives: dict[str, AnswerDocument]
    flatness: FlatnessDocument | None
    break_even_usd_per_hour: BreakEvenDocument | None
    next_trial: TrialDocument | None
    certificate: CertificateDocument | None
    prices_as_of: str | None
    catalog_version: str
    model_version: str
    history_digest: str
    undetermined: UndeterminedDocument | None
    warnings: list[str]
    predictions: list[PredictionDocument]
    break_even_pairs: NotRequired[list[BreakEvenDocument]]
    regimes: NotRequired[list[RegimeDocument]]


def pick_of(document: AdviceDocument, objective: str | None) -> PickDocument | None:
    """The pick of that objective; None where nothing is feasible for it, or there is no such objective."""
    found = document["objectives"].get(objective or "")
    return None if found is None or "infeasible" in found else found
