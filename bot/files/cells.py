"""One cell of a row -> a typed value, or `InvalidRow` with the reason. Empty cells are None.

A cell is text in CSV; JSON Lines and Parquet bring numbers, booleans, lists and times of their own.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar

from engine import InvalidRow

__all__ = ["Row", "choice", "count", "flag", "number", "positive", "required", "share", "text", "time", "words"]

Row = Mapping[str, object]
_T = TypeVar("_T")

_LARGEST = 1e18  # keeps every product and quotient of two amounts finite
_SMALLEST = 1e-12  # keeps the logarithm of every rate finite
_MOST = 1_000_000  # accelerators of a node, nodes of a run
_SHOWN = 60  # characters of a refused value in its message
_LONGEST = 200  # characters; PostgreSQL indexes nothing much longer
# Control characters (a database refuses NUL, a table of text breaks on the rest) and halves of UTF-16 pairs.
_UNSPEAKABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def required(value: _T | None, column: str) -> _T:
    """`value`, which has to be there.

    Raises:
        InvalidRow: it is None.
    """
    if value is None:
        raise InvalidRow(column, "is missing")
    return value


def text(row: Row, column: str, longest: int = _LONGEST) -> str | None:
    """Text without surrounding space, of at most `longest` printable characters; numbers are taken as written."""
    value = _present(row, column)
    if value is None:
        return None
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise InvalidRow(column, f"is not text but {_shown(value)}")
    found = str(value)
    if len(found) > longest:
        raise InvalidRow(column, f"has {len(found)} characters; at most {longest} are allowed")
    if not found.isprintable() and (strange := _UNSPEAKABLE.search(found)):
        raise InvalidRow(column, f"contains the unprintable character U+{ord(strange[0]):04X}")
    return found


def number(row: Row, column: str, *, least: float = -_LARGEST, most: float = _LARGEST) -> float | None:
    """A finite number between `least` and `most`."""
    value = _present(row, column)
    if value is None:
        return None
    found = _as_float(value, column)
    if not least <= found <= most:
        bound = f"at least {least:g}" if found < least else f"at most {most:g}"
        raise InvalidRow(column, f"is {found:g}; it has to be {bound}")
    return found


def positive(row: Row, column: str) -> float | None:
    """A number > 0."""
    found = number(row, column)
    if found is not None and found < _SMALLEST:
        raise InvalidRow(column, f"is {found:g}; it has to be greater than 0")
    return found


def share(row: Row, column: str) -> float | None:
    """A number from 0 to 1."""
    return number(row, column, least=0, most=1)


def count(row: Row, column: str) -> int | None:
    """A whole number ≥ 1; `4.0` is one."""
    found = number(row, column, least=1, most=_MOST)
    if found is not None and not found.is_integer():
        raise InvalidRow(column, f"is {found:g}; it has to be a whole number")
    return None if found is None else int(found)


def time(row: Row, column: str) -> datetime | None:
    """A time with its zone, as UTC."""
    value = _present(row, column)
    if value is None:
        return None
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        if found.tzinfo is None:
            raise InvalidRow(column, f"{found.isoformat()} has no zone; write it as {found.isoformat()}Z")
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidRow(column, f"{_shown(value)} is not a time such as 2026-11-02T09:00:00Z") from None


def choice(row: Row, column: str, words: tuple[_T, ...]) -> _T | None:
    """One of `words`, in whatever case."""
    found = text(row, column)
    if found is None:
        return None
    folded = found.lower()
    for word in words:
        if word == folded:
            return word
    raise InvalidRow(column, f"is {_shown(found)}; it has to be one of {', '.join(map(str, words))}")


def flag(row: Row, column: str) -> bool | None:
    """True or false; 1, 0, yes and no are understood."""
    value = _present(row, column)
    if value is None or isinstance(value, bool):
        return value
    found = _FLAGS.get(str(value).lower())
    if found is None:
        raise InvalidRow(column, f"is {_shown(value)}; it has to be true or false")
    return found


def words(row: Row, column: str) -> tuple[str, ...]:
    """A list separated by `;`, or a JSON list; empty when there is nothing."""
    value = _present(row, column)
    parts = value if isinstance(value, list) else [] if value is None else str(value).split(";")
    found = (text({column: part}, column) for part in parts)
    return tuple(word for word in found if word)


def _present(row: Row, column: str) -> object | None:
    """The cell without surrounding space; None when empty, blank, or the NaN that Parquet writers use for null."""
    value = row.get(column)
    if isinstance(value, str):
        return value.strip() or None
    return None if isinstance(value, float) and math.isnan(value) else value


def _as_float(value: object, column: str) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number and not (isinstance(value, str) and "_" not in value):
        raise InvalidRow(column, f"{_shown(value)} is not a number")
    try:
        found = float(value)  # type: ignore[arg-type]  # a number or text, as was just seen
    except (ValueError, OverflowError):
        raise InvalidRow(column, f"{_shown(value)} is not a number") from None
    if not math.isfinite(found):
        raise InvalidRow(column, f"{_shown(value)} is not a finite number")
    return found


def _shown(value: object) -> str:
    """The value for a message: quoted, short, printable."""
    written = ascii(value) if isinstance(value, str) and _UNSPEAKABLE.search(value) else repr(value)
    return written if len(written) <= _SHOWN else written[: _SHOWN - 1] + "…"
