"""Parquet -> rows of cells; the one home of pyarrow, which is an extra."""

from collections.abc import Iterator
from pathlib import Path

from bot.files.cells import Row
from bot.files.problems import Unreadable
from bot.files.sieve import Sieve

__all__ = ["parquet_rows"]

_BATCH = 4096  # rows held at a time


def parquet_rows(path: Path, sieve: Sieve) -> Iterator[tuple[int, Row]]:
    """Row number (from 1) and filled cells of each row.

    Raises:
        Unreadable: pyarrow is not installed, or the file is not Parquet.
    """
    try:
        from pyarrow import ArrowException  # noqa: PLC0415  # heavy and optional
        from pyarrow.parquet import ParquetFile  # noqa: PLC0415
    except ImportError:
        raise Unreadable(sieve.file, "Parquet needs an extra: pip install 'gpu-advise[parquet]'") from None
    line = 0
    try:
        for batch in ParquetFile(path).iter_batches(batch_size=_BATCH):
            for cells in batch.to_pylist():
                line += 1
                yield line, sieve.keep(cells.items())
    except (ArrowException, OSError) as error:
        if getattr(error, "errno", None) is not None:  # the file system's; Arrow's own have no number
            raise
        raise Unreadable(sieve.file, f"is not Parquet: {str(error).strip()}") from error
