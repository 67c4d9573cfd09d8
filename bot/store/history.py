"""Run history: what workloads really did, as rows here and as columns in the engine."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import case, func, select
from sqlmodel import col

from bot.store.scope import Columns, Scope
from bot.store.tables import RunRow, WorkloadRow
from engine import History, MixedUnits, Run

__all__ = ["Added", "Summary", "add_runs", "count_runs", "load", "names", "nearest", "since", "summaries"]

_BATCH = 1000  # rows a statement: 25 columns each stay below SQLite's 32,766 parameters
_SAME = (
    "workload",
    "run_id",
    "units",
    "unit",
    "accelerator",
    "accelerator_count",
    "node_count",
    "provider",
    "region",
    "instance_type",
    "pricing_category",
    "precision",
    "batch_size",
    "tensor_active",
    "sm_active",
    "dram_active",
    "memory_used_gib",
    "status",
    "stage",
    "cost_usd",
    "is_trial",
)
"""The fields of a run that a row holds under the same name; the two times are kept as seconds."""
_LOADED = ("started", "run_id", "source", "ended", *(name for name in _SAME if name != "run_id"))
_IN_ORDER = itemgetter(0, 1, 2)  # by start, then run id; the same on every database, whatever its collation
_FLOATS = ("started", "ended", "units", "batch_size", "tensor_active", "sm_active", "dram_active")
_DTYPES: dict[str, type] = {
    **dict.fromkeys((*_FLOATS, "memory_used_gib", "cost_usd"), np.float64),  # None becomes NaN
    **dict.fromkeys(("accelerator_count", "node_count"), np.int64),
    **dict.fromkeys(("run_id", "accelerator", "provider", "region", "instance_type"), np.object_),
    **dict.fromkeys(("pricing_category", "precision", "status", "stage"), np.object_),
    "is_trial": np.bool_,
}
"""How each column of a history is kept in memory."""


class Added(NamedTuple):
    """How many runs were new, and how many were known already."""

    added: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Summary:
    """One workload in a list: its unit, how many runs, and when they began first and last; None without runs."""

    workload: str
    unit: str | None
    runs: int
    first_run_at: datetime | None
    last_run_at: datetime | None


def add_runs(scope: Scope, source: str, runs: Iterable[Run]) -> Added:
    """Keep `runs` in one transaction; one whose (source, run id) is known already changes nothing."""
    added = seen = 0
    for batch in _batches(runs):
        seen += len(batch)
        added += _add_batch(scope, source, batch)
    return Added(added, seen - added)


def load(scope: Scope, workload: str) -> History:
    """Every run of `workload`, as columns ordered by (start, run id); an empty history when there is none.

    Raises:
        MixedUnits: its runs count their work in more than one unit.
    """
    columns = [getattr(RunRow, name) for name in _LOADED]
    query = select(*columns).where(col(RunRow.workload) == workload).order_by(col(RunRow.started))
    rows = scope.execute(query).all()
    return _history(workload, rows)


def since(scope: Scope, moment: datetime) -> list[Run]:
    """Every run of every workload that began at `moment` or later, in the order of their starts."""
    query = select(RunRow).where(col(RunRow.started) >= moment.timestamp()).order_by(col(RunRow.started))
    return [_run(row) for row in scope.scalars(query)]


def names(scope: Scope) -> list[str]:
    """Every workload that has runs or was described by its owner, in alphabetical order."""
    return sorted(scope.scalars(select(col(WorkloadRow.name))))


def nearest(scope: Scope, name: str, limit: int = 5) -> list[str]:
    """Known workloads whose names look most like `name`, best first."""
    spellings: dict[str, list[str]] = {}
    for known in names(scope):
        spellings.setdefault(known.casefold(), []).append(known)
    matches = difflib.get_close_matches(name.casefold(), spellings, n=limit, cutoff=0.4)
    return [known for match in matches for known in spellings[match]][:limit]


def search(scope: Scope, text: str, limit: int) -> list[str]:
    """Known workloads whose names hold `text`, whatever its case; those that begin with it first, then by name."""
    name, wanted = col(WorkloadRow.name), text.strip()
    begins = case((name.istartswith(wanted, autoescape=True), 0), else_=1)
    query = select(name).where(name.icontains(wanted, autoescape=True)).order_by(begins, name).limit(limit)
    return list(scope.scalars(query))


def summaries(scope: Scope, offset: int = 0, limit: int | None = None) -> list[Summary]:
    """Every workload with its count of runs, in the order of their names, from `offset` on."""
    query = select(WorkloadRow).order_by(col(WorkloadRow.name)).offset(offset).limit(limit)
    return [_summary(row) for row in scope.scalars(query)]


def count_runs(scope: Scope) -> int:
    """How many runs this workspace has."""
    return int(scope.scalars(select(func.coalesce(func.sum(col(WorkloadRow.run_count)), 0))).one())


def _batches(runs: Iterable[Run]) -> Iterator[list[Run]]:
    rest = iter(runs)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _add_batch(scope: Scope, source: str, runs: Sequence[Run]) -> int:
    first = {run.run_id: run for run in reversed(runs)}  # within a batch, too, the first of an id is kept
    new = scope.insert_new(RunRow, [_row(source, run) for run in first.values()], "run_id")
    _summarise(scope, [first[run_id] for run_id in new])
    return len(new)


def _run(row: RunRow) -> Run:
    started, ended = (datetime.fromtimestamp(seconds, UTC) for seconds in (row.started, row.ended))
    return Run(started_at=started, ended_at=ended, **{name: getattr(row, name) for name in _SAME})


def _row(source: str, run: Run) -> dict[str, Any]:
    same = {name: getattr(run, name) for name in _SAME}
    return {"source": source, "started": run.started_at.timestamp(), "ended": run.ended_at.timestamp(), **same}


def _summarise(scope: Scope, runs: Sequence[Run]) -> None:
    """Count the new runs, workload by workload, in one order everywhere: two imports can wait but not deadlock."""
    by_name: dict[str, list[Run]] = {}
    for run in runs:
        by_name.setdefault(run.workload, []).append(run)
    scope.upsert(WorkloadRow, [_counted(name, by_name[name]) for name in sorted(by_name)], _grown)


def _counted(name: str, runs: Sequence[Run]) -> dict[str, Any]:
    starts = [run.started_at.timestamp() for run in runs]
    return {
        "name": name,
        "unit": runs[0].unit,
        "run_count": len(runs),
        "first_run": min(starts),
        "last_run": max(starts),
        "is_tracked": True,
    }


def _grown(kept: Columns, new: Columns) -> dict[str, Any]:
    """A summary after more runs; a workload that its owner described first has none of these yet."""
    return {
        "unit": func.coalesce(kept.unit, new.unit),
        "run_count": kept.run_count + new.run_count,
        "first_run": case((kept.first_run < new.first_run, kept.first_run), else_=new.first_run),
        "last_run": case((kept.last_run > new.last_run, kept.last_run), else_=new.last_run),
    }


def _history(workload: str, rows: Sequence[Any]) -> History:
    ordered = sorted(rows, key=_IN_ORDER)
    by_name = dict(zip(_LOADED, zip(*ordered, strict=True), strict=True)) if ordered else dict.fromkeys(_LOADED, ())
    units = tuple(dict.fromkeys(by_name["unit"]))
    if len(units) > 1:
        raise MixedUnits(workload, units)
    columns: dict[str, Any] = {name: np.array(by_name[name], dtype=dtype) for name, dtype in _DTYPES.items()}
    return History(workload=workload, unit=units[0] if units else "unit", **columns)


def _summary(row: WorkloadRow) -> Summary:
    return Summary(row.name, row.unit, row.run_count, _moment(row.first_run), _moment(row.last_run))


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
