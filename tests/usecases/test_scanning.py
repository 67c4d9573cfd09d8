"""Scanning a file set: who is answered, in which order, on what, and that spreading the work changes nothing."""

import csv
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.files import Report, RowProblem, Unreadable
from bot.usecases.learning import scanning
from bot.usecases.learning.scanning import Scan, scan
from engine import Advice, Policy, as_document
from tests.usecases.mortal_workers import Mortal

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
START = datetime(2026, 11, 2, tzinfo=UTC)
Row = Mapping[str, object]


def run(workload: str, number: int, **changes: object) -> Row:
    started = START + timedelta(hours=number)
    return {
        "workload": workload,
        "run_id": f"{workload}-{number}",
        "started_at": started.isoformat(),
        "ended_at": (started + timedelta(minutes=30)).isoformat(),
        "units": 100,
        "accelerator": "A10G",
        "accelerator_count": 1,
        "provider": "aws",
        "region": "us-east-1",
        "instance_type": "g5.xlarge",
        "pricing_category": "standard",
        **changes,
    }


def offer(accelerator: str, price: float, **changes: object) -> Row:
    return {
        "provider": "acme",
        "region": "here",
        "instance_type": f"{accelerator}-box",
        "accelerator": accelerator,
        "accelerator_count": 1,
        "pricing_category": "standard",
        "price_usd_per_hour": price,
        "as_of": "2026-11-01T00:00:00Z",
        "source": "a price list",
        **changes,
    }


