"""Files -> rows of cells with their line numbers, one at a time and in bounded memory."""

import itertools
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from bot.files.cells import Row
from bot.files.delimited import csv_rows
from bot.files.json_lines import json_rows
from bot.files.parquet import parquet_rows
from bot.files.problems import Report, Unreadable
from bot.files.sieve import Sieve

__all__ = ["STANDARD_INPUT", "file_name", "rows"]

STANDARD_INPUT = "-"
_LONGEST_LINE = 1 << 20  # bytes; what lies behind is dropped, and the row then fails by itself
_JSON_SUFFIXES = {".jsonl", ".ndjson", ".json"}


def file_name(source: str | Path) -> str:
    """The name under which problems of `source` are reported."""
    return "<stdin>" if str(source) == STANDARD_INPUT else str(source)


def rows(source: str | Path, known: frozenset[str], needed: Iterable[str], report: Report) -> Iterator[tuple[int, Row]]:
    """Line (from 1) and filled cells of each row; a column outside `known` is dropped with one warning.

    The suffix decides: `.jsonl`, `.ndjson` and `.json` are JSON Lines, `.parquet` is Parquet, everything else CSV.
    Standard input is JSON Lines if it begins with a brace.

    Raises:
        Unreadable: no such file, not the format it says, or a header without a column of `needed`.
    """
    sieve = Sieve(file_name(source), known, report)
    try:
        if str(source) == STANDARD_INPUT:
            yield from _guessed_rows(_lines(sys.stdin.buffer), needed, sieve)
        elif Path(source).suffix.lower() == ".parquet":
            yield from parquet_rows(Path(source), sieve)
        else:
            yield from _opened_rows(Path(source), needed, sieve)
    except OSError as error:
        raise Unreadable(sieve.file, error.strerror or str(error)) from error


def _opened_rows(path: Path, needed: Iterable[str], sieve: Sieve) -> Iterator[tuple[int, Row]]:
    with path.open("rb") as stream:
        if path.suffix.lower() in _JSON_SUFFIXES:
            yield from json_rows(_lines(stream), sieve)
        else:
            yield from csv_rows(_lines(stream), needed, sieve)


def _guessed_rows(lines: Iterator[str], needed: Iterable[str], sieve: Sieve) -> Iterator[tuple[int, Row]]:
    first = next(lines, "")
    again = itertools.chain([first], lines)
    yield from json_rows(again, sieve) if first.lstrip().startswith("{") else csv_rows(again, needed, sieve)


def _lines(stream: BinaryIO) -> Iterator[str]:
    """Lines with their ends; bytes that are not UTF-8 become lone surrogates, which no cell accepts."""
    encoding = "utf-8-sig"  # drops the mark that spreadsheets put in front
    while line := stream.readline(_LONGEST_LINE):
        end = line
        while len(end) == _LONGEST_LINE and not end.endswith(b"\n"):
            end = stream.readline(_LONGEST_LINE)
        yield line.decode(encoding, "surrogateescape")
        encoding = "utf-8"
