"""`gpu-advise import` and `gpu-advise advise`: files in, an answer out, through a database."""

import json
from pathlib import Path

import pytest

from bot.data import sample_files
from tests.cli.command_line import RUN, gpu_advise, lines, write_rows

DATA = Path(__file__).parents[2] / "bot" / "data"


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return write_rows(tmp_path / "runs.csv", *({**RUN, "run_id": f"r{number}"} for number in range(3)))


def test_runs_are_counted_and_a_second_import_changes_nothing(runs: Path) -> None:
    first = gpu_advise("import", "runs", runs)
    assert (first.exit_code, first.stderr) == (0, "")
    assert first.stdout == "runs of local: 3 new, 0 unchanged, learned from 1 workload\n"
    assert gpu_advise("import", "runs", runs).stdout == "runs of local: 0 new, 3 unchanged\n"


def test_every_format_of_the_contract_is_imported() -> None:
    files = sample_files()
    assert gpu_advise("import", "workloads", files["workloads"]).exit_code == 0
    assert gpu_advise("import", "offers", DATA / "offers.csv").exit_code == 0
    assert gpu_advise("import", "accelerators", DATA / "accelerators.csv").exit_code == 0
    said = gpu_advise("import", "runs", files["runs"], "--source", "sample")
    assert said.exit_code == 0
    assert "learned from 8 workloads" in said.stdout


def test_several_files_and_standard_input_are_one_import(runs: Path, tmp_path: Path) -> None:
    other = write_rows(tmp_path / "other.csv", {**RUN, "workload": "other", "run_id": "o1"})
    said = gpu_advise("import", "runs", runs, "-", stdin=other.read_text(encoding="utf-8"))
    assert said.stdout.startswith("runs of local: 4 new")


def test_refused_rows_end_with_3_and_the_others_are_in(tmp_path: Path) -> None:
    runs = write_rows(tmp_path / "runs.csv", {**RUN, "status": "done"}, RUN)
    said = gpu_advise("import", "runs", runs)
    assert said.exit_code == 3
    assert lines(said.stderr) == [
        f"{runs}:2: status: is 'done'; it has to be one of succeeded, failed, oom, preempted",
        "1 row was refused",
    ]
    assert said.stdout.startswith("runs of local: 1 new")


def test_a_file_that_is_not_there_ends_with_4(tmp_path: Path) -> None:
    said = gpu_advise("import", "offers", tmp_path / "nowhere.csv")
    assert said.exit_code == 4
    assert lines(said.stderr) == [f"{tmp_path / 'nowhere.csv'}: No such file or directory"]


