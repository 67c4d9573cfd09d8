"""The arithmetic of gpu-advise: pure functions over arrays, without I/O, clock or randomness."""

from engine.accelerators import Accelerator, Accelerators
from engine.advice import Advice, as_document
from engine.catalog import Catalog, Offer
from engine.document import (
    AdviceDocument,
    BreakEvenDocument,
    CertificateDocument,
    ConfigurationDocument,
    CurrentDocument,
    FlatnessDocument,
    InfeasibleDocument,
    IntervalDocument,
    KindDocument,
    MachinesDocument,
    OfferedDocument,
    PickDocument,
    PredictedDocument,
    PredictionDocument,
    RegimeDocument,
    RentedDocument,
    StageDocument,
    UndeterminedDocument,
    pick_of,
)
from engine.errors import EngineError, InvalidRow, MixedUnits, UnknownAccelerator
from engine.fit import fit, learn
from engine.fleet import FINDING_KINDS, Finding, FindingKind, findings
from engine.hindsight import Hindsight, leave_one_out
from engine.history import History, Run
from engine.lifecycle import infer_stage
from engine.marginal import fit_scales
from engine.model import Model
from engine.observations import Observations, observe
from engine.recommend import recommend
from engine.scales import Scales
from engine.scaling import infer_kind
from engine.space import CatalogIndex, index
from engine.units import (
    KINDS,
    OBJECTIVES,
    PRECISIONS,
    PRICING_CATEGORIES,
    STAGES,
    STATUSES,
    Kind,
    Objective,
    PricingCategory,
    Stage,
)
from engine.workload import Constraints, Deadline, Filters, Policy, Quota, Workload

__all__ = [
    "FINDING_KINDS",
    "KINDS",
    "OBJECTIVES",
    "PRECISIONS",
    "PRICING_CATEGORIES",
    "STAGES",
    "STATUSES",
    "Accelerator",
    "Accelerators",
    "Advice",
    "AdviceDocument",
    "BreakEvenDocument",
    "Catalog",
    "CatalogIndex",
    "CertificateDocument",
    "ConfigurationDocument",
    "Constraints",
    "CurrentDocument",
    "Deadline",
    "EngineError",
    "Filters",
    "Finding",
    "FindingKind",
    "FlatnessDocument",
    "Hindsight",
    "History",
    "InfeasibleDocument",
    "IntervalDocument",
    "InvalidRow",
    "Kind",
    "KindDocument",
    "MachinesDocument",
    "MixedUnits",
    "Model",
    "Objective",
    "Observations",
    "Offer",
    "OfferedDocument",
    "PickDocument",
    "Policy",
    "PredictedDocument",
    "PredictionDocument",
    "PricingCategory",
    "Quota",
    "RegimeDocument",
    "RentedDocument",
    "Run",
    "Scales",
    "Stage",
    "StageDocument",
    "UndeterminedDocument",
    "UnknownAccelerator",
    "Workload",
    "as_document",
    "findings",
    "fit",
    "fit_scales",
    "index",
    "infer_kind",
    "infer_stage",
    "learn",
    "leave_one_out",
    "observe",
    "pick_of",
    "recommend",
]
