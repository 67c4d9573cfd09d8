"""`gpu-advise scan`: one JSON object a line, tables for people, exit codes for scripts."""

import json
import subprocess
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from rich.console import Console

from bot.cli.output import show_scan
from bot.data import sample_files
from tests.cli.command_line import RUN, gpu_advise, lines, write_rows
from tests.contract import ADVICE_KEYS

CONFIGURATION = {
    "provider",
    "region",
    "instance_type",
    "accelerator",
    "accelerator_count",
    "node_count",
    "pricing_category",
    "term",
    "precision",
    "batch_size",
    "price_usd_per_hour",
}


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return write_rows(tmp_path / "runs.csv", RUN, {**RUN, "workload": "other", "run_id": "r2"})


def documents(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def without_seconds(text: str) -> list[dict[str, Any]]:
    found = documents(text)
    for document in found:
        document["certificate"].pop("seconds")
    return found


def test_each_workload_is_one_json_object_on_a_line(runs: Path) -> None:
    said = gpu_advise("scan", "--runs", runs, "--json")
    assert said.exit_code == 0
    assert said.stderr == ""
    found = documents(said.stdout)
    assert [document["workload"] for document in found] == ["video-gen", "other"]
    assert all(set(document) >= ADVICE_KEYS for document in found)
    assert set(found[0]["objectives"]) == {"cost", "value", "performance"}
    for pick in found[0]["objectives"].values():
        assert set(pick["configuration"]) == CONFIGURATION
        assert set(pick["units_per_hour"]) == {"p05", "p50", "p95"}
        assert {"usd_per_day", "usd_per_day_at_demand", "usd_per_unit", "evidence", "constraint_probability"} <= set(
            pick
        )


def test_the_certificate_adds_up(runs: Path) -> None:
    for document in documents(gpu_advise("scan", "--runs", runs, "--json").stdout):
        certificate = document["certificate"]
        assert certificate["configurations"] == certificate["feasible"] + sum(certificate["excluded"].values())
        assert certificate["seconds"] > 0


def test_the_same_input_gives_the_same_bytes_apart_from_the_seconds(runs: Path) -> None:
    first, second = (gpu_advise("scan", "--runs", runs, "--json").stdout for _ in range(2))
    assert without_seconds(first) == without_seconds(second)


def test_without_json_a_table_names_today_and_what_to_take(runs: Path) -> None:
    said = gpu_advise("scan", "--runs", runs, "--stage", "production")
    assert said.exit_code == 0
    assert "video-gen" in said.stdout
    assert "1 × A10G-24GB" in said.stdout
    assert "performance" in said.stdout
    assert "clips/h" in said.stdout


def test_a_fleet_is_shown_in_tables_of_some_hundreds() -> None:
    names = [f"job-{number:03d}" for number in range(203)]
    documents: list[Any] = [{**UNANSWERED, "workload": name} for name in names]
    with patch("bot.cli.output.Console", partial(Console, file=(shown := StringIO()), width=100)):
        show_scan(iter(documents))
    assert [line for line in shown.getvalue().split() if line.startswith("job-")] == names
    assert shown.getvalue().count("recommended") == 2


UNANSWERED: dict[str, object] = {
    "stage": None,
    "current": None,
    "unit": "clip",
    "recommended": None,
    "objectives": {},
    "reason": "no run of this workload is known",
}


def test_only_may_be_repeated_and_names_without_runs_are_undetermined(runs: Path) -> None:
    said = gpu_advise("scan", "--runs", runs, "--only", "other", "--only", "nobody", "--json")
    found = documents(said.stdout)
    assert [document["workload"] for document in found] == ["other", "nobody"]
    assert found[1]["undetermined"]["reason"] == "no run of this workload is known"
    assert said.exit_code == 0
    assert "warning: no run and no owner names the workload 'nobody'" in said.stderr


def test_predictions_are_rows_of_configurations(runs: Path, tmp_path: Path) -> None:
    offers = write_rows(
        tmp_path / "offers.csv",
        *(
            {
                "provider": "acme",
                "region": "here",
                "instance_type": part,
                "accelerator": part,
                "accelerator_count": 1,
                "pricing_category": "standard",
                "price_usd_per_hour": 1,
                "as_of": "2026-11-01T00:00:00Z",
                "source": "list",
            }
            for part in ("A10G", "L4", "H100")
        ),
    )
    said = gpu_advise(
        "scan", "--runs", runs, "--offers", offers, "--only", "other", "--max-nodes", 2, "--predictions", "--json"
    )
    (document,) = documents(said.stdout)
    assert len(document["predictions"]) == 6
    row = document["predictions"][0]
    assert set(row) == CONFIGURATION | {"units_per_hour", "usd_per_unit", "feasible", "reason"}
    assert {row["accelerator"] for row in document["predictions"]} == {"A10G-24GB", "L4-24GB", "H100-80GB"}


def test_refused_rows_are_named_and_end_with_3(tmp_path: Path) -> None:
    runs = write_rows(tmp_path / "runs.csv", {**RUN, "accelerator": "abacus"}, RUN, {**RUN, "units": ""})
    said = gpu_advise("scan", "--runs", runs, "--json")
    assert said.exit_code == 3
    assert len(documents(said.stdout)) == 1
    assert lines(said.stderr)[0].startswith(f"{runs}:2: accelerator: unknown accelerator 'abacus'")
    assert lines(said.stderr)[1:] == [f"{runs}:4: units: is missing", "2 rows were refused"]


def test_an_input_that_cannot_be_read_ends_with_4_and_one_line(tmp_path: Path, runs: Path) -> None:
    for words in (["--runs", tmp_path / "nowhere.csv"], ["--runs", runs, "--offers", runs]):
        said = gpu_advise("scan", *words, "--json")
        assert said.exit_code == 4
        assert said.stdout == ""
        assert len(lines(said.stderr)) == 1


@pytest.mark.parametrize(
    "words",
    [
        ["--stage", "someday"],
        ["--max-nodes", "0"],
        ["--jobs", "0"],
        ["--offers", "-", "--workloads", "-"],
        ["--runs", "-", "--offers", "-"],
    ],
)
def test_words_that_make_no_sense_end_with_2(words: list[str], runs: Path) -> None:
    assert gpu_advise("scan", "--runs", runs, *words).exit_code == 2


@pytest.mark.parametrize(("word", "stage"), [("prod", "production"), ("Staging", "validation"), ("dev", "prototyping")])
def test_a_stage_has_the_names_that_the_slash_command_knows(word: str, stage: str, runs: Path) -> None:
    (first, *_) = documents(gpu_advise("scan", "--runs", runs, "--stage", word, "--json").stdout)
    assert first["stage"]["value"] == stage


def test_a_stage_that_nobody_knows_is_refused_with_those_that_are(runs: Path) -> None:
    said = gpu_advise("scan", "--runs", runs, "--stage", "someday")
    assert "I know no stage 'someday'" in said.stderr
    assert "production (prod)" in " ".join(said.stderr.replace("│", " ").split())


def test_every_file_of_runs_counts(runs: Path, tmp_path: Path) -> None:
    more = write_rows(tmp_path / "more.csv", {**RUN, "workload": "third"}, {**RUN, "run_id": "r9"})
    said = gpu_advise("scan", "--runs", runs, "--runs", more, "--json")
    assert [document["workload"] for document in documents(said.stdout)] == ["video-gen", "other", "third"]
    alone = documents(gpu_advise("scan", "--runs", runs, "--json").stdout)
    assert documents(said.stdout)[0]["history_digest"] != alone[0]["history_digest"]


def test_a_run_that_stands_in_two_files_is_one_run(runs: Path) -> None:
    once, twice = (gpu_advise("scan", *["--runs", runs] * times, "--json") for times in (1, 2))
    assert twice.exit_code == 0
    assert without_seconds(twice.stdout) == without_seconds(once.stdout)


def test_a_provider_that_no_offer_has_is_named(runs: Path, tmp_path: Path) -> None:
    workloads = write_rows(tmp_path / "workloads.csv", {"workload": "other", "providers": "awss"})
    said = gpu_advise("scan", "--runs", runs, "--workloads", workloads, "--json")
    assert f"warning: {workloads}: 'other': no offer has the provider 'awss'; did you mean aws?" in said.stderr
    assert documents(said.stdout)[1]["undetermined"] is not None


def test_runs_may_come_from_standard_input(runs: Path) -> None:
    said = gpu_advise("scan", "--runs", "-", "--json", stdin=runs.read_text(encoding="utf-8"))
    assert without_seconds(said.stdout) == without_seconds(gpu_advise("scan", "--runs", runs, "--json").stdout)


def test_every_option_of_the_contract_works_together() -> None:
    files = sample_files()
    sheets = Path(__file__).parents[2] / "bot" / "data" / "accelerators.csv"
    offers = sheets.with_name("offers.csv")
    said = gpu_advise(
        *("scan", "--runs", files["runs"], "--offers", offers, "--accelerators", sheets),
        *("--workloads", files["workloads"], "--organisation", "sample", "--only", "video-gen"),
        *("--stage", "validation", "--max-nodes", 2, "--predictions", "--json", "--jobs", 1),
    )
    assert said.exit_code == 0
    (document,) = documents(said.stdout)
    assert document["stage"] | {"evidence": ""} == {
        "value": "validation",
        "source": "asked",
        "inferred": "production",
        "evidence": "",
    }


def test_in_processes_of_its_own_the_answers_are_the_same() -> None:
    words = ["gpu-advise", "scan", "--runs", str(sample_files()["runs"]), "--json"]
    alone = subprocess.run(words, capture_output=True, text=True, check=True)
    spread = subprocess.run([*words, "--jobs", "2"], capture_output=True, text=True, check=True)
    assert without_seconds(alone.stdout) == without_seconds(spread.stdout)
    assert len(documents(alone.stdout)) >= 6


def test_a_reader_that_stops_early_sees_no_traceback() -> None:
    command = f"gpu-advise scan --runs {sample_files()['runs']} --json --predictions | head -c 100"
    said = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert "Traceback" not in said.stderr


def test_a_hostile_name_stays_text_in_the_table(tmp_path: Path) -> None:
    runs = write_rows(tmp_path / "runs.csv", {**RUN, "workload": "[bold red]x[/bold red] [link=http://e]y[/link]"})
    assert "[bold red]x[/bold red] [link=http://e]y[/link]" in gpu_advise("scan", "--runs", runs).stdout
