"""What a workload must not be advised any more, because somebody said why; in force until somebody revokes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import col

from bot.store.columns import Document, new_id
from bot.store.scope import Scope
from bot.store.tables import ExclusionRow

__all__ = ["Exclusion", "add", "get", "list_standing", "revoke", "revoke_of"]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """`excluded` names columns of an offer (provider, region, accelerator): what has all of these is left out."""

    id: str
    workload: str
    reason: str
    excluded: Document
    advice_id: str | None
    made_by: str
    made_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None


def add(
    scope: Scope,
    workload: str,
    reason: str,
    excluded: Mapping[str, str],
    *,
    advice_id: str | None,
    by: str,
    at: datetime,
) -> Exclusion:
    """Exclude that from now on. `advice_id` is the advice that was dismissed for it."""
    made = Exclusion(new_id(), workload, reason, dict(excluded), advice_id, by, at, None, None)
    scope.add(ExclusionRow(**{name: getattr(made, name) for name in Exclusion.__slots__}))
    return made


def get(scope: Scope, exclusion_id: str) -> Exclusion | None:
    """The exclusion with that id, in force or revoked, if it was made in this workspace."""
    row = scope.get(ExclusionRow, exclusion_id)
    return None if row is None else _exclusion(row)


def list_standing(scope: Scope, workload: str | None = None) -> list[Exclusion]:
    """What is in force, oldest first; of one workload, or of all."""
    standing = select(ExclusionRow).where(col(ExclusionRow.revoked_at).is_(None))
    query = standing if workload is None else standing.where(col(ExclusionRow.workload) == workload)
    return [_exclusion(row) for row in scope.scalars(query.order_by(col(ExclusionRow.made_at), col(ExclusionRow.id)))]


def revoke(scope: Scope, exclusion_id: str, *, by: str, at: datetime) -> bool:
    """Exclude that no longer; False when it was revoked before, or never made in this workspace."""
    standing = (col(ExclusionRow.id) == exclusion_id, col(ExclusionRow.revoked_at).is_(None))
    change = update(ExclusionRow).where(*standing).values(revoked_by=by, revoked_at=at)
    return scope.scalars(change.returning(col(ExclusionRow.id))).one_or_none() is not None


def revoke_of(scope: Scope, advice_id: str, *, by: str, at: datetime) -> list[str]:
    """Revoke what the dismissal of that advice excluded; the ids of what was in force."""
    standing = (col(ExclusionRow.advice_id) == advice_id, col(ExclusionRow.revoked_at).is_(None))
    change = update(ExclusionRow).where(*standing).values(revoked_by=by, revoked_at=at)
    return list(scope.scalars(change.returning(col(ExclusionRow.id))).all())


def _exclusion(row: ExclusionRow) -> Exclusion:
    return Exclusion(**{name: getattr(row, name) for name in Exclusion.__slots__})
