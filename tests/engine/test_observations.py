"""A history condenses to one row a configuration, and nothing of it is invented."""

import json
import math
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.history import History
from engine.observations import Observations, observe
from engine.units import PRECISIONS
from tests.engine.measured_worlds import PARTS, run, seen

speeds = st.floats(1e-3, 1e6)


def assert_equal(one: Observations, other: Observations) -> None:
    for field in fields(Observations):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name), err_msg=field.name)


def test_each_configuration_is_one_row_in_the_order_first_seen() -> None:
    found = seen(run("A10G", 1, 10, 0), run("H100", 2, 50, 1), run("A10G", 1, 12, 2), run("A10G", 2, 20, 3))
    assert list(zip(found.accelerator, found.accelerator_count, strict=True)) == [("A10G", 1), ("H100", 2), ("A10G", 2)]
    assert found.n_succeeded.tolist() == [2, 1, 1]


def test_precision_batch_and_nodes_tell_configurations_apart() -> None:
    same = run("A10G", 1, 10)
    changes: list[dict[str, Any]] = [
        {"precision": "fp16"},
        {"batch_size": 8.0},
        {"batch_size": 16.0},
        {"node_count": 2},
    ]
    others = [run("A10G", 1, 10, 1 + i, **change) for i, change in enumerate(
        changes
    )]  # fmt: skip
    found = seen(same, *others)
    assert len(found) == 5
    assert found.precision.tolist() == [-1, PRECISIONS.index("fp16"), -1, -1, -1]


def test_the_speed_of_a_configuration_is_the_median_of_its_logarithms() -> None:
    found = seen(run("A10G", 1, 10, 0), run("A10G", 1, 20, 1), run("A10G", 1, 4000, 2))
    assert found.log_units_per_hour[0] == pytest.approx(math.log(20))


def test_speed_is_work_over_wall_clock_hours() -> None:
    found = seen(run("A10G", 1, 10, ended_at=run("A10G", 1, 1, 3).ended_at))
    assert found.log_units_per_hour[0] == pytest.approx(math.log(10 / 4))


def test_failed_runs_count_as_nothing_but_memory() -> None:
    found = seen(run("T4", 1, 0, 0, status="oom", memory_used_gib=15.9), run("T4", 1, 0, 1, status="failed"))
    assert not found.is_measured.any()
    assert found.n_out_of_memory.tolist() == [1]
    assert found.memory_used_gib.tolist() == [15.9]
    assert math.isnan(found.log_units_per_hour[0])
    assert found.current is None


def test_today_is_the_most_recent_success_whatever_failed_since() -> None:
    found = seen(
        run("A10G", 1, 10, 0), run("A10G", 2, 19, 1), run("A10G", 1, 10, 2), run("H100", 1, 0, 3, status="failed")
    )
    assert found.current == 0


def test_an_alias_is_the_part_it_names_and_an_unknown_part_is_left_out() -> None:
    found = seen(run("NVIDIA A10G", 1, 10, 0), run("A10G", 1, 10, 1), run("Abacus", 1, 10, 2))
    assert found.accelerator.tolist() == ["A10G"]
    assert found.n_succeeded.tolist() == [2]


def test_an_empty_history_is_no_rows() -> None:
    found = observe(History.of("new", []), PARTS)
    assert len(found) == 0
    assert found.current is None


def test_telemetry_is_averaged_over_successes_that_have_it() -> None:
    found = seen(
        run("A10G", 1, 10, 0, tensor_active=0.2), run("A10G", 1, 10, 1, tensor_active=0.4), run("A10G", 1, 10, 2),
        run("A10G", 1, 0, 3, tensor_active=0.9, status="failed"),
    )  # fmt: skip
    assert found.tensor_active[0] == pytest.approx(0.3)
    assert math.isnan(found.dram_active[0])


@given(st.lists(st.tuples(st.sampled_from(["T4", "A10G", "H100"]), st.integers(1, 8), speeds), max_size=12))
def test_a_document_survives_json_to_the_last_bit(rows: list[tuple[str, int, float]]) -> None:
    found = seen(*(run(part, count, speed, hour) for hour, (part, count, speed) in enumerate(rows)))
    assert_equal(Observations.from_document(json.loads(json.dumps(found.as_document()))), found)


@given(st.permutations(list(range(5))))
def test_the_order_in_which_rows_were_imported_does_not_matter(order: list[int]) -> None:
    runs = [run("A10G", 1 + hour % 2, 10.0 + hour, hour) for hour in range(5)]
    assert_equal(seen(*(runs[i] for i in order)), seen(*runs))


def test_a_part_whose_sheet_was_withdrawn_has_no_index() -> None:
    found = seen(run("A10G", 1, 10), run("H100", 1, 40, 1))
    fewer = type(PARTS)([PARTS["H100"]])
    assert found.shapes(fewer).accelerator.tolist() == [-1, 0]
