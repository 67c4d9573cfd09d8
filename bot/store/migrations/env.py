"""Runs migrations on the connection that the caller opened, inside the caller's transaction."""

from typing import Any, Literal

from alembic import context
from sqlmodel import AutoString

from bot.store.columns import BIG_INTEGER, DOCUMENT, UtcTime
from bot.store.tables import METADATA


def render(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """How a new migration spells the project's own column types."""
    if kind != "type":
        return False
    if isinstance(item, AutoString):
        return f"sa.String({item.length or ''})"
    if isinstance(item, UtcTime):
        return "UtcTime()"
    return {id(DOCUMENT): "DOCUMENT", id(BIG_INTEGER): "BIG_INTEGER"}.get(id(item), False)


settings: dict[str, Any] = {
    "connection": context.config.attributes["connection"],
    "target_metadata": METADATA,
    "render_as_batch": True,  # SQLite changes a table by copying it
    "render_item": render,
    "compare_type": True,
}
context.configure(**settings)
with context.begin_transaction():
    context.run_migrations()
