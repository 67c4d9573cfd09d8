"""What can go wrong in the store, as a small tree that carries its data.

StoreError
├── BadDatabaseUrl(reason)
├── UnscopedQuery(what)
├── WrongWorkspace(expected, found)
└── AlreadySettled(inbox_id)
"""

__all__ = ["AlreadySettled", "BadDatabaseUrl", "StoreError", "UnscopedQuery", "WrongWorkspace"]


class StoreError(Exception):
    """Root of every error that the store raises on purpose."""


class BadDatabaseUrl(StoreError):
    """A DATABASE_URL that names no database the store can use; the message never repeats its password."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"DATABASE_URL: {reason}")


class UnscopedQuery(StoreError):
    """A statement that could read or change rows of every workspace; a mistake in the program."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"refused outside the scope of one workspace: {what}")


class WrongWorkspace(StoreError):
    """A row of one workspace written in the scope of another; a mistake in the program."""

    def __init__(self, expected: str, found: str) -> None:
        self.expected, self.found = expected, found
        super().__init__(f"a row of workspace {found} in the scope of workspace {expected}")


class AlreadySettled(StoreError):
    """The inbox row was settled by an earlier transaction: its work is done, nothing may be done again."""

    def __init__(self, inbox_id: str) -> None:
        self.inbox_id = inbox_id
        super().__init__(f"inbox row {inbox_id} is settled")
