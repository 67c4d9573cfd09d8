"""For the demonstration: the runs that somebody would have made of what was approved or is to be tried."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.store import Scope, advices, decisions, trials
from engine import Run

__all__ = ["Rehearsal", "rehearsals"]

_RENTED = ("accelerator", "accelerator_count", "node_count", "provider", "region", "instance_type")
_RUNS = 6  # one a day, from the first hour of the week on
_HOURS = 2
_SHARE = 0.94  # of the predicted throughput: near enough to be inside, far enough to be seen


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One workload on one configuration, and the throughput that was predicted of it (units an hour)."""

    workload: str
    unit: str
    configuration: Mapping[str, Any]
    units_per_hour: float

    def runs(self, began: datetime) -> list[Run]:
        """A week of runs from `began` on."""
        columns = {name: self.configuration[name] for name in (*_RENTED, "pricing_category", "precision")}
        name = f"{self.workload}/{columns['accelerator_count']} {columns['accelerator']}"
        return [
            Run(
                workload=self.workload,
                run_id=f"{name}/{start.isoformat()}",
                started_at=start,
                ended_at=start + timedelta(hours=_HOURS),
                units=_HOURS * _SHARE * self.units_per_hour,
                unit=self.unit,
                **columns,
            )
            for start in (began + timedelta(days=number, hours=1) for number in range(_RUNS))
        ]


def rehearsals(scope: Scope) -> list[Rehearsal]:
    """What was approved last of each workload, and every trial that is to be made on something else."""
    planned = [
        (each.workload, each.predicted["unit"], each.configuration, each.predicted) for each in trials.planned(scope)
    ]
    found = {_key(workload, where): _rehearsal(workload, unit, where, forecast)
             for workload, unit, where, forecast in (*planned, *_approved(scope))}  # fmt: skip
    return list(found.values())


def _approved(scope: Scope) -> Iterator[tuple[str, str, Mapping[str, Any], Mapping[str, Any]]]:
    for workload, decision in decisions.latest(scope, datetime.fromtimestamp(0, UTC)).items():
        advice = advices.get(scope, decision.advice_id)
        if advice is not None and decision.kind == "approve" and decision.configuration and decision.forecast:
            yield workload, advice.document["unit"], decision.configuration, decision.forecast


def _key(workload: str, configuration: Mapping[str, Any]) -> tuple[Any, ...]:
    return (workload, *(configuration[name] for name in _RENTED))


def _rehearsal(workload: str, unit: str, configuration: Mapping[str, Any], forecast: Mapping[str, Any]) -> Rehearsal:
    return Rehearsal(workload, unit, configuration, forecast["units_per_hour"]["p50"])
