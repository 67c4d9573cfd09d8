"""Runs go in once and come out as the engine's columns."""

import itertools
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store import Scope, Store, history
from bot.store.history import Added, Summary
from engine import PRECISIONS, PRICING_CATEGORIES, STAGES, STATUSES, History, MixedUnits, Run
from tests.store.store_samples import HOUR, NOW, a_run


@pytest.fixture
def scope(store: Store) -> Iterator[Scope]:
    with store.write("T1") as scope:
        yield scope


def test_runs_are_added_once(scope: Scope) -> None:
    runs = [a_run(number) for number in range(5)]
    assert history.add_runs(scope, "file", runs) == Added(5, 0)
    assert history.add_runs(scope, "file", runs) == Added(0, 5)
    assert len(history.load(scope, "video-gen")) == 5


def test_new_runs_among_known_ones_are_added(scope: Scope) -> None:
    history.add_runs(scope, "file", [a_run(1), a_run(3)])
    assert history.add_runs(scope, "file", [a_run(number) for number in range(5)]) == Added(3, 2)


def test_a_run_given_twice_in_one_import_is_one_run(scope: Scope) -> None:
    assert history.add_runs(scope, "file", [a_run(units=1), a_run(units=2)]) == Added(1, 1)
    assert history.load(scope, "video-gen").units.tolist() == [1]


def test_two_sources_may_use_the_same_run_id(scope: Scope) -> None:
    assert history.add_runs(scope, "mlflow", [a_run()]) == Added(1, 0)
    assert history.add_runs(scope, "file", [a_run()]) == Added(1, 0)


def test_two_workspaces_may_have_the_same_run(store: Store) -> None:
    for team_id in ("T1", "T2"):
        with store.write(team_id) as scope:
            assert history.add_runs(scope, "file", [a_run()]) == Added(1, 0)


def test_no_runs_are_no_work(scope: Scope) -> None:
    assert history.add_runs(scope, "file", []) == Added(0, 0)


def test_more_runs_than_a_statement_holds_are_added_from_a_stream(scope: Scope) -> None:
    stream = (a_run(number) for number in range(2501))
    assert history.add_runs(scope, "file", stream) == Added(2501, 0)
    assert history.count_runs(scope) == 2501


def test_a_history_is_the_one_that_the_engine_would_build(scope: Scope) -> None:
    runs = [a_run(number, precision="fp16", batch_size=None, cost_usd=1.25) for number in (3, 1, 2)]
    history.add_runs(scope, "file", runs)
    assert history.load(scope, "video-gen").digest == History.of("video-gen", runs).digest


def test_columns_keep_their_types(scope: Scope) -> None:
    history.add_runs(scope, "file", [a_run(memory_used_gib=None, is_trial=True)])
    loaded, built = history.load(scope, "video-gen"), History.of("video-gen", [a_run()])
    names = [field.name for field in fields(built) if field.name not in {"workload", "unit"}]
    assert {name: getattr(loaded, name).dtype for name in names} == {name: getattr(built, name).dtype for name in names}
    assert np.isnan(loaded.memory_used_gib[0])
    assert loaded.is_trial[0]


def test_an_unknown_workload_has_an_empty_history(scope: Scope) -> None:
    loaded = history.load(scope, "nothing")
    assert (len(loaded), loaded.unit) == (0, "unit")
    assert loaded.digest == History.of("nothing", []).digest


def test_two_units_in_one_workload_are_an_error_that_names_both(scope: Scope) -> None:
    history.add_runs(scope, "file", [a_run(0), a_run(1, unit="frame")])
    with pytest.raises(MixedUnits, match="clip, frame"):
        history.load(scope, "video-gen")


def test_runs_of_one_start_are_ordered_by_id_on_every_database(scope: Scope) -> None:
    ids = ["b", "B", "a-1", "a_1", "ä", "Z", "10", "9"]
    runs = [a_run(run_id=run_id) for run_id in ids]
    history.add_runs(scope, "file", runs)
    assert history.load(scope, "video-gen").run_id.tolist() == sorted(ids)


moments = st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis
numbers = st.floats(0, 1e12)
maybe = st.none() | numbers
texts = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=20)
runs = st.builds(
    Run,
    workload=st.just("video-gen"),
    run_id=texts,
    started_at=moments,
    ended_at=moments,
    units=numbers,
    accelerator=texts,
    accelerator_count=st.integers(1, 2**31 - 1),
    unit=st.just("clip"),
    node_count=st.integers(1, 1000),
    provider=st.none() | texts,
    region=st.none() | texts,
    instance_type=st.none() | texts,
    pricing_category=st.none() | st.sampled_from(PRICING_CATEGORIES),
    precision=st.none() | st.sampled_from(PRECISIONS),
    batch_size=maybe,
    tensor_active=maybe,
    sm_active=maybe,
    dram_active=maybe,
    memory_used_gib=maybe,
    status=st.sampled_from(STATUSES),
    stage=st.none() | st.sampled_from(STAGES),
    cost_usd=maybe,
    is_trial=st.booleans(),
)


