"""`gpu-advise fit-scales`: constants from one's own measurements, and a scan that uses them."""

import json
from pathlib import Path

import pytest

from engine import Scales
from tests.cli.command_line import RUN, gpu_advise, write_rows

SHIPPED = Scales.shipped().as_document()


def measured(path: Path, exponent: float) -> Path:
    """Three workloads that gain by count to the power `exponent`, on one to eight accelerators."""
    rows = [
        {
            **RUN,
            "workload": f"w{workload}",
            "run_id": f"{workload}-{count}",
            "accelerator_count": count,
            "units": 60 * (workload + 1) * count**exponent,
        }
        for workload in range(3)
        for count in (1, 2, 4, 8)
    ]
    return write_rows(path, *rows)


@pytest.fixture
def organisations(tmp_path: Path) -> list[Path]:
    return [measured(tmp_path / f"{exponent}.csv", exponent) for exponent in (0.3, 0.4)]


def test_the_constants_fit_better_than_the_shipped_ones_and_say_what_they_were_fitted_on(
    organisations: list[Path],
) -> None:
    said = gpu_advise("fit-scales", "--runs", organisations[0], "--runs", organisations[1], "--sweeps", 1)
    assert said.exit_code == 0
    found = json.loads(said.stdout)
    assert set(found["scales"]) == set(SHIPPED)
    assert found["scales"] != SHIPPED
    assert found["log_likelihood"] > found["shipped_log_likelihood"]
    assert found["fitted_on"] == [{"runs": str(path), "workloads": 3, "configurations": 12} for path in organisations]


def test_a_scan_takes_the_constants_that_were_fitted(organisations: list[Path], tmp_path: Path) -> None:
    fitted = tmp_path / "scales.json"
    fitted.write_text(gpu_advise("fit-scales", "--runs", organisations[0], "--sweeps", 1).stdout)
    runs = write_rows(tmp_path / "new.csv", RUN)
    shipped, own = (
        json.loads(gpu_advise("scan", "--runs", runs, "--json", *more).stdout) for more in ((), ("--scales", fitted))
    )
    assert own["model_version"] != shipped["model_version"]


def test_what_teaches_nothing_leaves_the_shipped_constants(tmp_path: Path) -> None:
    said = gpu_advise("fit-scales", "--runs", write_rows(tmp_path / "runs.csv", RUN))
    assert json.loads(said.stdout)["scales"] == SHIPPED


def test_refused_rows_are_told_and_the_rest_is_fitted(organisations: list[Path], tmp_path: Path) -> None:
    bad = write_rows(tmp_path / "bad.csv", RUN, {**RUN, "run_id": "r2", "units": "many"})
    said = gpu_advise("fit-scales", "--runs", organisations[0], "--runs", bad, "--sweeps", 1)
    assert said.exit_code == 3
    assert "units" in said.stderr
    assert json.loads(said.stdout)["fitted_on"][1] == {"runs": str(bad), "workloads": 0, "configurations": 0}


@pytest.mark.parametrize("content", [None, "not json", "[]", '{"scales": {"slopes": [1]}}', '{"scales": null}'])
def test_a_file_that_holds_no_constants_is_named(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "scales.json"
    if content is not None:
        path.write_text(content)
    said = gpu_advise("scan", "--runs", write_rows(tmp_path / "runs.csv", RUN), "--scales", path)
    assert said.exit_code == 4
    assert said.stderr.startswith(f"{path}: ")
    assert len(said.stderr.splitlines()) == 1
