"""The sample history: reproducible, cited, complete, and it shows what it is meant to show."""

import csv
import math
import statistics
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.data import load_accelerators, load_catalog, make_sample, sample_files, sample_shift
from bot.files import Report, RowProblem, read_runs, read_workloads
from bot.usecases.learning.scanning import Scan, scan
from engine import Advice, Run, findings

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PROBLEMS: list[RowProblem | str] = []
REPORT = Report(PROBLEMS.append, PROBLEMS.append)
RUNS = list(read_runs(sample_files()["runs"], load_accelerators(), REPORT))
WISHES = {row.workload.name: row for row in read_workloads(sample_files()["workloads"], REPORT)}


def runs_of(workload: str) -> list[Run]:
    return [run for run in RUNS if run.workload == workload]


@pytest.fixture(scope="module")
def advices() -> dict[str, Advice]:
    files = sample_files()
    found = scan(Scan(runs=(files["runs"],), workloads=files["workloads"]), Report(print, print), NOW)
    return {advice.workload: advice for advice in found}


def test_every_row_comes_in() -> None:
    assert PROBLEMS == []
    assert len({run.run_id for run in RUNS}) == len(RUNS)
    assert set(WISHES) < {run.workload for run in RUNS}


def test_the_files_are_what_the_script_writes(tmp_path: Path) -> None:
    make_sample.main(tmp_path)
    for name in ("runs", "sources"):
        shipped = sample_files()[name]
        assert (tmp_path / shipped.name).read_bytes() == shipped.read_bytes()


def test_every_speed_is_cited_and_kept_to() -> None:
    with sample_files()["sources"].open(encoding="utf-8", newline="") as file:
        cited = {(row["workload"], row["instance_type"], row["node_count"]): row for row in csv.DictReader(file)}
    speeds = defaultdict(list)
    for run in RUNS:
        key = (run.workload, str(run.instance_type), str(run.node_count))
        assert "(MIT)" in cited[key]["source"] or "(Apache-2.0)" in cited[key]["source"]
        if run.status == "succeeded":
            speeds[key].append(run.units / (run.ended_at - run.started_at).total_seconds())
    for key, found in speeds.items():
        published = float(cited[key]["units_per_second"])
        assert math.isclose(statistics.median(found), published, rel_tol=0.05)


def test_every_machine_stands_in_the_price_list() -> None:
    offers = {(o.provider, o.region, o.instance_type, o.accelerator, o.pricing_category) for o in load_catalog().offers}
    used = {(r.provider, r.region, r.instance_type, r.accelerator, r.pricing_category) for r in RUNS}
    assert used <= offers


def test_it_says_that_it_is_a_sample() -> None:
    assert all(run.run_id.startswith("sample-") for run in RUNS)
    assert all("sample" in str(row.owner) for row in WISHES.values())


@given(st.integers(0, 400_000_000))
def test_shifted_it_ended_within_the_last_day(seconds: int) -> None:
    now = datetime(2026, 11, 2, tzinfo=UTC) + timedelta(seconds=seconds)
    last = max(run.ended_at for run in RUNS) + sample_shift(now)
    assert timedelta(0) <= now - last < timedelta(days=1)


def test_there_are_workloads_of_every_stage_and_kind(advices: dict[str, Advice]) -> None:
    assert len(advices) >= 6
    stages = Counter(advice.stage.value for advice in advices.values() if advice.stage)
    assert set(stages) == {"prototyping", "validation", "production"}
    kinds = {name: advice.kind.value for name, advice in advices.items() if advice.kind}
    assert kinds["video-gen"] == "ai"
    assert kinds["feature-index"] == "traditional"


def test_every_workload_gets_an_answer(advices: dict[str, Advice]) -> None:
    assert [name for name, advice in advices.items() if advice.undetermined] == []


def test_video_gen_came_through_every_stage_on_a10g_hardware() -> None:
    stages = [run.stage for run in runs_of("video-gen")]
    assert list(dict.fromkeys(stages)) == ["prototyping", "validation", "production"]
    today = runs_of("video-gen")[-1]
    assert (today.accelerator, today.provider, today.instance_type) == ("A10G-24GB", "aws", "g5.xlarge")
    assert today.unit == "clip"
    assert {run.status for run in runs_of("video-gen")} == {"succeeded", "failed", "oom"}


def test_video_gen_looks_like_production_and_should_move_to_performance(advices: dict[str, Advice]) -> None:
    advice = advices["video-gen"]
    assert advice.stage is not None
    assert (advice.stage.value, advice.stage.inferred) == ("production", "production")
    assert advice.recommended == "performance"


def test_a_digest_of_the_sample_has_something_to_say(advices: dict[str, Advice]) -> None:
    found = {finding.workload: finding.kind for finding in findings(list(advices.values()), Scan(()).policy)}
    assert found["video-gen"] == "shift_to_performance"
    assert found["image-drafts"] == "overbuilt_prototype"


def test_the_drifted_workload_runs_unlike_its_tag(advices: dict[str, Advice]) -> None:
    stage = advices["translate-batch"].stage
    assert stage is not None
    assert (stage.value, stage.inferred) == ("prototyping", "production")


def test_one_workload_has_a_single_run() -> None:
    assert len(runs_of("poster-4k")) == 1
