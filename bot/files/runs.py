"""Rows of the `runs` format -> runs."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path

from bot.files.cells import Row, choice, count, flag, number, positive, required, share, text, time
from bot.files.money import only_dollars, pricing_category
from bot.files.problems import Report
from bot.files.reading import Form, read
from engine import PRECISIONS, STAGES, STATUSES, Accelerators, InvalidRow, Run, UnknownAccelerator

__all__ = ["read_runs"]

_NEEDED = ("workload", "started_at", "ended_at", "units", "accelerator", "accelerator_count")
_KNOWN = frozenset(field.name for field in fields(Run)) - {"is_trial"} | {"trial", "currency"}
_SOUND = {
    "workload": "any",
    "status": "failed",  # which asks nothing of its units
    "started_at": "0001-01-02T00:00:00Z",
    "ended_at": "9999-12-30T00:00:00Z",
    "units": 1,
    "accelerator_count": 1,
}
_LONGEST_NAME = 120


def read_runs(
    source: str | Path,
    accelerators: Accelerators,
    report: Report,
    unit_of: Callable[[str], str | None] = lambda _workload: None,
    until: datetime | None = None,
) -> Iterator[Run]:
    """The runs of `source` one by one, accelerators normalised; refused rows go to `report`.

    A workload counts in the unit that `unit_of` knows for it, else in that of its first row; rows in another unit are
    refused, and so are those of runs that ended after `until`.

    Raises:
        Unreadable: the file cannot be read at all.
    """
    names: dict[str, str] = {}  # spelling -> normalised name: a file repeats few of them
    units: dict[str, str] = {}

    def convert(row: Row) -> Run:
        run = _ended(_run(row, accelerators, names), until)
        if run.workload not in units:
            units[run.workload] = unit_of(run.workload) or run.unit
        _same_unit(run, units[run.workload])
        return run

    form = Form(_KNOWN, _NEEDED, {**_SOUND, "accelerator": next(iter(accelerators), None)})
    return read(source, form, convert, report, lambda row: _run(row, accelerators, names))


def _ended(run: Run, until: datetime | None) -> Run:
    if until is not None and run.ended_at > until:
        raise InvalidRow("ended_at", f"{run.ended_at.isoformat()} lies in the future")
    return run


def _same_unit(run: Run, unit: str) -> None:
    if run.unit != unit:
        raise InvalidRow("unit", f"is {run.unit!r}, but {run.workload!r} counts in {unit!r}; one workload has one unit")


def _run(row: Row, accelerators: Accelerators, names: dict[str, str]) -> Run:
    status = choice(row, "status", STATUSES) or "succeeded"
    started, ended = required(time(row, "started_at"), "started_at"), required(time(row, "ended_at"), "ended_at")
    if ended <= started:
        raise InvalidRow("ended_at", "is not after started_at")
    only_dollars(row, "cost_usd")
    run = Run(
        workload=required(text(row, "workload", _LONGEST_NAME), "workload"),
        run_id=text(row, "run_id") or "",
        started_at=started,
        ended_at=ended,
        units=_units(row, is_success=status == "succeeded"),
        unit=text(row, "unit") or "unit",
        accelerator=_accelerator(row, accelerators, names),
        accelerator_count=required(count(row, "accelerator_count"), "accelerator_count"),
        node_count=count(row, "node_count") or 1,
        provider=text(row, "provider"),
        region=text(row, "region"),
        instance_type=text(row, "instance_type"),
        pricing_category=pricing_category(row),
        precision=choice(row, "precision", PRECISIONS),
        batch_size=positive(row, "batch_size"),
        tensor_active=share(row, "tensor_active"),
        sm_active=share(row, "sm_active"),
        dram_active=share(row, "dram_active"),
        memory_used_gib=number(row, "memory_used_gib", least=0),
        status=status,
        stage=choice(row, "stage", STAGES),
        cost_usd=number(row, "cost_usd", least=0),
        is_trial=flag(row, "trial") or False,
    )
    return run if run.run_id else _with_content_hash(run)


def _units(row: Row, *, is_success: bool) -> float:
    """Work done, > 0; a run that did not succeed may have done none."""
    if is_success:
        return required(positive(row, "units"), "units")
    return number(row, "units", least=0) or 0.0


def _accelerator(row: Row, accelerators: Accelerators, names: dict[str, str]) -> str:
    spelling = required(text(row, "accelerator"), "accelerator")
    if spelling not in names:
        try:
            names[spelling] = accelerators.resolve(spelling).name
        except UnknownAccelerator as error:
            raise InvalidRow("accelerator", str(error)) from None
    return names[spelling]


def _with_content_hash(run: Run) -> Run:
    """Without an id of its source, a run is known by everything it says."""
    digest = hashlib.sha256(repr(run).encode()).hexdigest()
    return replace(run, run_id=f"sha256:{digest[:32]}")
