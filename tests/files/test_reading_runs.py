"""Run history from files: what comes in, what is refused, and where."""

import io
import json
import random
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.data import load_accelerators
from bot.files import Unreadable, read_runs
from engine import PRECISIONS, PRICING_CATEGORIES, STAGES, STATUSES, Run
from tests.files.written_files import RUN, Cells, Told, csv_text, write_csv, write_json_lines

SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40)
SHARES = st.none() | st.floats(0, 1)
TIMES = st.integers(0, 2_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """Any run that the contract allows, of one workload, so that units never mix."""
    started, ended = sorted(draw(st.lists(TIMES, min_size=2, max_size=2, unique=True)))
    return Run(
        workload="w",
        run_id=draw(NAMES),
        started_at=started,
        ended_at=ended,
        units=draw(st.floats(1e-6, 1e12)),
        accelerator=draw(st.sampled_from(sorted(load_accelerators()))),
        accelerator_count=draw(st.integers(1, 64)),
        node_count=draw(st.integers(1, 100)),
        provider=draw(st.none() | NAMES),
        region=draw(st.none() | NAMES),
        instance_type=draw(st.none() | NAMES),
        pricing_category=draw(st.none() | st.sampled_from(PRICING_CATEGORIES)),
        precision=draw(st.none() | st.sampled_from(PRECISIONS)),
        batch_size=draw(st.none() | st.floats(0.5, 1e6)),
        tensor_active=draw(SHARES),
        sm_active=draw(SHARES),
        dram_active=draw(SHARES),
        memory_used_gib=draw(st.none() | st.floats(0, 1000)),
        status=draw(st.sampled_from(STATUSES)),
        stage=draw(st.none() | st.sampled_from(STAGES)),
        cost_usd=draw(st.none() | st.floats(0, 1e9)),
        is_trial=draw(st.booleans()),
    )


def cells_of(run: Run) -> Cells:
    cells = {name: getattr(run, name) for name in Run.__dataclass_fields__}
    cells |= {"started_at": run.started_at.isoformat(), "ended_at": run.ended_at.isoformat()}
    cells["trial"] = cells.pop("is_trial")
    return {name: value for name, value in cells.items() if value is not None}


def read(source: Path | str, report: Told) -> list[Run]:
    return list(read_runs(source, load_accelerators(), report))


@pytest.mark.parametrize(("write", "suffix"), [(write_csv, "csv"), (write_json_lines, "jsonl")])
@SHARED
@given(written=st.lists(runs(), min_size=1, max_size=5))
def test_what_is_written_is_read_again(
    write: Callable[..., Path], suffix: str, written: list[Run], tmp_path: Path
) -> None:
    report = Told()
    path = write(tmp_path / f"runs.{suffix}", *map(cells_of, written))
    assert read(path, report) == written
    assert report.said == []


@SHARED
@given(garbage=st.binary(max_size=400), suffix=st.sampled_from(["csv", "jsonl"]))
def test_random_bytes_are_refused_and_never_raise_anything_else(garbage: bytes, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"garbage.{suffix}"
    path.write_bytes(garbage)
    found: list[Run] = []
    with suppress(Unreadable):
        found = read(path, Told())
    assert found == []


@SHARED
@given(seed=st.integers(0, 10**9))
def test_a_damaged_file_gives_only_rows_that_stand_in_it(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    rows = [{**RUN, "run_id": f"r{number}", "units": str(number + 1)} for number in range(20)]
    written = bytearray(csv_text(rows).encode())
    for _ in range(chance.randrange(1, 6)):
        written[chance.randrange(100, len(written))] = chance.choice(b'",\n\x00\xff;x9')
    path = tmp_path / "damaged.csv"
    path.write_bytes(written)
    report = Told()
    found = read(path, report)
    assert len(found) >= 20 - 2 * 6  # a byte damages the row that it stands in, and at most splits or joins two
    assert all(1 < problem.line <= 40 for problem in report.problems)


@SHARED
@given(bad=st.sets(st.integers(0, 29), max_size=10), suffix=st.sampled_from(["csv", "jsonl"]))
def test_each_bad_row_is_reported_with_its_line_and_costs_itself_alone(
    bad: set[int], suffix: str, tmp_path: Path
) -> None:
    rows = [{**RUN, "run_id": f"r{n}", "units": "none" if n in bad else "5"} for n in range(30)]
    write = write_csv if suffix == "csv" else write_json_lines
    report = Told()
    found = read(write(tmp_path / f"runs.{suffix}", *rows), report)
    header = 1 if suffix == "csv" else 0
    assert report.where == [(n + 1 + header, "units") for n in sorted(bad)]
    assert [run.run_id for run in found] == [f"r{n}" for n in range(30) if n not in bad]
    assert report.refused == len(bad)


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"workload": ""}, "workload", "is missing"),
        ({"workload": "x" * 121}, "workload", "at most 120"),
        ({"started_at": "2026-11-02T09:00:00"}, "started_at", "has no zone"),
        ({"ended_at": "2026-11-02T09:00:00Z"}, "ended_at", "is not after started_at"),
        ({"ended_at": ""}, "ended_at", "is missing"),
        ({"units": "0"}, "units", "greater than 0"),
        ({"units": ""}, "units", "is missing"),
        ({"units": "-3", "status": "failed"}, "units", "at least 0"),
        ({"accelerator": "H1000"}, "accelerator", "unknown accelerator 'H1000'"),
        ({"accelerator": "A100"}, "accelerator", "did you mean A100"),
        ({"accelerator_count": "0"}, "accelerator_count", "at least 1"),
        ({"node_count": "1.5"}, "node_count", "whole number"),
        ({"precision": "int4"}, "precision", "one of fp32, tf32"),
        ({"batch_size": "0"}, "batch_size", "greater than 0"),
        ({"tensor_active": "45"}, "tensor_active", "at most 1"),
        ({"memory_used_gib": "-1"}, "memory_used_gib", "at least 0"),
        ({"status": "done"}, "status", "one of succeeded, failed, oom, preempted"),
        ({"stage": "live"}, "stage", "one of prototyping, validation, production"),
        ({"cost_usd": "-1"}, "cost_usd", "at least 0"),
        ({"cost_usd": "5", "currency": "EUR"}, "currency", "only USD"),
        ({"trial": "perhaps"}, "trial", "true or false"),
        ({"pricing_category": "cheap"}, "pricing_category", "one of standard, dynamic, committed"),
    ],
)
def test_a_value_outside_the_contract_is_refused_by_column(
    changes: Cells, column: str, reason: str, tmp_path: Path, report: Told
) -> None:
    path = write_csv(tmp_path / "runs.csv", {**RUN, **changes}, {**RUN, "run_id": "good"})
    assert [run.run_id for run in read(path, report)] == ["good"]
    assert report.where == [(2, column)]
    assert report.said[0].startswith(f"{path}:2: {column}: ")
    assert reason in report.said[0]


