"""One workload's history, condensed: one row a distinct configuration that it ran on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from engine.accelerators import Accelerators
from engine.errors import UnknownAccelerator
from engine.history import History
from engine.shapes import Shapes
from engine.units import PRECISIONS, Bools, Floats, Integers, Texts

__all__ = ["Observations", "observe"]


@dataclass(frozen=True, eq=False, slots=True)
class Observations:
    """(n_configurations,) each, in the order in which they were first seen.

    `precision` indexes PRECISIONS (-1: not stated); the other conventions are those of History. NaN: not known.
    `log_units_per_hour` is the median natural logarithm over successful runs, NaN where none succeeded.
    `memory_used_gib` is the highest peak per accelerator of any run.
    """

    workload: str
    unit: str
    accelerator: Texts
    accelerator_count: Integers
    node_count: Integers
    precision: Integers
    batch_size: Floats
    log_units_per_hour: Floats
    n_succeeded: Integers
    n_out_of_memory: Integers
    last_success: Floats
    memory_used_gib: Floats
    tensor_active: Floats
    dram_active: Floats

    def __len__(self) -> int:
        return len(self.accelerator)

    @property
    def total(self) -> Integers:
        """(n_configurations,) accelerators over all nodes."""
        return self.accelerator_count * self.node_count

    @property
    def is_measured(self) -> Bools:
        """(n_configurations,) whether at least one run succeeded there."""
        return np.asarray(self.n_succeeded > 0, dtype=np.bool_)

    @property
    def current(self) -> int | None:
        """The row of the most recent successful run; None when nothing succeeded."""
        return int(np.nanargmax(self.last_success)) if self.is_measured.any() else None

    def shapes(self, accelerators: Accelerators) -> Shapes:
        """The configurations as the model's question, in the same order; a part without a sheet has index -1."""
        places = {name: place for place, name in enumerate(accelerators)}
        return Shapes(
            accelerator=np.array([places.get(name, -1) for name in self.accelerator], dtype=np.int64),
            accelerator_count=self.accelerator_count,
            node_count=self.node_count,
            interconnect_gbps=np.full(len(self), np.nan),
            precision=self.precision,
            batch_size=self.batch_size,
        )

    def as_document(self) -> dict[str, Any]:
        """JSON-able: two texts and one list a column, null for what is not known."""
        columns = {name: _listed(getattr(self, name)) for name in _DTYPES}
        return {"workload": self.workload, "unit": self.unit, **columns}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """What `as_document` wrote, equal to the last bit."""
        columns = {name: _column(document[name], dtype) for name, dtype in _DTYPES.items()}
        return cls(workload=document["workload"], unit=document["unit"], **columns)


_DTYPES: dict[str, type] = {
    "accelerator": np.object_,
    "accelerator_count": np.int64,
    "node_count": np.int64,
    "precision": np.int64,
    "batch_size": np.float64,
    "log_units_per_hour": np.float64,
    "n_succeeded": np.int64,
    "n_out_of_memory": np.int64,
    "last_success": np.float64,
    "memory_used_gib": np.float64,
    "tensor_active": np.float64,
    "dram_active": np.float64,
}


def observe(history: History, accelerators: Accelerators) -> Observations:
    """Condense `history`; runs on parts without a spec sheet teach nothing and are left out."""
    rows = [_condense(history, runs, accelerators) for runs in _by_configuration(history, accelerators)]
    columns = {name: _column([row[name] for row in rows], dtype) for name, dtype in _DTYPES.items()}
    return Observations(workload=history.workload, unit=history.unit, **columns)


def _by_configuration(history: History, accelerators: Accelerators) -> Iterator[Integers]:
    """The runs of each distinct configuration, as indices in time order."""
    groups: dict[tuple[object, ...], list[int]] = {}
    names = {name: _name(name, accelerators) for name in dict.fromkeys(history.accelerator)}
    for run in range(len(history)):
        if (name := names[history.accelerator[run]]) is not None:
            batch = history.batch_size[run]
            counts = (int(history.accelerator_count[run]), int(history.node_count[run]))
            key = (name, *counts, history.precision[run], None if np.isnan(batch) else float(batch))
            groups.setdefault(key, []).append(run)
    return (np.array(runs) for runs in groups.values())


def _name(spelling: str, accelerators: Accelerators) -> str | None:
    try:
        return accelerators.resolve(spelling).name
    except UnknownAccelerator:
        return None


def _condense(history: History, runs: Integers, accelerators: Accelerators) -> dict[str, Any]:
    good = runs[history.is_success[runs]]
    logs = np.log(history.units[good] / history.hours[good])
    precision = history.precision[runs[0]]
    return {
        "accelerator": accelerators.resolve(history.accelerator[runs[0]]).name,
        "accelerator_count": history.accelerator_count[runs[0]],
        "node_count": history.node_count[runs[0]],
        "precision": -1 if precision is None else PRECISIONS.index(precision),
        "batch_size": history.batch_size[runs[0]],
        "log_units_per_hour": np.median(logs) if len(good) else np.nan,
        "n_succeeded": len(good),
        "n_out_of_memory": np.count_nonzero(history.status[runs] == "oom"),
        "last_success": history.started[good].max() if len(good) else np.nan,
        "memory_used_gib": _largest(history.memory_used_gib[runs]),
        "tensor_active": _mean(history.tensor_active[good]),
        "dram_active": _mean(history.dram_active[good]),
    }


def _largest(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.max()) if len(known) else np.nan


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else np.nan


def _listed(column: NDArray[Any]) -> list[Any]:
    return [None if value != value else value for value in column.tolist()]  # noqa: PLR0124 - only NaN differs from itself


def _column(values: list[Any], dtype: type) -> NDArray[Any]:
    return np.array([np.nan if value is None else value for value in values], dtype=dtype)
