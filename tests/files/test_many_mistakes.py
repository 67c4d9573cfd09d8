"""A row that is refused names everything that has to be mended in it, a line each, and counts as one row."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.data import load_accelerators
from bot.files import read_accelerators, read_offers, read_runs, read_workloads
from tests.files.written_files import OFFER, RUN, Cells, Told, write_csv

SHEET: Cells = {
    "accelerator": "X1-8GB",
    "year": 2024,
    "memory_gib": 8,
    "memory_bandwidth_gb_per_s": 300,
    "fp16_tflops": 9,
}
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def mistakes_of_run(report: Told, path: Path, *rows: Cells) -> list[tuple[int, str]]:
    """Line and column of each mistake, as they are printed."""
    list(read_runs(write_csv(path / "runs.csv", *rows), load_accelerators(), report))
    return [
        (int(line.split(":")[1]), line.split(": ")[1]) for each in report.problems for line in str(each).split("\n")
    ]


def test_all_mistakes_of_a_run_are_told_in_one_entry(report: Told, tmp_path: Path) -> None:
    wrong = {**RUN, "started_at": "yesterday", "accelerator": "H99", "accelerator_count": 0, "batch_size": "many"}
    found = mistakes_of_run(report, tmp_path, wrong)
    assert found == [(2, "started_at"), (2, "accelerator"), (2, "accelerator_count"), (2, "batch_size")]
    assert report.refused == len(report.problems) == 1


def test_each_line_is_in_the_form_that_editors_jump_to(report: Told, tmp_path: Path) -> None:
    mistakes_of_run(report, tmp_path, RUN, {**RUN, "units": -1, "node_count": "two"})
    assert str(report.problems[0]).splitlines() == [
        f"{tmp_path}/runs.csv:3: units: is -1; it has to be greater than 0",
        f"{tmp_path}/runs.csv:3: node_count: 'two' is not a number",
    ]


@pytest.mark.parametrize(
    ("changes", "columns"),
    [
        ({"status": "suceeded", "units": ""}, ["status"]),
        ({"ended_at": "2020-01-01T00:00:00Z"}, ["ended_at"]),
        ({"started_at": "", "ended_at": ""}, ["started_at", "ended_at"]),
        ({"workload": "", "trial": "perhaps"}, ["workload", "trial"]),
        ({"currency": "EUR", "cost_usd": 3, "stage": "live"}, ["currency", "stage"]),
    ],
)
def test_no_mistake_is_told_that_only_follows_from_another(
    changes: Cells, columns: list[str], report: Told, tmp_path: Path
) -> None:
    assert [column for _, column in mistakes_of_run(report, tmp_path, {**RUN, **changes})] == columns


def test_a_refused_run_does_not_decide_the_unit_of_its_workload(report: Told, tmp_path: Path) -> None:
    refused = {**RUN, "unit": "frame", "accelerator": "H99"}
    found = mistakes_of_run(report, tmp_path, refused, {**RUN, "unit": "clip"})
    assert found == [(2, "accelerator")]


def test_a_row_may_be_wrong_from_end_to_end(report: Told, tmp_path: Path) -> None:
    assert len(mistakes_of_run(report, tmp_path, dict.fromkeys(RUN, "\x1b"))) == len(RUN)


def test_offers_spec_sheets_and_workloads_tell_all_mistakes_too(report: Told, tmp_path: Path) -> None:
    offers = write_csv(tmp_path / "offers.csv", {**OFFER, "price_usd_per_hour": 0, "accelerator": "H99", "as_of": "x"})
    read_offers(offers, load_accelerators(), NOW, report)
    sheets = write_csv(tmp_path / "parts.csv", {**SHEET, "year": 24, "fp16_tflops": -1, "memory_gib": 0})
    read_accelerators(sheets, report)
    asked = write_csv(tmp_path / "asked.csv", {"workload": "", "stage": "live", "max_nodes": 0.5})
    list(read_workloads(asked, report))
    columns = [[line.split(": ")[1] for line in str(each).split("\n")] for each in report.problems]
    assert columns == [
        ["accelerator", "price_usd_per_hour", "as_of"],
        ["fp16_tflops", "year", "memory_gib"],
        ["workload", "stage", "max_nodes"],
    ]
