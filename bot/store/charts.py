"""Charts of advices: what each shows, and under which id Slack keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col

from bot.store.scope import Scope
from bot.store.tables import ChartRow

__all__ = ["StoredChart", "forget", "get", "put", "uploaded"]


@dataclass(frozen=True, slots=True)
class StoredChart:
    """`frontier`: (seconds, USD) per unit of what nothing beats. `file_id`: None while nothing is uploaded."""

    frontier: tuple[tuple[float, float], ...]
    file_id: str | None


def put(scope: Scope, advice_id: str, frontier: Sequence[tuple[float, float]]) -> None:
    """Say that this advice has a chart, to be drawn when its card is sent; one that it has already stays."""
    row = {"advice_id": advice_id, "frontier": [list(point) for point in frontier]}
    scope.insert_new(ChartRow, [row], "advice_id")


def get(scope: Scope, advice_id: str) -> StoredChart | None:
    """The chart of an advice of this workspace; None where it has none."""
    row = scope.get(ChartRow, advice_id)
    return None if row is None else StoredChart(tuple((float(x), float(y)) for x, y in row.frontier), row.file_id)


def uploaded(scope: Scope, advice_id: str, file_id: str, at: datetime) -> str:
    """Keep the id of the uploaded file; where another copy was quicker, the id of that one's file."""
    is_first = (col(ChartRow.advice_id) == advice_id, col(ChartRow.file_id).is_(None))
    kept = update(ChartRow).where(*is_first).values(file_id=file_id, uploaded_at=at)
    if scope.scalars(kept.returning(col(ChartRow.file_id))).one_or_none() is not None:
        return file_id
    stored = get(scope, advice_id)
    return (stored.file_id if stored else None) or file_id


def forget(scope: Scope, advice_id: str, file_id: str) -> None:
    """Slack does not know that file any more: the next card uploads the chart again."""
    is_this = (col(ChartRow.advice_id) == advice_id, col(ChartRow.file_id) == file_id)
    scope.execute(update(ChartRow).where(*is_this).values(file_id=None, uploaded_at=None))