_teams = itertools.count()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(runs, min_size=1, max_size=8, unique_by=lambda run: run.run_id))
def test_what_goes_in_comes_out_to_the_last_bit(store: Store, given_runs: list[Run]) -> None:
    with store.write(f"T{next(_teams)}") as scope:
        history.add_runs(scope, "file", given_runs)
        loaded = history.load(scope, "video-gen")
    assert loaded.digest == History.of("video-gen", given_runs).digest


def test_a_summary_counts_the_runs_and_knows_first_and_last(scope: Scope) -> None:
    history.add_runs(scope, "file", [a_run(5), a_run(2)])
    history.add_runs(scope, "file", [a_run(9), a_run(1), a_run(5)])
    assert history.summaries(scope) == [Summary("video-gen", "clip", 4, NOW + HOUR, NOW + 9 * HOUR)]


def test_later_imports_of_older_runs_leave_the_last_run_alone(scope: Scope) -> None:
    history.add_runs(scope, "file", [a_run(5)])
    history.add_runs(scope, "file", [a_run(1)])
    (found,) = history.summaries(scope)
    assert (found.first_run_at, found.last_run_at) == (NOW + HOUR, NOW + 5 * HOUR)


def test_summaries_come_in_pages(scope: Scope) -> None:
    history.add_runs(scope, "file", [a_run(number, workload=f"w{number}") for number in range(7)])
    assert [found.workload for found in history.summaries(scope, offset=2, limit=3)] == ["w2", "w3", "w4"]
    assert len(history.summaries(scope, offset=5)) == 2


def test_the_count_of_runs_covers_every_workload(scope: Scope) -> None:
    assert history.count_runs(scope) == 0
    history.add_runs(scope, "file", [a_run(number, workload=f"w{number % 3}") for number in range(7)])
    assert history.count_runs(scope) == 7


def test_names_are_sorted(scope: Scope) -> None:
    history.add_runs(scope, "file", [a_run(workload=name, run_id=name) for name in ("b", "C", "a")])
    assert history.names(scope) == ["C", "a", "b"]


@pytest.mark.parametrize("asked", ["video-gne", "vido gen", "VIDEO-GEN", "video"])
def test_the_nearest_name_is_what_was_probably_meant(scope: Scope, asked: str) -> None:
    names = ["video-gen", "image-gen", "llm-train", "nightly-etl"]
    history.add_runs(scope, "file", [a_run(workload=name, run_id=name) for name in names])
    assert history.nearest(scope, asked)[0] == "video-gen"


def test_nothing_is_near_to_nonsense(scope: Scope) -> None:
    history.add_runs(scope, "file", [a_run()])
    assert history.nearest(scope, "@@@@") == []


def test_at_most_five_names_are_near(scope: Scope) -> None:
    history.add_runs(scope, "file", [a_run(number, workload=f"video-{number}") for number in range(9)])
    assert len(history.nearest(scope, "video")) == 5


def test_names_that_differ_in_case_alone_are_both_near(scope: Scope) -> None:
    history.add_runs(scope, "file", [a_run(workload=name, run_id=name) for name in ("Video", "video")])
    assert sorted(history.nearest(scope, "video")) == ["Video", "video"]


AWKWARD = ["'; DROP TABLE run; --", "a%b_c", "🚀 run", "ملف", "x" * 120, "back\\slash", '"quoted"', "new\nline"]


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_names_are_names(scope: Scope, name: str) -> None:
    history.add_runs(scope, "file", [a_run(workload=name)])
    assert history.names(scope) == [name]
    assert len(history.load(scope, name)) == 1


def test_an_interrupted_import_can_be_repeated(store: Store) -> None:
    def broken() -> Iterator[Run]:
        yield from (a_run(number) for number in range(1500))
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError), store.write("T1") as scope:
        history.add_runs(scope, "file", broken())
    with store.write("T1") as scope:
        assert history.add_runs(scope, "file", [a_run(number) for number in range(1500)]) == Added(1500, 0)


def test_times_of_any_zone_are_the_same_moment(scope: Scope) -> None:
    in_tokyo: Any = a_run().started_at.astimezone(tz=datetime.fromisoformat("2026-01-01T00:00:00+09:00").tzinfo)
    history.add_runs(scope, "file", [replace(a_run(), started_at=in_tokyo, ended_at=in_tokyo + timedelta(hours=1))])
    assert history.load(scope, "video-gen").started.tolist() == [NOW.timestamp()]
