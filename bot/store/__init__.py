"""What the bot remembers: one database, scoped by workspace; one module a subject, each function's first argument a Scope."""

from bot.store.database import Store
from bot.store.errors import AlreadySettled, BadDatabaseUrl, StoreError, UnscopedQuery, WrongWorkspace
from bot.store.scope import Scope

__all__ = ["AlreadySettled", "BadDatabaseUrl", "Scope", "Store", "StoreError", "UnscopedQuery", "WrongWorkspace"]
