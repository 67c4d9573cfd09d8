"""Parquet, written by the real library: typed cells, nulls, many batches, and how it can fail."""

import math
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from bot.data import load_accelerators
from bot.files import Unreadable, read_runs
from tests.files.written_files import RUN, Told

TYPED: Mapping[str, object] = {
    **RUN,
    "started_at": datetime(2026, 11, 2, 9, tzinfo=UTC),
    "ended_at": datetime(2026, 11, 2, 10, tzinfo=UTC),
    "units": 60.0,
    "accelerator_count": 1,
    "batch_size": math.nan,
    "trial": True,
    "region": None,
}


def written(folder: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    path = folder / "runs.parquet"
    parquet.write_table(pa.Table.from_pylist([dict(row) for row in rows]), path)
    return path


def test_typed_cells_come_in_and_nulls_are_empty(tmp_path: Path, report: Told) -> None:
    path = written(tmp_path, [TYPED, {**TYPED, "units": -1.0}, {**TYPED, "run_id": "r3", "batch_size": 8.0}])
    first, last = read_runs(path, load_accelerators(), report)
    assert (first.run_id, first.units, first.batch_size, first.region, first.is_trial) == ("r1", 60, None, None, True)
    assert (last.run_id, last.batch_size) == ("r3", 8)
    assert first.started_at == TYPED["started_at"]
    assert report.where == [(2, "units")]


def test_a_time_without_a_zone_is_refused_whatever_wrote_it(tmp_path: Path, report: Told) -> None:
    path = written(tmp_path, [{**TYPED, "started_at": datetime(2026, 11, 2, 9)}])  # noqa: DTZ001 - the point
    assert list(read_runs(path, load_accelerators(), report)) == []
    assert report.where == [(1, "started_at")]


def test_many_rows_are_numbered_across_batches(tmp_path: Path, report: Told) -> None:
    path = written(tmp_path, [TYPED] * 5000 + [{**TYPED, "accelerator": "nothing"}])
    assert sum(1 for _ in read_runs(path, load_accelerators(), report)) == 5000
    assert report.where == [(5001, "accelerator")]


@pytest.mark.parametrize("content", [b"", b"a,b,c", b"PAR1", b"PAR1" + bytes(64) + b"PAR1"])
def test_what_is_not_parquet_cannot_be_read(content: bytes, tmp_path: Path, report: Told) -> None:
    path = tmp_path / "runs.parquet"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match="is not Parquet"):
        list(read_runs(path, load_accelerators(), report))


def test_a_file_cut_short_cannot_be_read(tmp_path: Path, report: Told) -> None:
    path = written(tmp_path, [TYPED] * 100)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(Unreadable, match="is not Parquet"):
        list(read_runs(path, load_accelerators(), report))


def test_a_file_that_is_not_there_is_named(tmp_path: Path, report: Told) -> None:
    with pytest.raises(Unreadable, match="No such file"):
        list(read_runs(tmp_path / "nowhere.parquet", load_accelerators(), report))


def test_without_the_extra_the_reason_says_how_to_get_it(
    tmp_path: Path, report: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, [TYPED])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Unreadable, match=r"pip install 'gpu-advise\[parquet\]'"):
        list(read_runs(path, load_accelerators(), report))
