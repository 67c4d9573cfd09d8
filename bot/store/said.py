"""What each digest said last of each workload, so that nothing unchanged is said twice."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlmodel import col

from bot.store.scope import Scope
from bot.store.tables import SaidFindingRow

__all__ = ["Key", "forget", "remember", "said", "standing"]

_BATCH = 500  # keys a statement


class Key(NamedTuple):
    """What a finding is about: a subscription says one of each at most."""

    workload: str
    kind: str


def said(scope: Scope, subscription_id: str) -> dict[Key, str]:
    """The signature of everything that this subscription has said and that stands."""
    columns = (col(SaidFindingRow.workload), col(SaidFindingRow.kind), col(SaidFindingRow.signature))
    rows = scope.execute(select(*columns).where(col(SaidFindingRow.subscription_id) == subscription_id))
    return {Key(workload, kind): signature for workload, kind, signature in rows}


def standing(scope: Scope) -> frozenset[Key]:
    """Every finding that some digest of the workspace has said and that stands."""
    rows = scope.execute(select(col(SaidFindingRow.workload), col(SaidFindingRow.kind)))
    return frozenset(Key(workload, kind) for workload, kind in rows)


def remember(scope: Scope, subscription_id: str, signatures: Mapping[Key, str], now: datetime) -> None:
    """These were said `now`; each replaces what was said of the same before."""
    about = {"subscription_id": subscription_id, "said_at": now}
    rows = [about | {**key._asdict(), "signature": signature} for key, signature in signatures.items()]
    scope.upsert(SaidFindingRow, rows)


def forget(scope: Scope, subscription_id: str, keys: Iterable[Key]) -> None:
    """These do not stand any more; when they come back they are news."""
    by_kind: dict[str, list[str]] = {}
    for key in keys:
        by_kind.setdefault(key.kind, []).append(key.workload)
    for kind, workloads in by_kind.items():
        for batch in _batches(workloads):
            mine = (col(SaidFindingRow.subscription_id) == subscription_id, col(SaidFindingRow.kind) == kind)
            scope.execute(delete(SaidFindingRow).where(*mine, col(SaidFindingRow.workload).in_(batch)))


def _batches(names: Sequence[str]) -> Iterable[list[str]]:
    rest = iter(names)
    while batch := list(islice(rest, _BATCH)):
        yield batch
