"""Runs migrations on the connection that the caller opened, inside the caller's transaction."""

from typing import Any

from alembic import context

from bot.store.tables import METADATA

settings: dict[str, Any] = {
    "connection": context.config.attributes["connection"],
    "target_metadata": METADATA,
    "render_as_batch": True,  # SQLite changes a table by copying it
    "compare_type": True,
}
context.configure(**settings)
with context.begin_transaction():
    context.run_migrations()
