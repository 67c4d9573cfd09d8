"""What a workload really did: its runs, as columns."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from engine.errors import MixedUnits
from engine.units import Bools, Floats, Integers, Precision, PricingCategory, Stage, Status, Texts

__all__ = ["History", "Run"]


@dataclass(frozen=True, slots=True)
class Run:
    """One run, in the columns of the contract. `accelerator` is normalised; times carry a zone; None: not stated."""

    workload: str
    run_id: str
    started_at: datetime
    ended_at: datetime
    units: float
    accelerator: str
    accelerator_count: int
    unit: str = "unit"
    node_count: int = 1
    provider: str | None = None
    region: str | None = None
    instance_type: str | None = None
    pricing_category: PricingCategory | None = None
    precision: Precision | None = None
    batch_size: float | None = None
    tensor_active: float | None = None
    sm_active: float | None = None
    dram_active: float | None = None
    memory_used_gib: float | None = None
    status: Status = "succeeded"
    stage: Stage | None = None
    cost_usd: float | None = None
    is_trial: bool = False


_NUMBERS = ("units", "batch_size", "tensor_active", "sm_active", "dram_active", "memory_used_gib", "cost_usd")
_WHOLE = ("accelerator_count", "node_count")
_TEXTS = (
    "run_id",
    "accelerator",
    "provider",
    "region",
    "instance_type",
    "pricing_category",
    "precision",
    "status",
    "stage",
)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Columns:
    """(n_runs,) each, ordered by start. Times are seconds since 1970 UTC; NaN or None: not stated."""

    started: Floats
    ended: Floats
    units: Floats
    batch_size: Floats
    tensor_active: Floats
    sm_active: Floats
    dram_active: Floats
    memory_used_gib: Floats
    cost_usd: Floats
    accelerator_count: Integers
    node_count: Integers
    run_id: Texts
    accelerator: Texts
    provider: Texts
    region: Texts
    instance_type: Texts
    pricing_category: Texts
    precision: Texts
    status: Texts
    stage: Texts
    is_trial: Bools


@dataclass(frozen=True, eq=False)
class History(_Columns):
    """All runs of one workload as columns, ordered by (start, run id)."""

    workload: str
    unit: str

    @classmethod
    def of(cls, workload: str, runs: Sequence[Run]) -> Self:
        """The history of `workload`; an empty one when there are no runs.

        Raises:
            MixedUnits: the runs count their work in more than one unit.
        """
        units = tuple(dict.fromkeys(run.unit for run in runs))
        if len(units) > 1:
            raise MixedUnits(workload, units)
        return cls(workload=workload, unit=units[0] if units else "unit", **_columns(runs))

    def __len__(self) -> int:
        return len(self.started)

    @property
    def hours(self) -> Floats:
        """(n_runs,) wall-clock hours of each run, > 0."""
        return (self.ended - self.started) / 3600.0

    @property
    def is_success(self) -> Bools:
        """(n_runs,) whether the run did its work."""
        return np.asarray(self.status == "succeeded", dtype=np.bool_)

    @cached_property
    def digest(self) -> str:
        """Twelve hexadecimal digits over every run; equal histories have equal digests on every machine."""
        digest = hashlib.sha256(repr((self.workload, self.unit)).encode())
        for name in _Columns.__dataclass_fields__:
            digest.update(repr(getattr(self, name).tolist()).encode())
        return digest.hexdigest()[:12]


def _columns(runs: Sequence[Run]) -> dict[str, Any]:
    ordered = sorted(runs, key=lambda run: (run.started_at, run.run_id))

    def column(name: str, dtype: type, missing: float | None = None) -> NDArray[Any]:
        values = [getattr(run, name) for run in ordered]
        return np.array([missing if value is None else value for value in values], dtype=dtype)

    return {
        "started": np.array([run.started_at.timestamp() for run in ordered], dtype=np.float64),
        "ended": np.array([run.ended_at.timestamp() for run in ordered], dtype=np.float64),
        "is_trial": column("is_trial", np.bool_),
        **{name: column(name, np.float64, missing=np.nan) for name in _NUMBERS},
        **{name: column(name, np.int64) for name in _WHOLE},
        **{name: column(name, np.object_) for name in _TEXTS},
    }
