"""What the last survey of a workspace saw, and what is under way in it: for a glance that computes nothing."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlmodel import col

from bot.store.columns import Document
from bot.store.scope import Scope
from bot.store.tables import AdviceRow, ApprovalRow, FleetRow, ReceiptRow, TrialRow, WorkloadRow

__all__ = ["Fleet", "Word", "checks", "count_workloads", "keep", "last", "waiting"]

_MOST_CHECKS = 500  # of each sort: what was compared last says most of the model as it is


class Fleet(NamedTuple):
    """When the last survey was, and what it counted."""

    at: datetime
    document: Document


class Word(NamedTuple):
    """Somebody's word for an advice that needs one more."""

    advice_id: str
    workload: str
    given_by: str
    given_at: datetime
    choice: str


def keep(scope: Scope, at: datetime, document: Document) -> None:
    """Keep what a survey saw instead of what the one before did."""
    scope.upsert(FleetRow, [{"at": at, "document": dict(document)}])


def last(scope: Scope) -> Fleet | None:
    """What the last survey saw; None before the first."""
    row = scope.get(FleetRow)
    return None if row is None else Fleet(row.at, row.document)


def count_workloads(scope: Scope) -> int:
    """How many workloads are known."""
    return int(scope.scalars(select(func.count()).select_from(WorkloadRow)).one())


def waiting(scope: Scope, now: datetime, limit: int) -> list[Word]:
    """The advices that wait for another word, the one that waits longest first."""
    query = (
        select(ApprovalRow, col(AdviceRow.workload))
        .join(AdviceRow, col(AdviceRow.id) == col(ApprovalRow.advice_id))
        .where(col(AdviceRow.state) == "open", col(AdviceRow.expires_at) > now)
        .order_by(col(ApprovalRow.given_at), col(ApprovalRow.id))
        .limit(limit)
    )
    return [
        Word(row.advice_id, workload, row.given_by, row.given_at, row.objective)
        for row, workload in scope.execute(query)
    ]


def checks(scope: Scope) -> list[Document]:
    """What was predicted against what was measured, once an advice: by its last receipt, else by its last trial."""
    trials = _compared(scope, TrialRow, col(TrialRow.measured), "verified")
    receipts = _compared(scope, ReceiptRow, col(ReceiptRow.document), "measured")
    return list({**trials, **receipts}.values())


def _compared(scope: Scope, kind: Any, document: Any, state: str) -> dict[str, Document]:
    """The document of the last of each advice."""
    newest = (
        select(col(kind.advice_id), document).where(col(kind.state) == state).order_by(col(kind.finished_at).desc())
    )
    rows = scope.execute(newest.limit(_MOST_CHECKS)).all()
    return {advice_id: found for advice_id, found in reversed(rows) if found}
