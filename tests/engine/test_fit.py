"""What workloads teach adds up, in any order, and can be taken back."""

import json
from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.equations import digest, equations
from engine.features import FEATURES
from engine.fit import contribution, fit, own_covariance, shared_posterior
from engine.model import Model, Sums
from engine.observations import Observations
from engine.scales import PHYSICS
from tests.engine.measured_worlds import PARTS, run, seen

FREE = replace(PHYSICS, counted=1e9, independent=1e9)
COUNT = FEATURES.index("count")


def scaling(workload: str, exponent: float, base: float = 100.0, wobble: float = 0.0) -> Observations:
    """A workload that gains by count to the power `exponent`, alternately above and below by `wobble`."""
    signs = {1: 1.0, 2: -1.0, 4: 1.0, 8: -1.0}
    runs = [run("A100", count, base * count**exponent * np.exp(sign * wobble), count) for count, sign in signs.items()]
    return seen(*runs, workload=workload)


def mean_slope(model: Model, name: str) -> float:
    mean, _ = shared_posterior(model.sums, model.scales, model.noise)
    return float(mean[FEATURES.index(name)])


def test_without_history_the_slopes_are_those_of_physics() -> None:
    model = fit([], PARTS)
    mean, covariance = shared_posterior(model.sums, model.scales, model.noise)
    assert mean == pytest.approx(PHYSICS.slopes)
    assert np.diag(covariance) == pytest.approx(np.array(PHYSICS.organisation) ** 2)
    assert model.accelerators == ()


def test_an_organisation_whose_work_does_not_scale_is_believed() -> None:
    flat = fit([scaling(f"w{i}", 0.2) for i in range(6)], PARTS)
    steep = fit([scaling(f"w{i}", 1.0) for i in range(6)], PARTS)
    assert mean_slope(flat, "count") < 0.6 < mean_slope(steep, "count")


def test_more_workloads_move_the_slopes_further_up_to_their_limit() -> None:
    slopes = [mean_slope(fit([scaling(f"w{i}", 0.2) for i in range(n)], PARTS), "count") for n in (0, 1, 8, 40)]
    assert slopes == sorted(slopes, reverse=True)
    limited = mean_slope(fit([scaling(f"w{i}", 0.2) for i in range(8)], PARTS), "count")
    assert slopes[-1] == pytest.approx(limited)  # variants of one model are a handful of workloads at most


def test_one_run_of_each_workload_teaches_nothing_shared() -> None:
    model = fit([seen(run("A100", 1, 10.0 * (1 + i)), workload=f"w{i}") for i in range(9)], PARTS)
    assert mean_slope(model, "compute") == pytest.approx(PHYSICS.slopes[0])
    assert model.noise == pytest.approx(1.0)


def test_the_unit_of_work_does_not_matter() -> None:
    clips, frames = (fit([scaling(f"w{i}", 0.6, base) for i in range(3)], PARTS) for base in (1.0, 24_000.0))
    assert mean_slope(clips, "count") == pytest.approx(mean_slope(frames, "count"), abs=1e-9)
    assert clips.noise == pytest.approx(frames.noise)


def test_an_erratic_organisation_has_more_noise_than_a_regular_one() -> None:
    regular, erratic = (
        fit([scaling(f"w{i}", 0.95, wobble=wobble) for i in range(5)], PARTS).noise for wobble in (0.01, 0.5)
    )
    assert regular < 1.0 < erratic


def test_the_less_is_known_of_the_noise_the_wider_the_intervals() -> None:
    widenings = [fit([scaling(f"w{i}", 0.9) for i in range(n)], PARTS).widening for n in (0, 1, 4)]
    assert widenings == sorted(widenings, reverse=True)
    assert widenings[0] == pytest.approx(np.exp(0.8 * PHYSICS.noise**2), rel=0.01)


