"""The audit log as people read it: the last lines in Slack, all of them as CSV or JSON."""

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, TextIO

from bot.store import Scope, audit
from bot.store.audit import Entry

__all__ = ["as_document", "write_csv", "write_json"]

_SHOWN = 20  # lines in Slack: a screen, and a second one
_COLUMNS = ("at", "actor", "action", "subject", "detail")
# How a spreadsheet recognises a formula: https://owasp.org/www-community/attacks/CSV_Injection
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_document(scope: Scope) -> dict[str, Any]:
    """The data of the view `audit_log`: the last lines, newest first."""
    newest = list(audit.entries(scope, limit=_SHOWN))
    return {"rows": [_row(entry) for entry in newest], "total": audit.count(scope)}


def write_json(scope: Scope, since: datetime | None, out: TextIO) -> int:
    """One JSON object a line, oldest first; how many."""
    return sum(_written(out, json.dumps(_row(entry), ensure_ascii=False)) for entry in _oldest_first(scope, since))


def write_csv(scope: Scope, since: datetime | None, out: TextIO) -> int:
    """A row each, oldest first, with a header; how many. What a spreadsheet would run is text there, too."""
    writer = csv.writer(out)  # lines end as RFC 4180 has it, and either half of that end is quoted inside a cell
    writer.writerow(_COLUMNS)
    count = 0
    for entry in _oldest_first(scope, since):
        row = _row(entry) | {"detail": json.dumps(entry.detail, ensure_ascii=False, sort_keys=True)}
        writer.writerow(_inert(row[column]) for column in _COLUMNS)
        count += 1
    return count


def _oldest_first(scope: Scope, since: datetime | None) -> Iterator[Entry]:
    return audit.entries(scope, since, is_oldest_first=True)


def _row(entry: Entry) -> dict[str, Any]:
    named = {"actor": entry.actor, "action": entry.action, "subject": entry.subject, "detail": dict(entry.detail)}
    return {"id": entry.id, "at": entry.at.isoformat(), **named}


def _inert(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_ACTIVE) else text


def _written(out: TextIO, *lines: str) -> int:
    out.writelines(f"{line}\n" for line in lines)
    return len(lines)
