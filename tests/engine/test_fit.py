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
from engine.fit import (
    contribution,
    fit,
    learn,
    lessons_of,
    noise_of,
    own_covariance,
    own_slopes_and_effects,
    prior_covariance,
    shared_posterior,
)
from engine.model import Lesson, Model, Sums
from engine.observations import Observations
from engine.scales import PHYSICS
from tests.engine.measured_worlds import PARTS, run, seen

FREE = replace(PHYSICS, counted=1e9, independent=1e9, undivided=0.0, host_bound=0.0)
COUNT = FEATURES.index("count")
COLUMNS = [field.name for field in fields(Observations) if field.name not in {"workload", "unit"}]


def scaling(workload: str, exponent: float, base: float = 100.0, wobble: float = 0.0) -> Observations:
    """A workload that gains by count to the power `exponent`, alternately above and below by `wobble`."""
    signs = {1: 1.0, 2: -1.0, 4: 1.0, 8: -1.0}
    runs = [run("A100", count, base * count**exponent * np.exp(sign * wobble), count) for count, sign in signs.items()]
    return seen(*runs, workload=workload)


def taught(model: Model) -> Lesson:
    """What it teaches a workload of the same unit of which nothing is measured yet."""
    return model.lesson_for("usual", "unit", None)


def usual(observations: Observations) -> Lesson:
    """What it teaches of the usual regime."""
    return lessons_of(equations(observations, PARTS), PARTS, PHYSICS)[0]


def prior(model: Model) -> np.ndarray:
    return prior_covariance(model.scales, taught(model).accelerators, PARTS)


def noise(model: Model) -> float:
    return noise_of(taught(model).sums, model.scales, prior(model))


def posterior(model: Model, of_noise: float | None = None) -> tuple[np.ndarray, np.ndarray]:
    return shared_posterior(taught(model).sums, model.scales, prior(model), of_noise or noise(model))


def mean_slope(model: Model, name: str) -> float:
    return float(posterior(model)[0][FEATURES.index(name)])


def test_without_history_the_slopes_are_those_of_physics() -> None:
    model = fit([], PARTS)
    mean, covariance = posterior(model)
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
    own = usual(scaling("own", 0.9, base=110.0))
    level = own.step * 0.5
    likenesses = [
        usual(each).likeness(unit, level, PHYSICS) for each, unit in ((near, "unit"), (far, "unit"), (near, "token"))
    ]
    assert likenesses[0] > 0.5
    assert likenesses[1:] == pytest.approx([PHYSICS.stranger] * 2, abs=1e-6)


def test_where_nothing_is_measured_every_level_of_the_unit_counts() -> None:
    lesson = fit([scaling("w", 0.2)], PARTS).lessons[0]
    assert lesson.likeness("unit", None, PHYSICS) == 1.0
    assert lesson.likeness("token", None, PHYSICS) == PHYSICS.stranger


@given(st.permutations(list(range(4))))
def test_the_order_of_workloads_does_not_matter(order: list[int]) -> None:
    every = [scaling(f"w{i}", 0.4 + 0.2 * i) for i in range(4)]
    assert fit([every[i] for i in order], PARTS).as_document() == fit(every, PARTS).as_document()


def mixed(workload: str, exponent: float, base: float, parts: tuple[str, ...], unit: str = "unit") -> Observations:
    """A workload on some of the parts, one after another; on one part alone it says nothing about parts."""
    runs = [run(part, 1 + i, base * (1 + i) ** exponent, i, unit=unit) for i, part in enumerate((parts[0], *parts))]
    return seen(*runs, workload=workload)


workloads = st.builds(
    mixed,
    st.sampled_from("abcdef"),
    st.floats(0.0, 1.2),
    st.sampled_from([1.0, 1.3, 400.0]),
    st.sampled_from([("A100",), ("A100", "T4"), ("H100", "A100", "T4"), ("H100",)]),
    st.sampled_from(["unit", "token"]),
)


@given(st.lists(workloads, max_size=4, unique_by=lambda each: each.workload), st.lists(workloads, max_size=12))
def test_learning_step_by_step_equals_fitting_everything_to_the_last_bit(
    known: list[Observations], news: list[Observations]
) -> None:
    """Whether a workload is new, has only grown, has moved to another level or has left a part for good."""
    stand = {each.workload: each for each in known}
    model = fit(known, PARTS)
    for each in news:
        model = learn(model, [stand[each.workload]] if each.workload in stand else [], [each], PARTS)
        stand[each.workload] = each
    assert model.as_document() == fit(list(stand.values()), PARTS).as_document()
    assert learn(fit(known, PARTS), known, list(stand.values()), PARTS).version == model.version


@given(st.lists(workloads, min_size=1, max_size=6, unique_by=lambda each: each.workload))
def test_what_is_taken_out_again_leaves_nothing(every: list[Observations]) -> None:
    assert learn(fit(every, PARTS), every, [], PARTS).as_document() == fit([], PARTS).as_document()


def test_what_was_never_taught_is_not_taken_out() -> None:
    rest, before, after = (scaling(name, 0.5 + 0.1 * i) for i, name in enumerate(("rest", "own", "own")))
    assert learn(fit([rest], PARTS), [before], [after], PARTS).version == fit([rest, after], PARTS).version


