"""JSON Lines -> rows of cells."""

import json
from collections.abc import Iterable, Iterator

from bot.files.cells import Row
from bot.files.sieve import Sieve

__all__ = ["json_rows"]


def json_rows(lines: Iterable[str], sieve: Sieve) -> Iterator[tuple[int, Row]]:
    """Line and filled cells of each object; blank lines are skipped."""
    for line, written in enumerate(lines, 1):
        if not written.strip():
            continue
        try:
            found = json.loads(written)
        except (ValueError, RecursionError) as error:
            sieve.refuse(line, f"is not JSON: {error}")
            continue
        if isinstance(found, dict):
            yield line, sieve.keep(found.items())
        else:
            sieve.refuse(line, "is not a JSON object")
