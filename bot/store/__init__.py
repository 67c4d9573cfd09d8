"""What the bot remembers: one database, scoped by workspace. One module a subject; its functions take a Scope first."""

from bot.store.database import Store
from bot.store.errors import AlreadySettled, BadDatabaseUrl, StoreError, UnscopedQuery, WrongWorkspace
from bot.store.scope import Scope

__all__ = ["AlreadySettled", "BadDatabaseUrl", "Scope", "Store", "StoreError", "UnscopedQuery", "WrongWorkspace"]
