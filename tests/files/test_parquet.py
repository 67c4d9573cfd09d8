"""Parquet, with a stand-in for the extra where it is not installed: what is asked of it, and how it can fail."""

import math
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from written_files import RUN, Told

from bot.data import load_accelerators
from bot.files import Unreadable, read_runs

TYPED = {
    **RUN,
    "started_at": datetime(2026, 11, 2, 9, tzinfo=UTC),
    "ended_at": datetime(2026, 11, 2, 10, tzinfo=UTC),
    "units": 60.0,
    "accelerator_count": 1.0,
    "batch_size": math.nan,
    "region": None,
}


class ArrowException(Exception):
    pass


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The rows of every Parquet file that is opened."""
    rows: list[dict[str, Any]] = []

    class ParquetFile:
        def __init__(self, path: Path) -> None:
            if not path.exists():
                raise FileNotFoundError(2, "No such file or directory")
            if path.read_bytes()[:4] != b"PAR1":
                raise ArrowException("magic bytes not found")

        def iter_batches(self, batch_size: int) -> Iterator[SimpleNamespace]:
            for start in range(0, len(rows), batch_size):
                batch = rows[start : start + batch_size]
                yield SimpleNamespace(to_pylist=lambda batch=batch: batch)

    pyarrow, parquet = ModuleType("pyarrow"), ModuleType("pyarrow.parquet")
    monkeypatch.setattr(pyarrow, "ArrowException", ArrowException, raising=False)
    monkeypatch.setattr(parquet, "ParquetFile", ParquetFile, raising=False)
    monkeypatch.setitem(sys.modules, "pyarrow", pyarrow)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", parquet)
    return rows


def parquet(folder: Path, content: bytes = b"PAR1") -> Path:
    path = folder / "runs.parquet"
    path.write_bytes(content)
    return path


def test_typed_cells_come_in_and_nulls_are_empty(written: list[dict[str, Any]], tmp_path: Path, report: Told) -> None:
    written += [TYPED, {**TYPED, "units": -1.0}, {**TYPED, "run_id": "r3"}]
    found = list(read_runs(parquet(tmp_path), load_accelerators(), report))
    assert [run.run_id for run in found] == ["r1", "r3"]
    assert (found[0].units, found[0].batch_size, found[0].region) == (60, None, None)
    assert report.where == [(2, "units")]


def test_many_rows_are_numbered_across_batches(written: list[dict[str, Any]], tmp_path: Path, report: Told) -> None:
    written += [TYPED] * 5000 + [{**TYPED, "accelerator": "nothing"}]
    assert sum(1 for _ in read_runs(parquet(tmp_path), load_accelerators(), report)) == 5000
    assert report.where == [(5001, "accelerator")]


@pytest.mark.usefixtures("written")
def test_what_is_not_parquet_cannot_be_read(tmp_path: Path, report: Told) -> None:
    with pytest.raises(Unreadable, match="is not Parquet: magic bytes not found"):
        list(read_runs(parquet(tmp_path, b"a,b,c"), load_accelerators(), report))
    with pytest.raises(Unreadable, match="No such file"):
        list(read_runs(tmp_path / "nowhere.parquet", load_accelerators(), report))


def test_without_the_extra_the_reason_says_how_to_get_it(
    tmp_path: Path, report: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Unreadable, match=r"pip install 'gpu-advise\[parquet\]'"):
        list(read_runs(parquet(tmp_path), load_accelerators(), report))
