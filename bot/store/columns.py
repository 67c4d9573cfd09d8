"""The column types and keys that every table uses."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer
from sqlalchemy.types import TypeDecorator

__all__ = ["BIG_INTEGER", "DOCUMENT", "Document", "UtcTime", "new_id", "utc_now"]

Document = Mapping[str, Any]
"""Plain JSON: an object of objects, lists, text, numbers, true, false and null."""

# Not JSONB: it refuses text that JSON allows and people paste (NUL, half a surrogate pair), and nothing looks inside.
DOCUMENT = JSON(none_as_null=True)
BIG_INTEGER = BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER counts up by itself in SQLite


class UtcTime(TypeDecorator[datetime]):
    """A moment. Stored in UTC and read back with its zone, which SQLite alone would drop; naive times are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse what has no zone: nobody could say which moment it means."""
        if value is not None and value.utcoffset() is None:
            raise ValueError(f"a time without a zone: {value!r}")
        return value if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def utc_now() -> datetime:
    """The moment a row is written, where nobody else says so."""
    return datetime.now(UTC)


def new_id() -> str:
    """32 hexadecimal digits, the first 12 the milliseconds since 1970: unique, and neighbours in an index."""
    return f"{int(utc_now().timestamp() * 1000):012x}{secrets.token_hex(10)}"
