"""Recommendations that were shown to someone, each with all that it was computed from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import func, select, update
from sqlmodel import col

from bot.store.columns import Document
from bot.store.scope import Scope
from bot.store.tables import AdviceRow
from engine import AdviceDocument

__all__ = ["State", "StoredAdvice", "Waiting", "change_state", "count_open", "get", "save", "waiting"]

State = Literal["open", "approved", "dismissed", "snoozed", "expired", "replaced"]


@dataclass(frozen=True, slots=True)
class StoredAdvice:
    """An advice as it was given: the request, the answer's document and the versions that made it.

    Nothing but `save` writes a document; one that an earlier release kept may lack keys that are not required.
    """

    id: str
    workload: str
    request: Document
    document: AdviceDocument
    state: State
    asked_by: str | None
    catalog_version: str
    model_version: str
    history_digest: str
    created_at: datetime
    expires_at: datetime


class Waiting(NamedTuple):
    """An advice that can be decided. Nobody asked for one behind a finding: then `asked_by` is None."""

    advice_id: str
    workload: str
    asked_by: str | None
    asked_at: datetime


def save(
    scope: Scope,
    advice_id: str,
    request: Document,
    document: AdviceDocument,
    *,
    asked_by: str | None,
    created_at: datetime,
    expires_at: datetime,
) -> None:
    """Keep an advice, open for a decision until `expires_at`. `document` is `engine.as_document` of the answer.

    One that is kept under that id already stays as it is.
    """
    row = {
        "id": advice_id,
        "workload": document["workload"],
        "request": dict(request),
        "document": dict(document),
        "state": "open",
        "asked_by": asked_by,
        "catalog_version": document["catalog_version"],
        "model_version": document["model_version"],
        "history_digest": document["history_digest"],
        "created_at": created_at,
        "expires_at": expires_at,
    }
    scope.insert_new(AdviceRow, [row], "id")


def get(scope: Scope, advice_id: str, *, is_locked: bool = False) -> StoredAdvice | None:
    """The advice with that id, if it was given in this workspace; `is_locked` until the transaction ends."""
    row = scope.get(AdviceRow, advice_id, is_locked=is_locked)
    return None if row is None else _stored(row)


def count_open(scope: Scope) -> int:
    """How many advices wait for a decision."""
    return int(scope.scalars(select(func.count()).select_from(AdviceRow).where(col(AdviceRow.state) == "open")).one())


def waiting(scope: Scope, now: datetime, limit: int) -> list[Waiting]:
    """The advices that can still be decided, the newest first."""
    columns = (col(AdviceRow.id), col(AdviceRow.workload), col(AdviceRow.asked_by), col(AdviceRow.created_at))
    still = (col(AdviceRow.state) == "open", col(AdviceRow.expires_at) > now)
    order = (col(AdviceRow.created_at).desc(), col(AdviceRow.id).desc())
    return [Waiting(*row) for row in scope.execute(select(*columns).where(*still).order_by(*order).limit(limit))]


def change_state(
    scope: Scope,
    advice_id: str,
    expected: State,
    state: State,
    *,
    unless_expired_at: datetime | None = None,
) -> bool:
    """Move an advice from the `expected` state to another; False when it was not in it, or expired by that time."""
    moved = update(AdviceRow).where(col(AdviceRow.id) == advice_id, col(AdviceRow.state) == expected)
    if unless_expired_at is not None:
        moved = moved.where(col(AdviceRow.expires_at) > unless_expired_at)
    return scope.scalars(moved.values(state=state).returning(col(AdviceRow.id))).one_or_none() is not None


def _stored(row: AdviceRow) -> StoredAdvice:
    return StoredAdvice(**{name: getattr(row, name) for name in StoredAdvice.__slots__})
