"""Price lists that were imported, for every workspace or for one; the shipped one is not kept here."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.store.scope import Scope
from bot.store.tables import EVERY_TEAM, CatalogRow
from engine import Accelerator, Accelerators, Catalog, Offer

__all__ = ["latest_version", "load", "save"]


def save(scope: Scope, catalog: Catalog, saved_at: datetime) -> str:
    """Make `catalog` the latest of this workspace, or from `Store.across()` of all; its version.

    Times are kept in UTC, so the version is that of what `load` gives, which may differ from `catalog.version`.
    """
    kept = Catalog.of(
        (replace(offer, as_of=offer.as_of.astimezone(UTC)) for offer in catalog.offers), catalog.accelerators
    )
    row = {
        "version": kept.version,
        "offer_count": len(kept.offers),
        "document": _packed(kept),
        "saved_at": saved_at,
    }
    scope.upsert(CatalogRow, [row], lambda _, given: {"saved_at": given.saved_at})
    return kept.version


def latest_version(scope: Scope) -> str | None:
    """Of the catalogue imported last for this workspace, else for all; None when none was: the shipped one is used."""
    own_first = col(CatalogRow.team_id) == EVERY_TEAM
    query = select(col(CatalogRow.version)).order_by(own_first, col(CatalogRow.saved_at).desc()).limit(1)
    version: str | None = scope.scalars(query).one_or_none()
    return version


def load(scope: Scope, version: str) -> Catalog | None:
    """The catalogue of that version, if it was imported."""
    document = scope.scalars(select(col(CatalogRow.document)).where(col(CatalogRow.version) == version)).first()
    return None if document is None else _unpacked(document)


def _packed(catalog: Catalog) -> bytes:
    """Rows as lists: names once, values after."""
    accelerators = [asdict(sheet) for sheet in catalog.accelerators.values()]
    offers = [asdict(offer) | {"as_of": offer.as_of.isoformat()} for offer in catalog.offers]
    document = {"accelerators": _table(accelerators), "offers": _table(offers)}
    return zlib.compress(json.dumps(document, separators=(",", ":")).encode())


def _table(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"columns": list(rows[0]) if rows else [], "rows": [list(row.values()) for row in rows]}


def _unpacked(document: bytes) -> Catalog:
    tables = json.loads(zlib.decompress(document))
    sheets = (Accelerator(**row | {"aliases": tuple(row["aliases"])}) for row in _rows(tables["accelerators"]))
    offers = (Offer(**row | {"as_of": datetime.fromisoformat(row["as_of"])}) for row in _rows(tables["offers"]))
    return Catalog.of(offers, Accelerators(sheets))


def _rows(table: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
