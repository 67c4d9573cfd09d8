"""For the demonstration: a week of runs, on what was approved and what is to be tried as on everything else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import starmap
from typing import Any

from bot.configurations import RUN, rented
from bot.documents import Forecast
from bot.store import Scope, advices, decisions, history, trials
from engine import OfferedDocument, Run

__all__ = ["week"]

_WEEK = timedelta(days=7)
_RUNS = 6  # one a day, from the first hour of the week on
_HOURS = 2
_SHARE = 0.94  # of the predicted throughput: near enough to be inside, far enough to be seen


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One workload on one configuration, and the throughput that was predicted of it (units an hour)."""

    workload: str
    unit: str
    configuration: OfferedDocument
    units_per_hour: float

    def runs(self, began: datetime) -> list[Run]:
        """A week of runs from `began` on."""
        units = _HOURS * _SHARE * self.units_per_hour
        return [self.run(began + timedelta(days=number, hours=1), units) for number in range(_RUNS)]

    def run(self, start: datetime, units: float) -> Run:
        """`units` of work begun at `start`."""
        known: Mapping[str, Any] = self.configuration
        columns = {name: known[name] for name in RUN}
        name = f"{self.workload}/{columns['accelerator_count']} {columns['accelerator']}"
        return Run(
            workload=self.workload,
            run_id=f"{name}/{start.isoformat()}",
            started_at=start,
            ended_at=start + timedelta(hours=units / (_SHARE * self.units_per_hour)),
            units=units,
            unit=self.unit,
            **columns,
        )


def week(scope: Scope, began: datetime) -> list[Run]:
    """What ran in the week before `began` once more, on what was approved since; and a few runs of each trial."""
    usual = [run for run in history.since(scope, began - _WEEK) if run.started_at < began]
    working = {run.workload for run in usual if run.status == "succeeded"}
    approved = {each.workload: each for each in starmap(_rehearsal, _approved(scope)) if each.workload in working}
    tried = [run for each in _rehearsals(scope) if approved.get(each.workload) != each for run in each.runs(began)]
    return [*_again(usual, approved), *tried]


def _again(usual: Sequence[Run], approved: Mapping[str, Rehearsal]) -> Iterator[Run]:
    """The same work a week later; what fails where it ran is not carried over to what was approved."""
    for run in usual:
        start, end, new = run.started_at + _WEEK, run.ended_at + _WEEK, approved.get(run.workload)
        if new is None:
            yield replace(run, run_id=f"{run.workload}/{start.isoformat()}", started_at=start, ended_at=end)
        elif run.status == "succeeded":
            yield new.run(start, run.units)


def _rehearsals(scope: Scope) -> list[Rehearsal]:
    """What was approved last of each workload, and every trial that is to be made on something else."""
    planned = [
        (each.workload, each.predicted["unit"], each.configuration, each.predicted) for each in trials.planned(scope)
    ]
    found = {_key(workload, where): _rehearsal(workload, unit, where, forecast)
             for workload, unit, where, forecast in (*planned, *_approved(scope))}  # fmt: skip
    return list(found.values())


def _approved(scope: Scope) -> Iterator[tuple[str, str, OfferedDocument, Forecast]]:
    for workload, decision in decisions.latest(scope, datetime.fromtimestamp(0, UTC)).items():
        advice = advices.get(scope, decision.advice_id)
        if advice is not None and decision.kind == "approve" and decision.configuration and decision.forecast:
            yield workload, advice.document["unit"], decision.configuration, decision.forecast


def _key(workload: str, configuration: OfferedDocument) -> tuple[object, ...]:
    return (workload, *rented(configuration))


def _rehearsal(workload: str, unit: str, configuration: OfferedDocument, forecast: Forecast) -> Rehearsal:
    return Rehearsal(workload, unit, configuration, forecast["units_per_hour"]["p50"])