@given(workloads)
def test_over_all_regimes_a_workload_counts_as_one(each: Observations) -> None:
    lessons = lessons_of(equations(each, PARTS), PARTS, PHYSICS)
    assert sum(lesson.sums.workloads for lesson in lessons) == pytest.approx(
        1.0, abs=2e-3
    )  # the negligible is left out


@given(workloads)
def test_what_workloads_tell_of_regimes_is_less_than_one_each_and_nothing_without_a_difference(
    each: Observations,
) -> None:
    told = [float(lesson.sums.told) for lesson in lessons_of(equations(each, PARTS), PARTS, PHYSICS)]
    assert min(told) > -1e-4
    assert sum(told) <= 1.0 + 1e-4
    single = replace(each, **{name: getattr(each, name)[:1] for name in COLUMNS})
    assert all(not lesson.sums.told for lesson in lessons_of(equations(single, PARTS), PARTS, PHYSICS))


def test_each_regime_learns_most_from_what_is_likely_of_it() -> None:
    stream = [seen(run("A100", 1, 4e5, unit="token"), run("A100", 8, 4e5 * gain, 1, unit="token")) for gain in (1, 5)]
    (_, idle), (busy, *_) = (lessons_of(equations(each, PARTS), PARTS, PHYSICS) for each in stream)
    assert (idle.regime, busy.regime) == ("undivided", "usual")
    assert min(idle.sums.workloads, busy.sums.workloads) > 0.5


def test_a_model_names_the_spec_sheets_that_it_was_fitted_by() -> None:
    faster = type(PARTS)([replace(sheet, memory_bandwidth_gb_per_s=9e3) for sheet in PARTS.values()])
    assert fit([], PARTS).sheets == PARTS.version != faster.version == fit([], faster).sheets


def test_sums_stand_on_a_grid_that_no_prediction_feels() -> None:
    known = equations(mixed("w", 0.6, 7.0, ("H100", "A100", "T4")), PARTS)
    exact = contribution(known, np.unique(known.accelerator).tolist(), PHYSICS)
    for field in fields(Sums):
        assert np.abs(getattr(exact.on_grid, field.name) - getattr(exact, field.name)).max() < 1e-5
    assert exact.on_grid.plus(exact.on_grid, -1.0).squares == 0.0
    assert exact.on_grid.plus(exact.on_grid.on_grid, -1.0).gathered.any() == np.False_


def alike(one: int, other: int) -> float:
    """What two effects of parts share."""
    ours, theirs = (PARTS[list(PARTS)[part]] for part in (one, other))
    is_akin, is_same = ours.architecture == theirs.architecture, ours is theirs
    return FREE.architecture**2 * is_akin + FREE.accelerator**2 * is_same


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
    prior = np.diag(np.square([*FREE.organisation, *(0.0 for _ in parts)]))
    prior[-len(parts) :, -len(parts) :] = [[alike(one, other) for other in parts] for one in parts]
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
    mean, covariance = posterior(together, of_noise=1.0)
    slow_mean, slow_covariance = slow_posterior(every)
    np.testing.assert_allclose(mean, slow_mean, atol=1e-4)  # a level of variance 1e5 here, a free one there
    np.testing.assert_allclose(covariance, slow_covariance, atol=1e-4)


def test_parts_of_one_architecture_stray_together_and_a_withdrawn_one_by_itself() -> None:
    names = ("A100", "A10G", "T4", "no longer sold")
    for effects, together, apart in (
        (prior_covariance(FREE, names, PARTS), FREE.architecture, FREE.accelerator),
        (own_slopes_and_effects(FREE, names, PARTS), FREE.workload_architecture, FREE.workload_accelerator),
    ):
        expected = (together**2 + apart**2) * np.eye(4)
        expected[0, 1] = expected[1, 0] = together**2
        np.testing.assert_allclose(effects[-4:, -4:], expected)
        assert not effects[:-4, -4:].any()


def test_parts_whose_sheets_name_no_architecture_share_nothing() -> None:
    unnamed = type(PARTS)([replace(sheet, architecture="") for sheet in PARTS.values()])
    effects = prior_covariance(FREE, tuple(unnamed), unnamed)[-len(PARTS) :, -len(PARTS) :]
    np.testing.assert_allclose(effects, (FREE.architecture**2 + FREE.accelerator**2) * np.eye(len(PARTS)))


def test_a_model_survives_json_and_its_version_is_its_content() -> None:
    model = fit([scaling("w", 0.9)], PARTS)
    again = Model.from_document(json.loads(json.dumps(model.as_document())))
    assert again.as_document() == model.as_document()
    assert again.version == model.version
    assert {each.regime for each in model.lessons} == {"usual", "host_bound"}
    assert fit([scaling("w", 0.8)], PARTS).version != model.version


def test_any_constant_changes_the_version() -> None:
    versions = {fit([], PARTS, replace(PHYSICS, run=0.03 + i / 100)).version for i in range(3)}
    assert len(versions) == 3


def test_the_digest_of_observations_is_their_content() -> None:
    assert digest(scaling("w", 0.9)) == digest(scaling("w", 0.9))
    assert digest(scaling("w", 0.9)) != digest(scaling("w", 0.91))
