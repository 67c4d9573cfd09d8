"""Promises to compare what was predicted of an approved configuration with what was measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select, update
from sqlmodel import col

from bot.documents import Comparison
from bot.store.columns import Document, new_id
from bot.store.scope import Scope
from bot.store.tables import ReceiptRow

__all__ = ["Receipt", "State", "due", "finish", "last_measured", "of_advice", "promise", "recent", "withdraw"]

State = Literal["waiting", "measured", "nothing", "skipped", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One promise. `key` says when: `7d`, `14d`, `30d`, or `runs`.

    `document` is what was noted when it was given, and what was found once it was kept: then `found` is that.
    """

    id: str
    team_id: str
    advice_id: str
    workload: str
    key: str
    state: State
    due_at: datetime
    document: Document
    found: Comparison | None
    finished_at: datetime | None


def promise(
    scope: Scope, advice_id: str, workload: str, key: str, due_at: datetime, document: Mapping[str, Any]
) -> None:
    """Check at `due_at`. A promise that was taken back, as by an undone approval, is given anew."""
    anew = {"state": "waiting", "due_at": due_at, "document": dict(document), "finished_at": None}
    row = {"id": new_id(), "advice_id": advice_id, "workload": workload, "key": key, **anew}
    if not scope.insert_new(ReceiptRow, [row], "id"):
        theirs = (col(ReceiptRow.advice_id) == advice_id, col(ReceiptRow.key) == key)
        scope.execute(update(ReceiptRow).where(*theirs).values(**anew))


def due(across: Scope, now: datetime) -> list[Receipt]:
    """Every promise whose time has come, of any workspace, the oldest first."""
    waiting = (col(ReceiptRow.state) == "waiting", col(ReceiptRow.due_at) <= now)
    return _read(across, select(ReceiptRow).where(*waiting).order_by(col(ReceiptRow.due_at), col(ReceiptRow.id)))


def finish(scope: Scope, receipt_id: str, state: State, now: datetime, document: Mapping[str, Any]) -> bool:
    """Settle a promise that still waits: of any number of callers exactly one succeeds."""
    waiting = (col(ReceiptRow.id) == receipt_id, col(ReceiptRow.state) == "waiting")
    values = {"state": state, "finished_at": now, "document": dict(document)}
    done = update(ReceiptRow).where(*waiting).values(**values).returning(col(ReceiptRow.id))
    return scope.scalars(done).one_or_none() is not None


def withdraw(scope: Scope, advice_id: str, now: datetime) -> int:
    """Take back every promise about an advice that still waits; how many."""
    waiting = (col(ReceiptRow.advice_id) == advice_id, col(ReceiptRow.state) == "waiting")
    gone = update(ReceiptRow).where(*waiting).values(state="withdrawn", finished_at=now).returning(col(ReceiptRow.id))
    return len(scope.scalars(gone).all())


def of_advice(scope: Scope, advice_id: str) -> list[Receipt]:
    """The promises about one advice, by the time that they fall due."""
    theirs = select(ReceiptRow).where(col(ReceiptRow.advice_id) == advice_id)
    return _read(scope, theirs.order_by(col(ReceiptRow.due_at), col(ReceiptRow.id)))


def last_measured(scope: Scope, advice_id: str) -> Receipt | None:
    """The receipt about that advice that was given last."""
    given = (col(ReceiptRow.advice_id) == advice_id, col(ReceiptRow.state) == "measured")
    newest = select(ReceiptRow).where(*given).order_by(col(ReceiptRow.finished_at).desc()).limit(1)
    return next(iter(_read(scope, newest)), None)


def recent(scope: Scope, limit: int = 10) -> list[Receipt]:
    """The receipts of this workspace that were given last, newest first."""
    given = select(ReceiptRow).where(col(ReceiptRow.state) == "measured")
    return _read(scope, given.order_by(col(ReceiptRow.finished_at).desc(), col(ReceiptRow.id)).limit(limit))


def _read(scope: Scope, query: Any) -> list[Receipt]:
    return [_receipt(row) for row in scope.scalars(query)]


def _receipt(row: ReceiptRow) -> Receipt:
    kept = {name: getattr(row, name) for name in Receipt.__slots__ if name != "found"}
    document: Any = row.document or {}
    return Receipt(**kept | {"document": document, "found": document if row.state == "measured" else None})
