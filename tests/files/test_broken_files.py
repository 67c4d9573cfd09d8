"""Broken CSV and JSON Lines: each broken row costs itself, whatever it does to the lines behind it."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.data import load_accelerators
from bot.files import Unreadable, read_runs
from engine import Run
from tests.files.written_files import RUN, Told, csv_text

HEADER, ROW = csv_text([RUN]).splitlines()


def row(number: int) -> str:
    return ROW.replace("r1", f"r{number}")


def read(path: Path, text: str | bytes, report: Told) -> list[str]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [run.run_id for run in runs(path, report)]


def runs(path: Path, report: Told) -> Iterator[Run]:
    return read_runs(path, load_accelerators(), report)


def test_a_quote_that_is_never_closed_costs_its_own_row_only(tmp_path: Path, report: Told) -> None:
    lines = [HEADER, row(1), '"' + row(2), row(3), row(4)]
    assert read(tmp_path / "runs.csv", "\n".join(lines) + "\n", report) == ["r1", "r3", "r4"]
    assert report.where == [(3, "")]
    assert "is not CSV" in report.said[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\r\n", "is no CSV text but a spreadsheet or a ZIP archive"),
        (gzip.compress(csv_text([RUN]).encode()), "is no CSV text but a gzip archive"),
        (b"PAR1\x15\x04\x15", "is no CSV text but a Parquet file, whose name has to end in .parquet"),
        (csv_text([RUN]).encode("utf-16"), "is no CSV text but text in UTF-16"),
        (b"\x7fELF\x02\x01\x01\x00\r\r\n", "is no CSV text but binary"),
    ],
)
def test_a_file_that_is_no_text_is_told_what_it_is_and_what_to_do(
    tmp_path: Path, report: Told, content: bytes, said: str
) -> None:
    with pytest.raises(Unreadable, match=f"{said}; export it as CSV in UTF-8"):
        read(tmp_path / "runs.csv", content, report)


def test_lone_carriage_returns_are_named_without_a_word_about_python(tmp_path: Path, report: Told) -> None:
    lines = [HEADER, row(1) + "\r" + row(2), row(3)]
    assert read(tmp_path / "runs.csv", "\n".join(lines), report) == ["r3"]
    assert "a line ends with a carriage return alone; save it with other line ends" in report.said[0]
    with pytest.raises(Unreadable, match="a line ends with a carriage return alone"):
        read(tmp_path / "runs.csv", "\r".join([HEADER, row(1)]), report)


def test_two_open_quotes_do_not_swallow_the_rows_between_them(tmp_path: Path, report: Told) -> None:
    lines = [HEADER, '"' + row(1), row(2), row(3), row(4) + '"', row(5)]
    assert read(tmp_path / "runs.csv", "\n".join(lines) + "\n", report) == ["r2", "r3", "r5"]
    assert [line for line, _ in report.where] == [2, 5]


def test_a_row_with_cells_too_many_or_too_few_says_how_many(tmp_path: Path, report: Told) -> None:
    lines = [HEADER, row(1) + ",extra", "video-gen,r2", row(3)]
    assert read(tmp_path / "runs.csv", "\n".join(lines), report) == ["r3"]
    assert [said.split(": ", 1)[1] for said in report.said] == [
        "has 8 cells where the header names 7 columns",
        "has 2 cells where the header names 7 columns",
    ]


def test_quoted_lines_are_counted(tmp_path: Path, report: Told) -> None:
    header = HEADER + ",note"
    lines = [header, row(1) + ',"two\nlines"', row(2) + ',"x"', row(3).replace(",60,", ",no,") + ","]
    assert read(tmp_path / "runs.csv", "\n".join(lines), report) == ["r1", "r2"]
    assert report.where == [(5, "units")]


def test_bytes_that_are_not_utf8_cost_their_own_row(tmp_path: Path, report: Told) -> None:
    text = f"{HEADER}\n{row(1)}\n".encode() + row(2).replace("video-gen", "vidéo").encode("latin-1") + b"\n"
    assert read(tmp_path / "runs.csv", text, report) == ["r1"]
    assert report.where == [(3, "workload")]
    assert "unprintable character U+DCE9" in report.said[0]


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path, report: Told) -> None:
    endless = row(2) + "x" * (3 << 20)
    assert read(tmp_path / "runs.csv", f"{HEADER}\n{row(1)}\n{endless}\n{row(3)}\n", report) == ["r1", "r3"]
    assert [line for line, _ in report.where] == [3]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "is not JSON"),
        ("[1, 2]", "is not a JSON object"),
        ("null", "is not a JSON object"),
        ("[" * 100_000, "is not JSON"),
        ('{"units": ' + "9" * 5000 + "}", "is not JSON"),
        ('{"workload": {"a": 1}}', "is missing"),
        ('{"workload": "\\ud800"}', "is missing"),
    ],
)
def test_a_broken_json_line_costs_itself_alone(line: str, reason: str, tmp_path: Path, report: Told) -> None:
    good = json.dumps(RUN)
    assert read(tmp_path / "runs.jsonl", f"{good}\n\n{line}\n{good}\n", report) == ["r1", "r1"]
    assert [found for found, _ in report.where] == [3]
    assert reason in report.said[0]


def test_a_json_number_is_as_good_as_its_text(tmp_path: Path, report: Told) -> None:
    path = tmp_path / "runs.ndjson"
    path.write_text(
        '{"workload":"w","started_at":"2026-11-02T09:00:00Z","ended_at":"2026-11-02T10:00:00Z","units":60,'
        '"accelerator":"A10G","accelerator_count":1,"trial":true,"batch_size":null,"memory_used_gib":NaN}\n',
        encoding="utf-8",
    )
    (run,) = runs(path, report)
    assert (run.units, run.accelerator_count, run.is_trial, run.batch_size, run.memory_used_gib) == (
        60,
        1,
        True,
        None,
        None,
    )