def test_a_run_that_did_not_succeed_may_have_done_nothing(tmp_path: Path, report: Told) -> None:
    path = write_csv(
        tmp_path / "runs.csv", {**RUN, "status": "oom", "units": ""}, {**RUN, "status": "failed", "units": "0"}
    )
    assert [run.units for run in read(path, report)] == [0.0, 0.0]


@pytest.mark.parametrize("spelling", ["A10G", "NVIDIA A10G", "a10g-24gb", " nvidia-a10g "])
def test_an_accelerator_is_known_by_any_of_its_names(spelling: str, tmp_path: Path, report: Told) -> None:
    (run,) = read(write_csv(tmp_path / "runs.csv", {**RUN, "accelerator": spelling}), report)
    assert run.accelerator == "A10G-24GB"


@pytest.mark.parametrize(("said", "meant"), [("on-demand", "standard"), ("Spot", "dynamic"), ("reserved", "committed")])
def test_pricing_may_be_said_as_people_say_it(said: str, meant: str, tmp_path: Path, report: Told) -> None:
    (run,) = read(write_csv(tmp_path / "runs.csv", {**RUN, "pricing_category": said}), report)
    assert run.pricing_category == meant


def test_rows_of_a_second_unit_are_refused_naming_both(tmp_path: Path, report: Told) -> None:
    path = write_csv(
        tmp_path / "runs.csv",
        {**RUN, "unit": "clip"},
        {**RUN, "unit": "frame"},
        {**RUN, "workload": "other", "unit": "frame"},
    )
    assert [run.unit for run in read(path, report)] == ["clip", "frame"]
    assert report.said == [f"{path}:3: unit: is 'frame', but 'video-gen' counts in 'clip'; one workload has one unit"]


