"""CSV -> rows of cells. A broken row costs itself alone, whatever its quotes do to the lines behind it."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain

from bot.files.cells import Row
from bot.files.problems import Unreadable
from bot.files.sieve import Sieve

__all__ = ["csv_rows"]

_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f]")
_SIGNS = (  # what people name .csv by mistake, by its first bytes
    ("PK\x03\x04", "a spreadsheet or a ZIP archive"),
    ("\x1f\udc8b", "a gzip archive"),
    ("PAR1", "a Parquet file, whose name has to end in .parquet"),
    ("\udcff\udcfe", "text in UTF-16"),
)


def csv_rows(lines: Iterable[str], needed: Iterable[str], sieve: Sieve) -> Iterator[tuple[int, Row]]:
    """Line and filled cells of each row under the header.

    Raises:
        Unreadable: there is no header, or it lacks a column of `needed`.
    """
    feed = _Feed(_text(iter(lines), sieve.file))
    reader = csv.reader(feed, strict=True)
    header = _header(reader, tuple(needed), sieve.file)
    while (cells := _next_row(reader, feed, sieve)) is not None:
        if not any(map(str.strip, cells)):
            continue  # spreadsheets leave such rows behind
        if len(cells) == len(header):
            yield feed.line, sieve.keep(zip(header, cells, strict=True))
        else:
            sieve.refuse(feed.line, f"has {len(cells)} cells where the header names {len(header)} columns")
            feed.retry()


def _text(lines: Iterator[str], file: str) -> Iterator[str]:
    """The same lines, once the first has shown that they are text."""
    first = next(lines, "")
    kind = next((kind for sign, kind in _SIGNS if first.startswith(sign)), None)
    if kind is not None or _NO_TEXT.search(first):
        raise Unreadable(file, f"is no CSV text but {kind or 'binary'}; export it as CSV in UTF-8")
    return chain([first] if first else [], lines)


class _Feed(Iterator[str]):
    """Lines for a csv.reader, which remembers those of the current row so that all but the first can be read again.

    An opened and never closed quote swallows lines until something does not fit; they are rows of their own.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._fresh = enumerate(lines, 1)
        self._again: deque[tuple[int, str]] = deque()
        self._taken: list[tuple[int, str]] = []

    def __next__(self) -> str:
        numbered = self._again.popleft() if self._again else next(self._fresh)
        self._taken.append(numbered)
        return numbered[1]

    @property
    def line(self) -> int:
        """Where the current row begins."""
        return self._taken[0][0]

    def begin(self) -> None:
        self._taken.clear()

    def retry(self) -> None:
        self._again.extendleft(reversed(self._taken[1:]))


def _next_row(reader: Iterator[list[str]], feed: _Feed, sieve: Sieve) -> list[str] | None:
    while True:
        feed.begin()
        try:
            return next(reader, None)
        except csv.Error as error:
            sieve.refuse(feed.line, f"is not CSV: {_reason(error)}")
            feed.retry()


def _header(reader: Iterator[list[str]], needed: tuple[str, ...], file: str) -> list[str]:
    try:
        names = [name.strip().lower() for name in next(reader, [])]
    except csv.Error as error:
        raise Unreadable(file, f"the header is not CSV: {_reason(error)}") from None
    if lacking := [name for name in needed if name not in names]:
        raise Unreadable(file, f"the header lacks {', '.join(lacking)}" if names else "is empty")
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise Unreadable(file, f"the header names {', '.join(map(ascii, doubled))} more than once")
    return names


def _reason(error: csv.Error) -> str:
    """What is wrong with the file; the library speaks of how a programmer opened it."""
    said = str(error)
    return "a line ends with a carriage return alone; save it with other line ends" if "new-line" in said else said