def test_a_file_that_is_not_there_costs_none_of_the_runs_in_the_others(runs: Path, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.csv"
    said = gpu_advise("import", "runs", missing, runs)
    assert said.exit_code == 4
    assert said.stdout == "runs of local: 3 new, 0 unchanged, learned from 1 workload\n"
    assert lines(said.stderr) == [f"{missing}: No such file or directory"]


def test_a_header_without_rows_is_spoken_of(runs: Path) -> None:
    runs.write_text(runs.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    said = gpu_advise("import", "runs", runs)
    assert (said.exit_code, said.stdout) == (0, "runs of local: 0 new, 0 unchanged\n")
    assert lines(said.stderr) == [f"warning: {runs}: holds no rows"]


def test_standard_input_can_be_read_once() -> None:
    said = gpu_advise("import", "runs", "-", "-", stdin="")
    assert said.exit_code == 2
    assert "only one file can be standard input" in said.stderr


def test_a_wrong_setting_ends_with_2_and_its_name(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://nowhere")
    said = gpu_advise("import", "runs", runs)
    assert said.exit_code == 2
    assert lines(said.stderr)[0].startswith("DATABASE_URL: ")


@pytest.mark.parametrize("command", [("import", "runs", "-"), ("advise", "captions"), ("digest", "run", "--dry-run")])
def test_a_database_that_cannot_be_used_ends_with_2_and_one_line(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "letter.txt").write_text("This is a letter, and no database at all." * 200, encoding="utf-8")
    for address in ("postgresql+psycopg://127.0.0.1:1/name", f"sqlite:///{tmp_path / 'letter.txt'}"):
        monkeypatch.setenv("DATABASE_URL", address)
        said = gpu_advise(*command)
        assert said.exit_code == 2
        assert len(lines(said.stderr)) == 1
        assert said.stderr.startswith("DATABASE_URL: the database ")


def test_the_workspace_is_the_only_one_there_is_or_must_be_named(runs: Path) -> None:
    gpu_advise("import", "runs", runs, "--workspace", "T1")
    assert gpu_advise("import", "runs", runs).stdout.startswith("runs of T1: 0 new")
    gpu_advise("import", "runs", runs, "--workspace", "T2")
    said = gpu_advise("import", "runs", runs)
    assert said.exit_code == 2
    assert "T1, T2" in said.stderr


def test_an_imported_workload_is_advised_on_as_json(runs: Path) -> None:
    gpu_advise("import", "runs", runs)
    said = gpu_advise("advise", "video-gen", "prod", "gpus=4", "provider=aws", "--json")
    assert (said.exit_code, said.stderr) == (0, "")
    document = json.loads(said.stdout)
    assert document["stage"]["value"] == "production"
    assert document["recommended"] == "performance"
    assert document["constraints"]["max_accelerators"] == 4
    assert {pick["configuration"]["provider"] for pick in document["objectives"].values()} == {"aws"}


def test_the_table_holds_today_and_the_picks_side_by_side(runs: Path) -> None:
    gpu_advise("import", "runs", runs)
    said = gpu_advise("advise", "video-gen", "production").stdout
    heading = next(line for line in said.splitlines() if "Today" in line)
    assert "★" in heading
    assert said.startswith("video-gen · production\n")
    for word in ("1 × A10G-24GB", "aws g5.xlarge", "on-demand", "60 clips/h", "$24.14", "configurations searched"):
        assert word in said


def test_an_impossible_floor_is_said_with_what_can_be_reached(runs: Path) -> None:
    gpu_advise("import", "runs", runs)
    said = gpu_advise("advise", "video-gen", "floor=1000000000/h")
    assert said.exit_code == 0
    words = " ".join(said.stdout.split())
    assert "no configuration meets at least 1 billion clips/h" in words
    assert "the fastest reaches" in words


def test_an_unknown_workload_is_answered_with_the_nearest_names(runs: Path) -> None:
    nothing = gpu_advise("advise", "vido-gen")
    assert nothing.exit_code == 2
    assert "there is no history yet; try gpu-advise import runs FILE" in nothing.stderr
    gpu_advise("import", "runs", runs)
    near = gpu_advise("advise", "vido-gen")
    assert near.exit_code == 2
    assert lines(near.stderr) == ["no workload 'vido-gen' among 1; did you mean video-gen?"]


def test_each_thing_that_is_wrong_with_a_question_is_a_line(runs: Path) -> None:
    gpu_advise("import", "runs", runs)
    said = gpu_advise("advise", "video-gen", "prodd", "flor=3", "budget=cheap")
    assert said.exit_code == 2
    assert len(lines(said.stderr)) == 3
    assert said.stdout == ""


def test_a_workload_without_one_success_is_undetermined(tmp_path: Path) -> None:
    gpu_advise("import", "runs", write_rows(tmp_path / "runs.csv", {**RUN, "status": "failed", "units": ""}))
    said = gpu_advise("advise", "video-gen")
    assert said.exit_code == 0
    assert "Its only run did not succeed" in said.stdout
    assert "What would settle it" in said.stdout


def test_imported_offers_are_what_is_searched(runs: Path, tmp_path: Path) -> None:
    offers = write_rows(
        tmp_path / "offers.csv",
        {
            "provider": "acme",
            "region": "here",
            "instance_type": "box",
            "accelerator": "A10G",
            "accelerator_count": 1,
            "pricing_category": "standard",
            "price_usd_per_hour": 0.5,
            "as_of": "2026-11-01T00:00:00Z",
            "source": "our contract",
        },
    )
    gpu_advise("import", "runs", runs)
    assert gpu_advise("import", "offers", offers).stdout == "offers of local: 1 new, 0 unchanged\n"
    document = json.loads(gpu_advise("advise", "video-gen", "--json").stdout)
    assert document["certificate"]["configurations"] == 1
    assert document["objectives"]["cost"]["configuration"]["provider"] == "acme"


def test_a_terminal_is_shown_the_chart_and_a_pipe_its_words(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gpu_advise("import", "runs", runs)
    words = ("advise", "video-gen", "production")
    piped = gpu_advise(*words).stdout
    assert "Chart of cost against time per clip: performance (recommended) takes" in " ".join(piped.split())
    assert "frontier: nothing is faster for less" not in piped
    monkeypatch.setenv("FORCE_COLOR", "1")
    shown = gpu_advise(*words).stdout
    assert "Time per clip  (← faster)" in shown
    assert "P  ★ Performance" in shown
    assert "Chart of cost against time" not in shown
    assert gpu_advise(*words, "--json").stdout.startswith('{"workload": "video-gen"')
