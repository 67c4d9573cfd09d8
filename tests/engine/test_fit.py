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
from engine.fit import fit, learn, lesson_of, noise_of, own_covariance, shared_posterior
from engine.model import Lesson, Model, Sums
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


def taught(model: Model) -> Lesson:
    """What it teaches a workload of the same unit of which nothing is measured yet."""
    return model.lesson_for("unit", None)


def noise(model: Model) -> float:
    return noise_of(taught(model).sums, model.scales)


def mean_slope(model: Model, name: str) -> float:
    mean, _ = shared_posterior(taught(model).sums, model.scales, noise(model))
    return float(mean[FEATURES.index(name)])


def test_without_history_the_slopes_are_those_of_physics() -> None:
    model = fit([], PARTS)
    mean, covariance = shared_posterior(taught(model).sums, model.scales, noise(model))
    assert mean == pytest.approx(PHYSICS.slopes)
    assert np.diag(covariance) == pytest.approx(np.array(PHYSICS.organisation) ** 2)
    assert model.lessons == ()


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
    assert noise(model) == pytest.approx(1.0)
    assert model.lessons == ()


def test_the_unit_of_work_does_not_matter() -> None:
    clips, frames = (fit([scaling(f"w{i}", 0.6, base) for i in range(3)], PARTS) for base in (1.0, 24_000.0))
    assert mean_slope(clips, "count") == pytest.approx(mean_slope(frames, "count"), abs=1e-9)
    assert noise(clips) == pytest.approx(noise(frames))


def test_an_erratic_organisation_has_more_noise_than_a_regular_one() -> None:
    regular, erratic = (
        noise(fit([scaling(f"w{i}", 0.95, wobble=wobble) for i in range(5)], PARTS)) for wobble in (0.01, 0.5)
    )
    assert regular < 1.0 < erratic


def test_failures_and_withdrawn_parts_teach_nothing() -> None:
    failed = seen(run("A100", 1, 0, status="oom"))
    assert fit([failed], PARTS).lessons == ()
    elsewhere = scaling("w", 0.2)
    without = type(PARTS)([sheet for name, sheet in PARTS.items() if name != "A100"])
    assert fit([elsewhere], without).lessons == ()


def test_workloads_of_another_unit_or_level_teach_next_to_nothing() -> None:
    near, far = scaling("near", 0.2, base=100.0), scaling("far", 0.2, base=100.0 * np.exp(8.0))
    own = lesson_of(equations(scaling("own", 0.9, base=110.0), PARTS), PARTS, PHYSICS)
    level = own.step * 0.5
    likenesses = [
        lesson_of(equations(each, PARTS), PARTS, PHYSICS).likeness(unit, level, PHYSICS)
        for each, unit in ((near, "unit"), (far, "unit"), (near, "token"))
    ]
    assert likenesses[0] > 0.5
    assert likenesses[1:] == pytest.approx([PHYSICS.stranger] * 2, abs=1e-6)


def test_where_nothing_is_measured_every_level_of_the_unit_counts() -> None:
    lesson = fit([scaling("w", 0.2)], PARTS).lessons[0]
    assert lesson.likeness("unit", None, PHYSICS) == 1.0
    assert lesson.likeness("token", None, PHYSICS) == PHYSICS.stranger


def lessons_agree(one: Model, other: Model, within: float) -> None:
    assert [(each.key, each.accelerators) for each in one.lessons] == [
        (each.key, each.accelerators) for each in other.lessons
    ]
    assert one.taught_by == other.taught_by
    for ours, theirs in zip(one.lessons, other.lessons, strict=True):
        for field in fields(Sums):
            np.testing.assert_allclose(
                getattr(ours.sums, field.name), getattr(theirs.sums, field.name), rtol=within, atol=within
            )


@given(st.permutations(list(range(4))))
def test_the_order_of_workloads_does_not_matter(order: list[int]) -> None:
    every = [scaling(f"w{i}", 0.4 + 0.2 * i) for i in range(4)]
    lessons_agree(fit(every, PARTS), fit([every[i] for i in order], PARTS), 1e-12)


@given(st.lists(st.floats(0.0, 1.2), min_size=1, max_size=4), st.floats(0.0, 1.2), st.floats(-3.0, 3.0))
def test_learning_of_one_workload_equals_fitting_all_of_them(others: list[float], now: float, change: float) -> None:
    """Whether it is new, has only grown, or has moved to another level."""
    rest = [scaling(f"w{i}", exponent) for i, exponent in enumerate(others)]
    before, after = scaling("own", 0.5), scaling("own", now, base=100.0 * np.exp(change))
    whole = fit([*rest, after], PARTS)
    lessons_agree(learn(fit([*rest, before], PARTS), before, after, PARTS), whole, 1e-9)
    lessons_agree(learn(fit(rest, PARTS), None, after, PARTS), whole, 1e-9)
    lessons_agree(learn(fit(rest, PARTS), before, after, PARTS), whole, 1e-9)  # never learned: nothing to take out


def slow_posterior(known: Sequence[Observations]) -> tuple[np.ndarray, np.ndarray]:
    """Slopes and effects by one dense Gaussian over every measurement of every workload at once."""
    each = [equations(one, PARTS) for one in known]
    parts = sorted({int(part) for one in each for part in one.accelerator}, key=list(PARTS).__getitem__)
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
    together = fit(every, PARTS, replace(FREE, stranger=1.0))
    mean, covariance = shared_posterior(taught(together).sums, FREE, noise=1.0)
    slow_mean, slow_covariance = slow_posterior(every)
    np.testing.assert_allclose(mean, slow_mean, atol=1e-4)  # a level of variance 1e5 here, a free one there
    np.testing.assert_allclose(covariance, slow_covariance, atol=1e-4)


def test_a_model_survives_json_and_its_version_is_its_content() -> None:
    model = fit([scaling("w", 0.9)], PARTS)
    again = Model.from_document(json.loads(json.dumps(model.as_document())))
    assert again.as_document() == model.as_document()
    assert again.version == model.version
    assert len(model.lessons) == 1
    assert fit([scaling("w", 0.8)], PARTS).version != model.version


def test_any_constant_changes_the_version() -> None:
    versions = {fit([], PARTS, replace(PHYSICS, run=0.03 + i / 100)).version for i in range(3)}
    assert len(versions) == 3


def test_the_digest_of_observations_is_their_content() -> None:
    assert digest(scaling("w", 0.9)) == digest(scaling("w", 0.9))
    assert digest(scaling("w", 0.9)) != digest(scaling("w", 0.91))