def test_failures_and_withdrawn_parts_teach_nothing() -> None:
    failed = seen(run("A100", 1, 0, status="oom"))
    assert fit([failed], PARTS).sums.workloads == 0
    elsewhere = scaling("w", 0.2)
    without = type(PARTS)([sheet for name, sheet in PARTS.items() if name != "A100"])
    assert fit([elsewhere], without).accelerators == ()


@given(st.permutations(list(range(4))))
def test_the_order_of_workloads_does_not_matter(order: list[int]) -> None:
    every = [scaling(f"w{i}", 0.4 + 0.2 * i) for i in range(4)]
    one, other = fit(every, PARTS), fit([every[i] for i in order], PARTS)
    np.testing.assert_allclose(one.sums.gathered, other.sums.gathered, rtol=1e-12)
    assert one.taught_by == other.taught_by


def test_what_was_added_can_be_taken_back() -> None:
    kept, gone = [scaling(f"w{i}", 0.9) for i in range(3)], scaling("gone", 0.1)
    both, one = fit([*kept, gone], PARTS), fit(kept, PARTS)
    parts = [list(PARTS).index(name) for name in both.accelerators]
    taken = both.sums.plus(contribution(equations(gone, PARTS), parts, both.scales), -1.0)
    for field in fields(Sums):
        np.testing.assert_allclose(getattr(taken, field.name), getattr(one.sums, field.name), atol=1e-8)


def slow_posterior(known: Sequence[Observations]) -> tuple[np.ndarray, np.ndarray]:
    """Slopes and effects by one dense Gaussian over every measurement of every workload at once."""
    each = [equations(one, PARTS) for one in known]
    parts = sorted({int(part) for one in each for part in one.accelerator})
    design = np.vstack(
        [np.hstack([one.phi, (one.accelerator[:, None] == np.array(parts)).astype(float)]) for one in each]
    )
    noise = np.zeros((len(design), len(design)))
    row = 0
    for one in each:
        noise[row : row + len(one), row : row + len(one)] = own_covariance(one, FREE) + 1e5
        row += len(one)
    prior = np.diag(np.concatenate([FREE.organisation, np.full(len(parts), FREE.accelerator)]) ** 2)
    expected = np.concatenate([FREE.slopes, np.zeros(len(parts))])
    values = np.concatenate([one.log_units_per_hour for one in each])
    gain = prior @ design.T @ np.linalg.inv(design @ prior @ design.T + noise)
    return expected + gain @ (values - design @ expected), prior - gain @ design @ prior


@given(st.lists(st.floats(0.0, 1.2), min_size=1, max_size=4))
def test_sums_agree_with_one_dense_gaussian_over_everything(exponents: list[float]) -> None:
    every = [
        seen(
            run("A100", 1, 1.0),
            run("A100", 4, 4.0**exponent, 1),
            run("T4", 1, 0.2, 2),
            run("H100", 2, 3.0**exponent, 3),
            workload=f"w{i}",
        )
        for i, exponent in enumerate(exponents)
    ]
    mean, covariance = shared_posterior(fit(every, PARTS, FREE).sums, FREE, noise=1.0)
    slow_mean, slow_covariance = slow_posterior(every)
    np.testing.assert_allclose(mean, slow_mean, atol=1e-4)  # a level of variance 1e5 here, a free one there
    np.testing.assert_allclose(covariance, slow_covariance, atol=1e-4)


def test_a_model_survives_json_and_its_version_is_its_content() -> None:
    model = fit([scaling("w", 0.9)], PARTS)
    again = Model.from_document(json.loads(json.dumps(model.as_document())))
    assert again.as_document() == model.as_document()
    assert again.version == model.version
    assert fit([scaling("w", 0.8)], PARTS).version != model.version


def test_any_constant_changes_the_version() -> None:
    versions = {fit([], PARTS, replace(PHYSICS, run=0.03 + i / 100)).version for i in range(3)}
    assert len(versions) == 3


def test_the_digest_of_observations_is_their_content() -> None:
    assert digest(scaling("w", 0.9)) == digest(scaling("w", 0.9))
    assert digest(scaling("w", 0.9)) != digest(scaling("w", 0.91))
