"""The columns that decide speed mean what the formulas say."""

import numpy as np
import pytest

from engine.features import FEATURES, Traits, features
from engine.scales import PHYSICS
from tests.engine.measured_worlds import A10G, PARTS, T4, shapes


def column(name: str, *asked: tuple[str, int], nodes: int = 1, **changes: object) -> list[float]:
    found = features(shapes(*asked, nodes=nodes, **changes), PARTS, Traits())
    return [float(value) for value in found[:, FEATURES.index(name)]]


def test_every_feature_has_a_slope_and_both_strayings() -> None:
    assert len(PHYSICS.slopes) == len(PHYSICS.organisation) == len(PHYSICS.workload) == len(FEATURES)
    assert min(*PHYSICS.organisation, *PHYSICS.workload) > 0


def test_compute_is_the_dense_rate_at_the_precision_used() -> None:
    assert column("compute", ("H100", 1), precision="fp8") == [pytest.approx(np.log(1979))]
    assert column("compute", ("H100", 1), precision="bf16") == [pytest.approx(np.log(990))]


def test_an_unknown_precision_counts_as_half() -> None:
    assert column("compute", ("A100", 1)) == column("compute", ("A100", 1), precision="fp16")


def test_fp32_runs_on_tf32_units_where_there_are_any() -> None:
    assert column("compute", ("A100", 1), ("T4", 1), precision="fp32") == [
        pytest.approx(np.log(156)),
        pytest.approx(np.log(8.1)),
    ]


def test_a_part_without_units_for_the_precision_uses_the_next_wider() -> None:
    assert column("compute", ("A100", 1), precision="fp8") == [pytest.approx(np.log(312))]


def test_nodes_multiply_the_count_and_are_told_apart_from_it() -> None:
    assert column("count", ("H100", 4), nodes=2) == column("count", ("H100", 8))
    assert column("nodes", ("H100", 4), nodes=2) == [pytest.approx(np.log(2))]
    assert column("nodes", ("H100", 8)) == [0.0]


def test_one_accelerator_has_no_ring_and_a_poor_link_only_hurts_with_more() -> None:
    assert column("ring", ("T4", 1), ("T4", 2), ("T4", 8)) == [0.0, 1.0, 1.75]
    assert column("poor_link", ("T4", 1), ("T4", 8), ("A100", 8), ("H100", 8)) == [
        0.0,
        pytest.approx(1.75 * np.log(600 / 32)),
        0.0,
        0.0,
    ]


def test_a_sheet_without_a_link_counts_as_pcie() -> None:
    bare = type(PARTS)([type(A10G)(**{name: getattr(A10G, name) for name in A10G.__slots__} | {"link_gb_per_s": None})])
    asked = shapes(("T4", 8))  # index 0
    found = features(asked, bare, Traits())[0, FEATURES.index("poor_link")]
    assert found == pytest.approx(1.75 * np.log(600 / 64))


def test_the_batch_counts_per_accelerator_and_is_nothing_when_unknown() -> None:
    assert column("batch", ("H100", 4), nodes=2, batch_size=64.0) == [pytest.approx(np.log(8))]
    assert column("batch", ("H100", 4)) == [0.0]


DECODING, BUSY = FEATURES.index("decoding_count"), FEATURES.index("busy_compute")


def test_decoding_scales_its_two_columns_and_no_other() -> None:
    none, half = (features(shapes(("H100", 4)), PARTS, Traits(share))[0] for share in (0.0, 0.5))
    assert none[DECODING : DECODING + 2].tolist() == [0.0, 0.0]
    assert half[DECODING : DECODING + 2] == pytest.approx([0.5 * np.log(4), 0.5 * np.log(3350 / 990)])
    np.testing.assert_array_equal(np.delete(none, [DECODING, DECODING + 1]), np.delete(half, [DECODING, DECODING + 1]))


def test_activity_scales_compute_and_bandwidth_about_what_is_typical() -> None:
    unknown, typical, busy = (
        features(shapes(("H100", 4)), PARTS, Traits(0.0, *active))[0, BUSY : BUSY + 2]
        for active in ((np.nan, np.nan), (0.25, 0.40), (0.75, np.nan))
    )
    assert unknown.tolist() == typical.tolist() == [0.0, 0.0]
    assert busy == pytest.approx([0.5 * np.log(990 / 100), 0.0])


def test_every_feature_is_finite_for_every_part() -> None:
    every = shapes(*((name, 8) for name in PARTS), nodes=4)
    assert np.isfinite(features(every, PARTS, Traits(1.0, 0.0, 1.0))).all()
    assert T4.tflops("fp8") == 65.0
