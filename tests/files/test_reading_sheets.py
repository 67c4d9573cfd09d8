"""Spec sheets and owners' wishes from files."""

from pathlib import Path

import pytest

from bot.data import load_accelerators
from bot.files import read_accelerators, read_workloads
from engine import Constraints, Filters, UnknownAccelerator, Workload
from tests.files.written_files import SHEET, Cells, Told, write_csv, write_json_lines


def test_a_sheet_comes_in_under_all_its_names(tmp_path: Path, report: Told) -> None:
    found = read_accelerators(write_csv(tmp_path / "sheets.csv", SHEET), report)
    assert found.resolve("acme x100").name == "X100-80GB"
    assert found["X100-80GB"].tflops("bf16") == 900
    assert found["X100-80GB"].fp8_tflops is None


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"memory_gib": "0"}, "memory_gib", "greater than 0"),
        ({"memory_bandwidth_gb_per_s": ""}, "memory_bandwidth_gb_per_s", "is missing"),
        ({"year": "next"}, "year", "is not a number"),
        ({"year": "1066"}, "year", "at least 1990"),
        ({"fp32_tflops": "", "fp16_tflops": ""}, "fp32_tflops", "and so is every other rate"),
        ({"accelerator": ""}, "accelerator", "is missing"),
    ],
)
def test_a_sheet_that_cannot_be_used_is_refused_by_column(
    changes: Cells, column: str, reason: str, tmp_path: Path, report: Told
) -> None:
    other = {**SHEET, "accelerator": "Y1", "aliases": ""}
    found = read_accelerators(write_csv(tmp_path / "sheets.csv", {**SHEET, **changes}, other), report)
    assert list(found) == ["Y1"]
    assert report.where == [(2, column)]
    assert reason in report.said[0]


def test_a_sheet_may_state_no_fp32_units_no_link_and_no_power(tmp_path: Path, report: Told) -> None:
    bare = {**SHEET, "fp32_tflops": "", "link_gb_per_s": "", "tdp_w": ""}
    found = read_accelerators(write_csv(tmp_path / "sheets.csv", bare), report)["X100-80GB"]
    assert (found.fp32_tflops, found.link_gb_per_s, found.tdp_w) == (None, None, None)
    assert report.said == []


def test_one_spelling_means_one_part(tmp_path: Path, report: Told) -> None:
    rival = {**SHEET, "accelerator": "X200", "aliases": "X200-SXM;ACME-X100"}
    path = write_csv(tmp_path / "sheets.csv", SHEET, rival, SHEET)
    assert list(read_accelerators(path, report)) == ["X100-80GB"]
    assert report.said == [
        f"{path}:3: aliases: 'acmex100' names both X100-80GB and X200",
        f"{path}:4: accelerator: 'X100-80GB' stands in line 2 already",
    ]


def test_sheets_add_to_those_that_are_known_and_replace_their_namesakes(tmp_path: Path, report: Told) -> None:
    newer = {**SHEET, "accelerator": "A10G-24GB", "aliases": "A10G", "memory_gib": "48"}
    found = read_accelerators(write_csv(tmp_path / "sheets.csv", SHEET, newer), report, load_accelerators())
    assert report.said == []
    assert len(found) == len(load_accelerators()) + 1
    assert found.resolve("A10G").memory_gib == 48
    with pytest.raises(UnknownAccelerator):
        load_accelerators().resolve("X100")  # what was known has not changed


def test_the_shipped_sheets_come_in_whole_and_unchanged(report: Told) -> None:
    path = Path(__file__).parents[2] / "bot" / "data" / "accelerators.csv"
    assert dict(read_accelerators(path, report)) == dict(load_accelerators())
    assert report.said == report.warnings == []


def test_a_name_alone_asks_for_nothing(tmp_path: Path, report: Told) -> None:
    (row,) = read_workloads(write_csv(tmp_path / "workloads.csv", {"workload": "video-gen", "kind": "auto"}), report)
    assert row.workload == Workload("video-gen")
    assert (row.owner, row.channel) == (None, None)


def test_everything_an_owner_can_ask_for_comes_in(tmp_path: Path, report: Told) -> None:
    asked: Cells = {
        "workload": "video-gen",
        "stage": "production",
        "kind": "traditional",
        "critical": "yes",
        "floor_units_per_hour": "500",
        "max_usd_per_day": "200",
        "max_usd_per_unit": "0.05",
        "max_seconds_per_unit": "7",
        "value_of_time_usd_per_hour": "40",
        "providers": "aws; gcp",
        "regions": "us-east-1",
        "pricing_categories": "on-demand;dynamic",
        "max_accelerators": "16",
        "max_nodes": "2",
        "memory_required_gib": "20",
        "owner": "film team",
        "channel": "C123",
    }
    for path in (write_csv(tmp_path / "a.csv", asked), write_json_lines(tmp_path / "a.jsonl", asked)):
        (row,) = read_workloads(path, report)
        assert row.workload == Workload(
            name="video-gen",
            stage="production",
            kind="traditional",
            is_critical=True,
            value_of_time_usd_per_hour=40,
            constraints=Constraints(500, 7, 200, 0.05, 16, 2, 20),
            filters=Filters(("aws", "gcp"), ("us-east-1",), ("standard", "dynamic")),
        )
        assert (row.owner, row.channel) == ("film team", "C123")
    assert report.said == report.warnings == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("stage", "live"),
        ("kind", "quantum"),
        ("floor_units_per_hour", "-1"),
        ("max_nodes", "0"),
        ("pricing_categories", "standard;cheap"),
        ("workload", "x" * 121),
    ],
)
def test_a_wish_that_cannot_be_read_is_refused(column: str, value: str, tmp_path: Path, report: Told) -> None:
    path = write_csv(tmp_path / "workloads.csv", {"workload": "a", column: value}, {"workload": "b"})
    assert [row.workload.name for row in read_workloads(path, report)] == ["b"]
    assert [line for line, _ in report.where] == [2]


def test_a_budget_in_another_currency_is_refused(tmp_path: Path, report: Told) -> None:
    rows: list[Cells] = [
        {"workload": "a", "max_usd_per_day": "5", "currency": "JPY"},
        {"workload": "b", "max_nodes": "5", "currency": "JPY"},
        {"workload": "c", "max_usd_per_day": "5", "currency": "usd"},
    ]
    assert [row.workload.name for row in read_workloads(write_csv(tmp_path / "w.csv", *rows), report)] == ["b", "c"]
    assert report.where == [(2, "currency")]
