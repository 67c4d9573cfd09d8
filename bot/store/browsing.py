"""The workloads of a workspace, looked through by what is known of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.owners import Owner
from bot.store import fleets
from bot.store.scope import Scope
from bot.store.tables import SaidFindingRow, WorkloadRow

__all__ = ["Listed", "Wanted", "browse"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; an empty one finds everything.

    `owner` and `team` are what `bot.owners` reads as the same; `name` matches in any case, and in part.
    """

    stage: str | None = None
    kind: str | None = None
    finding: str | None = None
    owner: str | None = None
    team: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One workload in a list.

    `stage` and `kind` are its owner's word, else what its runs show; `findings` are the kinds that some digest has said
    of it and that stand, or that stood out when a digest looked last, whatever it was about.
    """

    workload: str
    unit: str | None
    runs: int
    last_run_at: datetime | None
    stage: str | None
    kind: str | None
    owner: str | None
    findings: tuple[str, ...]


def browse(scope: Scope, wanted: Wanted) -> list[Listed]:
    """Every workload that fits, in the order of their names."""
    found = _findings(scope)
    rows = scope.scalars(select(WorkloadRow).order_by(col(WorkloadRow.name)))
    return [listed for row in rows if _fits(listed := _listed(row, found.get(row.name, ())), wanted)]


def _findings(scope: Scope) -> dict[str, tuple[str, ...]]:
    said: dict[str, set[str]] = {}
    for workload, kind in scope.execute(select(col(SaidFindingRow.workload), col(SaidFindingRow.kind))):
        said.setdefault(workload, set()).add(kind)
    last = fleets.last(scope)
    for kind, names in (last.document.get("open") or {}).items() if last else ():
        for workload in names:
            said.setdefault(workload, set()).add(kind)
    return {workload: tuple(sorted(kinds)) for workload, kinds in said.items()}


def _listed(row: WorkloadRow, found: Iterable[str]) -> Listed:
    asks: Mapping[str, Any] = row.asks or {}
    return Listed(
        workload=row.name,
        unit=row.unit,
        runs=row.run_count,
        last_run_at=None if row.last_run is None else datetime.fromtimestamp(row.last_run, UTC),
        stage=asks.get("stage") or row.stage_seen,
        kind=asks.get("kind") or row.kind_seen,
        owner=row.owner,
        findings=tuple(found),
    )


def _fits(listed: Listed, wanted: Wanted) -> bool:
    return (
        (wanted.stage is None or listed.stage == wanted.stage)
        and (wanted.kind is None or listed.kind == wanted.kind)
        and (wanted.finding is None or wanted.finding in listed.findings)
        and (wanted.owner is None or _is_of(listed.owner, wanted.owner))
        and (wanted.team is None or _is_of(listed.owner, wanted.team))
        and (wanted.name is None or wanted.name.casefold() in listed.workload.casefold())
    )


def _is_of(owner: str | None, wanted: str) -> bool:
    return owner is not None and Owner.of(owner).key == Owner.of(wanted).key