def test_a_unit_that_is_known_already_decides(tmp_path: Path, report: Told) -> None:
    path = write_csv(tmp_path / "runs.csv", {**RUN, "unit": "frame"}, {**RUN, "unit": "clip"})
    known = {"video-gen": "clip"}
    found = list(read_runs(path, load_accelerators(), report, known.get))
    assert [run.unit for run in found] == ["clip"]
    assert report.where == [(2, "unit")]


def test_a_run_without_an_id_is_known_by_its_content(tmp_path: Path, report: Told) -> None:
    bare = {name: value for name, value in RUN.items() if name != "run_id"}
    from_csv = read(write_csv(tmp_path / "runs.csv", bare, bare, {**bare, "units": "61"}), report)
    from_json = read(write_json_lines(tmp_path / "runs.jsonl", {**bare, "units": 60, "accelerator_count": 1.0}), report)
    assert from_csv[0].run_id == from_csv[1].run_id == from_json[0].run_id
    assert from_csv[2].run_id != from_csv[0].run_id


def test_an_unknown_column_is_mentioned_once(tmp_path: Path, report: Told) -> None:
    path = write_csv(tmp_path / "runs.csv", *[{**RUN, "colour": "blue", "mood": ""}] * 3)
    assert len(read(path, report)) == 3
    assert report.warnings == [
        f"{path}: unknown column 'colour' is ignored",
        f"{path}: unknown column 'mood' is ignored",
    ]
    assert report.refused == 0


def test_the_order_and_case_of_columns_do_not_matter(tmp_path: Path, report: Told) -> None:
    path = write_csv(tmp_path / "runs.csv", {f" {name.upper()} ": value for name, value in reversed(list(RUN.items()))})
    assert [run.run_id for run in read(path, report)] == ["r1"]


def test_a_byte_order_mark_and_windows_line_ends_are_no_obstacle(tmp_path: Path, report: Told) -> None:
    path = tmp_path / "excel.csv"
    path.write_bytes(b"\xef\xbb\xbf" + csv_text([RUN]).replace("\n", "\r\n").encode())
    assert [run.run_id for run in read(path, report)] == ["r1"]


def test_empty_rows_are_skipped_without_a_word(tmp_path: Path, report: Told) -> None:
    path = tmp_path / "runs.csv"
    header, row = csv_text([RUN]).splitlines()
    path.write_text(f"{header}\n\n{',' * 6}\n\n{row}\n  \n", encoding="utf-8")
    assert len(read(path, report)) == 1
    assert report.said == []


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n", "the header lacks workload, started_at, ended_at, units, accelerator, accelerator_count"),
        ("workload,started_at,ended_at,units,accelerator\n", "the header lacks accelerator_count"),
        (csv_text([RUN]).replace("run_id", "units"), "the header names 'units' more than once"),
        ('"workload', "the header is not CSV: unexpected end of data"),
    ],
)
def test_a_file_that_holds_no_runs_cannot_be_read(written: str, reason: str, tmp_path: Path, report: Told) -> None:
    path = tmp_path / "runs.csv"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(Unreadable, match=reason) as refused:
        read(path, report)
    assert refused.value.file == str(path)


def test_a_file_that_is_not_there_cannot_be_read(tmp_path: Path, report: Told) -> None:
    with pytest.raises(Unreadable, match="No such file"):
        read(tmp_path / "nowhere.csv", report)
    with pytest.raises(Unreadable, match="Is a directory"):
        read(tmp_path, report)


@pytest.mark.parametrize("write", [csv_text, lambda rows: "".join(f"{json.dumps(row)}\n" for row in rows)])
def test_standard_input_may_be_either_format(
    write: Callable[[list[Cells]], str], report: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(write([RUN, {**RUN, "units": "x"}]).encode())))
    assert [run.run_id for run in read("-", report)] == ["r1"]
    assert report.said[0].startswith("<stdin>:")


def test_empty_standard_input_cannot_be_read(report: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"")))
    with pytest.raises(Unreadable, match="is empty"):
        read("-", report)


@pytest.mark.parametrize("write", [write_csv, write_json_lines])
def test_however_long_a_file_is_only_one_row_is_held(write: Callable[..., Path], tmp_path: Path, report: Told) -> None:
    path = write(tmp_path / f"runs.{'csv' if write is write_csv else 'jsonl'}", *[RUN] * 5000)
    assert path.stat().st_size > 300_000
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_runs(path, load_accelerators(), report)) == 5000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 200_000