def written(path: Path, rows: Sequence[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def report() -> Report:
    return Report(lambda _: None, lambda _: None)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Forty workloads, interleaved, two runs each."""
    names = [f"job-{number:02d}" for number in range(40)]
    return written(tmp_path / "runs.csv", [run(name, 40 * turn + n) for turn in (0, 1) for n, name in enumerate(names)])


def timeless(advice: Advice) -> Any:
    """The document without the one number that the clock decides."""
    document: Any = as_document(advice)
    if document["certificate"]:
        document["certificate"]["seconds"] = None
    return document


def test_workloads_are_answered_in_the_order_of_their_first_run(tmp_path: Path, report: Report) -> None:
    runs = written(tmp_path / "runs.csv", [run(name, n) for n, name in enumerate(["b", "a", "b", "c", "a"])])
    assert [advice.workload for advice in scan(Scan((runs,)), report, NOW)] == ["b", "a", "c"]


def test_without_offers_the_shipped_price_list_is_searched(tmp_path: Path, report: Report) -> None:
    (advice,) = scan(Scan((written(tmp_path / "runs.csv", [run("a", 1)]),)), report, NOW)
    assert advice.certificate is not None
    assert advice.certificate.configurations >= 900
    assert advice.current is not None
    assert advice.current.usd_per_day == pytest.approx(1.006 * 24)


def test_with_offers_nothing_else_is_searched(tmp_path: Path, report: Report) -> None:
    runs = written(tmp_path / "runs.csv", [run("a", 1)])
    offers = written(tmp_path / "offers.csv", [offer("A10G", 1.0), offer("H100", 3.0)])
    (advice,) = scan(Scan((runs,), offers), report, NOW)
    assert advice.certificate is not None
    assert advice.certificate.configurations == 2


def test_only_limits_the_answers_but_the_others_still_teach(tmp_path: Path, report: Report) -> None:
    lessons = [
        run("teacher", n, accelerator=part, units=units) for n, (part, units) in enumerate([("A10G", 50), ("L4", 90)])
    ]
    runs = written(tmp_path / "runs.csv", [*lessons, run("pupil", 9)])
    alone = written(tmp_path / "alone.csv", [run("pupil", 9)])
    offers = written(tmp_path / "offers.csv", [offer("A10G", 1.0), offer("L4", 1.0)])
    asked = Scan((runs,), offers, only=("pupil",), with_predictions=True)
    (taught,) = scan(asked, report, NOW)
    (untaught,) = scan(replace(asked, runs=(alone,)), report, NOW)
    assert taught.workload == untaught.workload == "pupil"
    assert speed_on(taught, "L4-24GB") > 1.1 * speed_on(untaught, "L4-24GB")


def speed_on(advice: Advice, accelerator: str) -> float:
    (found,) = [row for row in advice.predictions if row.configuration.accelerator == accelerator]
    assert found.units_per_hour is not None
    return found.units_per_hour.p50


def test_predictions_list_every_offer_and_node_count(tmp_path: Path, report: Report) -> None:
    runs = written(tmp_path / "runs.csv", [run("a", 1)])
    offers = written(tmp_path / "offers.csv", [offer("A10G", 1.0), offer("H100", 3.0)])
    asked = Scan((runs,), offers, with_predictions=True, policy=Policy(max_nodes=2))
    (advice,) = scan(asked, report, NOW)
    assert len(advice.predictions) == 4
    (without,) = scan(replace(asked, with_predictions=False), report, NOW)
    assert without.predictions == ()


def test_a_stage_that_is_asked_for_holds_for_every_workload(tmp_path: Path, report: Report) -> None:
    runs = written(tmp_path / "runs.csv", [run("a", 1), run("b", 2, stage="production")])
    workloads = written(tmp_path / "workloads.csv", [{"workload": "a", "stage": "validation"}])
    plain = scan(Scan((runs,), workloads=workloads), report, NOW)
    assert [advice.stage.value for advice in plain if advice.stage] == ["validation", "production"]
    asked = scan(Scan((runs,), workloads=workloads, stage="prototyping"), report, NOW)
    assert [advice.stage.value for advice in asked if advice.stage] == ["prototyping", "prototyping"]


def test_what_owners_ask_for_binds(tmp_path: Path, report: Report) -> None:
    runs = written(tmp_path / "runs.csv", [run("a", 1)])
    workloads = written(tmp_path / "workloads.csv", [{"workload": "a", "providers": "azure", "max_usd_per_day": "100"}])
    (advice,) = scan(Scan((runs,), workloads=workloads), report, NOW)
    assert advice.constraints["max_usd_per_day"] == 100
    picked = {as_document(pick)["configuration"]["provider"] for pick in advice.objectives.values()}
    assert picked == {"azure"}


def test_a_workload_without_runs_is_undetermined_and_says_what_would_settle_it(tmp_path: Path) -> None:
    warnings: list[str] = []
    report = Report(lambda _: None, warnings.append)
    runs = written(tmp_path / "runs.csv", [run("a", 1)])
    workloads = written(tmp_path / "workloads.csv", [{"workload": "planned", "stage": "production"}])
    found = list(scan(Scan((runs,), workloads=workloads, only=("nobody", "planned")), report, NOW))
    assert [advice.workload for advice in found] == ["planned", "nobody"]
    assert all(advice.undetermined for advice in found)
    assert warnings == ["no run and no owner names the workload 'nobody'"]


def test_today_is_when_the_last_run_ended_so_that_old_files_keep_their_answers(tmp_path: Path, report: Report) -> None:
    runs = written(tmp_path / "runs.csv", [run("a", n) for n in range(10)])
    first = [timeless(advice) for advice in scan(Scan((runs,)), report, NOW)]
    later = [timeless(advice) for advice in scan(Scan((runs,)), report, NOW + timedelta(days=900))]
    assert first == later


def test_refused_rows_are_told_and_the_others_answered(tmp_path: Path) -> None:
    problems: list[RowProblem] = []
    report = Report(problems.append, lambda _: None)
    runs = written(tmp_path / "runs.csv", [run("a", 1), run("a", 2, accelerator="abacus")])
    offers = written(tmp_path / "offers.csv", [offer("A10G", 1.0), offer("L4", -1.0)])
    assert len(list(scan(Scan((runs,), offers), report, NOW))) == 1
    assert {(Path(problem.file).name, problem.column) for problem in problems} == {
        ("runs.csv", "accelerator"),
        ("offers.csv", "price_usd_per_hour"),
    }


def test_without_one_good_price_nothing_can_be_said(tmp_path: Path, report: Report) -> None:
    runs = written(tmp_path / "runs.csv", [run("a", 1)])
    offers = written(tmp_path / "offers.csv", [offer("A10G", 0)])
    (advice,) = scan(Scan((runs,), offers), report, NOW)
    assert report.refused == 1
    assert advice.undetermined is not None
    assert advice.undetermined.reason == "no price is known"


def test_own_spec_sheets_replace_the_shipped_ones(tmp_path: Path) -> None:
    warnings: list[str] = []
    sheet = {
        "accelerator": "A10G-24GB",
        "aliases": "A10G",
        "year": 2021,
        "memory_gib": 24,
        "memory_bandwidth_gb_per_s": 600,
        "fp32_tflops": 31,
        "fp16_tflops": 70,
        "tdp_w": 150,
    }
    sheets = written(tmp_path / "sheets.csv", [sheet])
    runs = written(tmp_path / "runs.csv", [run("a", 1)])
    (advice,) = scan(Scan((runs,), accelerators=sheets), Report(print, warnings.append), NOW)
    assert advice.certificate is not None
    assert advice.certificate.configurations < 60  # what is left of the shipped list: A10G alone
    assert "lacks their accelerator" in warnings[0]


def test_an_input_that_is_not_there_stops_the_scan(tmp_path: Path, report: Report) -> None:
    with pytest.raises(Unreadable):
        list(scan(Scan((tmp_path / "nowhere.csv",)), report, NOW))


def test_without_runs_there_are_no_answers(tmp_path: Path, report: Report) -> None:
    header = written(tmp_path / "runs.csv", [run("a", 1)]).read_text(encoding="utf-8").splitlines()[0]
    (tmp_path / "runs.csv").write_text(header + "\n", encoding="utf-8")
    assert list(scan(Scan((tmp_path / "runs.csv",)), report, NOW)) == []


def test_spreading_the_work_changes_nothing(many: Path, report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "_CHUNK", 7)
    alone = [timeless(advice) for advice in scan(Scan((many,)), report, NOW)]
    together = [timeless(each) for each in scan(Scan((many,)), report, NOW, partial(ThreadPoolExecutor, 3), ahead=2)]
    assert together == alone
    assert len(alone) == 40


def test_dead_workers_lose_no_workload_and_it_is_said(many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "_CHUNK", 5)
    said: list[str] = []
    mortal = Mortal(works=2)
    found = [advice.workload for advice in scan(Scan((many,)), Report(print, said.append), NOW, mortal)]
    assert found == [f"job-{number:02d}" for number in range(40)]
    assert said[0] == "worker processes were lost; others go on with their work"
    assert said[-1] == "worker processes were lost again; the rest is done here"


def test_several_files_are_one_history_and_a_workload_counts_in_one_unit(tmp_path: Path) -> None:
    refused: list[RowProblem] = []
    files = (
        written(tmp_path / "old.csv", [run("a", 1, unit="clip"), run("b", 2)]),
        written(tmp_path / "new.csv", [run("a", 30, unit="image"), run("a", 31, unit="clip"), run("c", 3)]),
    )
    found = {advice.workload: advice for advice in scan(Scan(files), Report(refused.append, print), NOW)}
    assert list(found) == ["a", "b", "c"]
    assert found["a"].basis.runs == 2
    assert [(Path(problem.file).name, problem.line, problem.column) for problem in refused] == [("new.csv", 2, "unit")]


def test_a_provider_that_no_offer_has_is_named(tmp_path: Path) -> None:
    warnings: list[str] = []
    runs = written(tmp_path / "runs.csv", [run("a", 1)])
    workloads = written(tmp_path / "workloads.csv", [{"workload": "a", "providers": "awss;gcp"}])
    (advice,) = scan(Scan((runs,), workloads=workloads), Report(print, warnings.append), NOW)
    assert warnings == [f"{workloads}: 'a': no offer has the provider 'awss'; did you mean aws?"]
    assert advice.undetermined is None


def test_progress_is_told_for_every_answer(many: Path, report: Report) -> None:
    told: list[tuple[str, int, int | None]] = []
    asked = Scan((many,), organisation="acme")
    list(scan(asked, report, NOW, progress=lambda *told_now: told.append(told_now)))
    assert told == [
        ("measuring workloads", 25, 40),
        *(("advising acme", number, 40) for number in range(1, 41)),
    ]
