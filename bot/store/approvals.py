"""The words of people for one configuration of an advice, where more than one person must approve it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import col

from bot.store.columns import new_id
from bot.store.scope import Scope
from bot.store.tables import ApprovalRow
from engine import OfferedDocument

__all__ = ["Approval", "clear", "give", "given", "withdraw"]


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's word. `choice` is what of the advice it is for; `configuration` holds the price it was given at."""

    advice_id: str
    given_by: str
    given_at: datetime
    choice: str
    configuration: OfferedDocument


def give(scope: Scope, word: Approval) -> None:
    """Keep a person's word in place of an earlier one for the same advice."""
    earlier = (col(ApprovalRow.advice_id) == word.advice_id, col(ApprovalRow.given_by) == word.given_by)
    scope.execute(delete(ApprovalRow).where(*earlier))
    scope.add(
        ApprovalRow(
            id=new_id(),
            advice_id=word.advice_id,
            given_by=word.given_by,
            given_at=word.given_at,
            objective=word.choice,
            configuration=dict(word.configuration),
        )
    )


def given(scope: Scope, advice_id: str) -> list[Approval]:
    """Everybody's word for that advice, the first one first."""
    query = select(ApprovalRow).where(col(ApprovalRow.advice_id) == advice_id)
    ordered = query.order_by(col(ApprovalRow.given_at), col(ApprovalRow.id))
    return [
        Approval(row.advice_id, row.given_by, row.given_at, row.objective, row.configuration)
        for row in scope.scalars(ordered)
    ]


def withdraw(scope: Scope, advice_id: str, people: Collection[str]) -> None:
    """Forget what these people said of that advice: it was of another price."""
    theirs = (col(ApprovalRow.advice_id) == advice_id, col(ApprovalRow.given_by).in_(people))
    scope.execute(delete(ApprovalRow).where(*theirs))


def clear(scope: Scope, advice_id: str) -> None:
    """Forget every word for that advice: it was replaced, or its decision undone."""
    scope.execute(delete(ApprovalRow).where(col(ApprovalRow.advice_id) == advice_id))
