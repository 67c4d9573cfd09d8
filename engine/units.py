"""The words and units that every other module of the engine uses."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "EVIDENCES",
    "HOURS_PER_DAY",
    "KINDS",
    "OBJECTIVES",
    "PRECISIONS",
    "PRICING_CATEGORIES",
    "SECONDS_PER_DAY",
    "SECONDS_PER_HOUR",
    "STAGES",
    "STATUSES",
    "Bools",
    "Evidence",
    "Floats",
    "Integers",
    "Interval",
    "Kind",
    "Objective",
    "Precision",
    "PricingCategory",
    "RegimeName",
    "Stage",
    "Status",
    "Texts",
]

SECONDS_PER_HOUR = 3600.0
SECONDS_PER_DAY = 86400.0
HOURS_PER_DAY = 24.0

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.object_]  # str, or None where the source does not say

Stage = Literal["prototyping", "validation", "production"]
Kind = Literal["ai", "traditional"]
Objective = Literal["cost", "value", "performance"]
Precision = Literal["fp32", "tf32", "fp16", "bf16", "fp8", "int8", "fp4"]
PricingCategory = Literal["standard", "dynamic", "committed"]
Status = Literal["succeeded", "failed", "oom", "preempted"]
RegimeName = Literal["usual", "undivided", "host_bound"]
Evidence = Literal["verified", "measured", "scaled", "spec_only"]

STAGES: tuple[Stage, ...] = get_args(Stage)
KINDS: tuple[Kind, ...] = get_args(Kind)
OBJECTIVES: tuple[Objective, ...] = get_args(Objective)
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
PRICING_CATEGORIES: tuple[PricingCategory, ...] = get_args(PricingCategory)
STATUSES: tuple[Status, ...] = get_args(Status)
EVIDENCES: tuple[Evidence, ...] = get_args(Evidence)


@dataclass(frozen=True, slots=True)
class Interval:
    """A 90 % predictive interval and its median; the unit is the field's that holds it."""

    p05: float
    p50: float
    p95: float
