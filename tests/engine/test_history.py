"""A history orders its runs, refuses to mix units, and has a digest of its own."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import MixedUnits
from engine.history import History
from tests.engine.measured_worlds import run

RUNS = [run("A10G", 1 + hour % 3, 10.0 + hour, hour, unit="clip") for hour in range(6)]


@given(st.permutations(RUNS))
def test_runs_are_ordered_by_start_however_they_came(runs: list[object]) -> None:
    history = History.of("video-gen", runs)  # type: ignore[arg-type]
    assert (np.diff(history.started) > 0).all()
    assert history.digest == History.of("video-gen", RUNS).digest


def test_two_units_in_one_workload_are_refused_by_name() -> None:
    with pytest.raises(MixedUnits, match="clip, frame") as refused:
        History.of("video-gen", [RUNS[0], replace(RUNS[1], unit="frame")])
    assert refused.value.units == ("clip", "frame")


def test_an_empty_history_has_a_unit_and_a_digest() -> None:
    empty = History.of("new", [])
    assert (len(empty), empty.unit, len(empty.digest)) == (0, "unit", 12)


@pytest.mark.parametrize("change", [{"units": 11.0}, {"status": "failed"}, {"batch_size": 8.0}, {"is_trial": True}])
def test_any_change_of_a_run_changes_the_digest(change: dict[str, object]) -> None:
    changed = [replace(RUNS[0], **change), *RUNS[1:]]  # type: ignore[arg-type]
    assert History.of("video-gen", changed).digest != History.of("video-gen", RUNS).digest


def test_hours_and_success_are_per_run() -> None:
    history = History.of("video-gen", [RUNS[0], replace(RUNS[1], status="preempted")])
    assert history.hours.tolist() == [1.0, 1.0]
    assert history.is_success.tolist() == [True, False]


def test_what_a_source_does_not_state_stays_unknown() -> None:
    history = History.of("video-gen", RUNS[:1])
    assert np.isnan(history.batch_size).all()
    assert history.precision.tolist() == [None]
