"""Predictions: what was measured comes back, what was not is scaled, and uncertainty says which is which."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.equations import as_today, equations, traits
from engine.features import features
from engine.fit import fit, noise_of, own_covariance, prior_covariance
from engine.model import Model
from engine.observations import Observations
from engine.predict import predict
from engine.prediction import Prediction
from engine.scales import PHYSICS
from engine.shapes import Shapes
from engine.units import EVIDENCES
from tests.engine.left_out import left_out_one_by_one
from tests.engine.measured_worlds import PARTS, run, seen, shapes

USUAL = replace(PHYSICS, undivided=0.0, host_bound=0.0)  # one regime: one Gaussian
EVERY = [(name, count) for name in PARTS for count in (1, 2, 4, 8)]


def units_per_hour(prediction: Prediction) -> np.ndarray:
    return np.exp(prediction.log_units_per_hour)


def spread(prediction: Prediction) -> np.ndarray:
    """Width of the 90 % interval, natural log."""
    width: np.ndarray = prediction.quantile(0.95) - prediction.quantile(0.05)
    return width


def variance(prediction: Prediction) -> np.ndarray:
    """Of the natural log, where one regime is all there is."""
    [only] = prediction.components
    return only.log_sd**2


def alone(observations: Observations, asked: Shapes) -> Prediction:
    """For a new customer: nothing but this workload."""
    return predict(fit([observations], PARTS), observations, asked, PARTS)


def evidence(prediction: Prediction) -> list[str]:
    return [EVIDENCES[place] for place in prediction.evidence]


def test_a_measured_configuration_comes_back_as_measured() -> None:
    known = seen(run("A10G", 1, 100.0), run("A100", 1, 140.0, 1), run("H100", 2, 1000.0, 2))
    found = alone(known, shapes(("A10G", 1), ("A100", 1), ("H100", 2)))
    assert units_per_hour(found) == pytest.approx([100.0, 140.0, 1000.0], rel=0.05)
    assert (spread(found) < 0.2).all()


def test_more_runs_of_one_configuration_leave_only_the_noise_of_one_run() -> None:
    few = alone(seen(run("A10G", 1, 100.0)), shapes(("A10G", 1)))
    many = alone(seen(*(run("A10G", 1, 100.0, hour) for hour in range(50))), shapes(("A10G", 1)))
    assert spread(many)[0] < spread(few)[0]
    assert spread(many)[0] == pytest.approx(2 * 1.507 * PHYSICS.run, rel=0.05)


def test_evidence_names_how_directly_each_was_seen() -> None:
    known = seen(run("A10G", 1, 100.0, precision="fp16"), run("H100", 1, 600.0, 1, precision="fp16"))
    asked = shapes(("A10G", 1), ("A10G", 2), precision="fp16")
    assert evidence(alone(known, asked)) == ["verified", "scaled"]
    assert evidence(alone(known, shapes(("H100", 1), precision="fp8"))) == ["measured"]
    assert evidence(alone(seen(), shapes(("A10G", 1)))) == ["spec_only"]


def test_what_is_left_open_is_as_the_workload_runs_today() -> None:
    known = seen(run("A10G", 1, 100.0, precision="bf16", batch_size=8.0))
    asked = shapes(("A10G", 1), ("A10G", 4))
    found = as_today(asked, known)
    assert evidence(alone(known, asked)) == ["verified", "scaled"]
    assert found.batch_size.tolist() == [8.0, 32.0]


def test_a_batch_that_history_never_states_cannot_be_compared() -> None:
    known = seen(run("A10G", 1, 100.0))
    assert np.isnan(as_today(shapes(("A10G", 1), batch_size=64.0), known).batch_size).all()


def test_faster_parts_and_more_of_them_are_expected_to_be_faster() -> None:
    found = units_per_hour(alone(seen(run("T4", 1, 10.0)), shapes(*EVERY))).reshape(4, 4)
    assert (np.diff(found, axis=1) > 0).all()
    assert found[3, 0] > found[2, 0] > found[1, 0] > found[0, 0]


def test_the_unit_of_work_moves_every_prediction_alike() -> None:
    clips, frames = (alone(seen(run("A10G", 1, speed)), shapes(*EVERY)) for speed in (2.0, 2.0 * 24))
    np.testing.assert_allclose(units_per_hour(frames), 24 * units_per_hour(clips), rtol=1e-9)


def test_uncertainty_grows_with_distance_from_what_was_measured() -> None:
    found = alone(seen(run("A100", 4, 10.0)), shapes(("A100", 4), ("A100", 2), ("A100", 1), ("T4", 1)))
    assert (np.diff(spread(found)) > 0).all()


@given(st.sampled_from(EVERY[1:]), st.floats(0.5, 500.0))
def test_another_measurement_never_makes_anything_less_certain_unless_it_is_odd(
    new: tuple[str, int], speed: float
) -> None:
    model = fit([], PARTS, replace(USUAL, freedom=1e9))  # nothing is odd
    one, other = run("T4", 1, 10.0), run(*new, speed, 1)
    before, after = (predict(model, seen(*runs), shapes(*EVERY), PARTS) for runs in ([one], [one, other]))
    assert (spread(after) <= spread(before) + 1e-9).all()


def test_an_organisation_teaches_a_workload_that_it_never_ran_there() -> None:
    slow = [seen(run("A100", 1, 100.0), run("H100", 1, 90.0, 1), workload=f"w{i}") for i in range(8)]
    known = seen(run("A100", 1, 70.0))
    asked = shapes(("H100", 1))
    stranger = alone(known, asked)
    colleague = predict(fit([*slow, known], PARTS), known, asked, PARTS)
    assert units_per_hour(colleague)[0] < units_per_hour(stranger)[0]
    assert spread(colleague)[0] < spread(stranger)[0]


def test_a_workload_is_not_evidence_for_itself() -> None:
    known = seen(run("A100", 1, 100.0), run("H100", 1, 90.0, 1), run("A100", 4, 390.0, 2))
    taught, untaught = fit([known], PARTS), fit([], PARTS)
    one, other = (predict(model, known, shapes(*EVERY), PARTS) for model in (taught, untaught))
    np.testing.assert_allclose(one.log_units_per_hour, other.log_units_per_hour, atol=1e-6)
    np.testing.assert_allclose(spread(one), spread(other), atol=1e-6)


def test_a_part_withdrawn_since_the_fit_is_no_obstacle() -> None:
    known = seen(run("A100", 1, 100.0), run("H100", 1, 200.0, 1), run("H100", 4, 700.0, 2))
    fewer = type(PARTS)([sheet for name, sheet in PARTS.items() if name != "A100"])
    asked = replace(shapes(("T4", 1)), accelerator=np.array([list(fewer).index("H100")]))
    found = predict(fit([known], PARTS), known, asked, fewer)
    assert units_per_hour(found) == pytest.approx([200.0], rel=0.05)


def test_a_workload_that_strays_further_than_expected_is_expected_to_stray_further() -> None:
    runs = [run("A100", 1, 100.0), run("A100", 2, 190.0, 1), run("A100", 4, 370.0, 2), run("T4", 1, 20.0, 3)]
    odd = [runs[0], run("A100", 2, 120.0, 1), run("A100", 4, 420.0, 2), run("T4", 1, 45.0, 3)]
    regular, erratic = (predict(fit([], PARTS), seen(*each), shapes(("H100", 4)), PARTS) for each in (runs, odd))
    assert spread(erratic)[0] > 1.1 * spread(regular)[0]


def test_what_was_measured_stays_certain_however_odd_the_rest() -> None:
    odd = seen(run("A100", 1, 100.0), run("A100", 2, 5.0, 1))
    found = alone(odd, shapes(("A100", 1), ("A100", 2)))
    assert (spread(found) < 0.2).all()


def test_one_bad_run_on_a_configuration_of_its_own_moves_the_others_little() -> None:
    good = [run("A100", n, 100.0 * n**0.95, n) for n in (1, 2, 4)]
    asked = shapes(("A100", 8), ("H100", 1), ("H100", 8))
    clean, spoilt = (alone(seen(*good, *more), asked) for more in ([], [run("H100", 4, 20.0, 9)]))
    believed = alone(seen(*good, run("H100", 4, 500.0, 9)), asked)
    assert np.abs(clean.log_units_per_hour - spoilt.log_units_per_hour).max() < 0.35
    assert spread(believed)[2] < 0.8 * spread(clean)[2]


def test_two_measurements_that_disagree_cannot_say_which_is_wrong() -> None:
    known = seen(run("A100", 1, 100.0), run("A100", 2, 10.0, 1))
    assert units_per_hour(alone(known, shapes(("A100", 1), ("A100", 2)))) == pytest.approx([100.0, 10.0], rel=0.2)


def test_workloads_like_this_one_teach_it_more_than_others_do() -> None:
    flat = [seen(run("A100", 1, 7.0), run("A100", 8, 14.0, 1), workload=f"flat{i}") for i in range(6)]
    steep = [seen(run("A100", 1, 7e4), run("A100", 8, 56e4, 1), workload=f"steep{i}") for i in range(6)]
    model = fit([*flat, *steep], PARTS)
    slow, fast = (predict(model, seen(run("A100", 1, speed)), shapes(("A100", 8)), PARTS) for speed in (8.0, 8e4))
    assert units_per_hour(slow)[0] < 8.0 * 4
    assert units_per_hour(fast)[0] > 8e4 * 6


def alike(ours: np.ndarray, theirs: np.ndarray, together: float, apart: float) -> np.ndarray:
    """What effects of parts share."""
    built = np.array([sheet.architecture for sheet in PARTS.values()])
    akin = built[ours][:, None] == built[theirs][None, :]
    covariance: np.ndarray = together**2 * akin + apart**2 * (ours[:, None] == theirs[None, :])
    return covariance


def told_by_others(
    model: Model, others: list[Observations], phi: np.ndarray, part: np.ndarray, noise: float
) -> tuple[np.ndarray, np.ndarray]:
    """What the organisation's other workloads say of these rows: one Gaussian over all that they measured."""
    scales, every = model.scales, [equations(one, PARTS) for one in others]

    def shared(phis: np.ndarray, parts: np.ndarray, others: np.ndarray, of_others: np.ndarray) -> np.ndarray:
        effects = alike(parts, of_others, scales.architecture, scales.accelerator)
        covariance: np.ndarray = (phis * np.array(scales.organisation) ** 2) @ others.T + effects
        return covariance

    expected, kernel = phi @ np.array(scales.slopes), shared(phi, part, phi, part)
    if not others:
        return expected, kernel
    phis, parts = np.vstack([one.phi for one in every]), np.concatenate([one.accelerator for one in every])
    theirs, row = shared(phis, parts, phis, parts), 0
    for one in every:
        inside = slice(row, row + len(one))
        theirs[inside, inside] += noise**2 * own_covariance(one, scales) + 1e5  # of a level that may be anything
        row += len(one)
    gain = shared(phi, part, phis, parts) @ np.linalg.inv(theirs)
    left = np.concatenate([one.log_units_per_hour for one in every]) - phis @ np.array(scales.slopes)
    return expected + gain @ left, kernel - gain @ shared(phis, parts, phi, part)


def slow_twin(
    model: Model, known: Observations, asked: Shapes, others: list[Observations]
) -> tuple[np.ndarray, np.ndarray]:
    """The same posterior from one dense kernel over everything measured and asked."""
    each, filled, scales = equations(known, PARTS), as_today(asked, known), model.scales
    phi = np.vstack([each.phi, features(filled, PARTS, traits(known))])
    part = np.concatenate([each.accelerator, filled.accelerator])
    count = np.concatenate([each.shapes.total, filled.total])
    same = (part[:, None] == part[None, :]) & (count[:, None] == count[None, :])
    lesson = model.lesson_for("usual", "unit", None)
    noise = noise_of(lesson.sums, scales, prior_covariance(scales, lesson.accelerators, PARTS))
    expected, kernel = told_by_others(model, others, phi, part, noise)
    kernel += scales.level**2 + (phi * (noise * np.array(scales.workload)) ** 2) @ phi.T
    kernel += noise**2 * alike(part, part, scales.workload_architecture, scales.workload_accelerator)
    kernel += (noise * scales.configuration) ** 2 * same
    n = len(each)
    level = (each.log_units_per_hour - expected[:n]).mean()
    left = each.log_units_per_hour - level - expected[:n]
    measured = kernel[:n, :n] + np.diag(scales.run**2 / each.n_runs)
    measured += np.diag(left_out_one_by_one(measured, left, scales.freedom))
    inverse = np.linalg.inv(measured)
    gain = kernel[n:, :n] @ inverse
    mean = level + expected[n:] + gain @ left
    stretch = (scales.freedom + left @ inverse @ left) / (scales.freedom + n - 1)
    covariance = kernel[n:, n:] - gain @ kernel[:n, n:]
    width = np.where(same[n:, :n].any(axis=1), 1.0, np.sqrt(stretch))
    covariance *= width[:, None] * width[None, :]
    return mean, covariance + scales.run**2 * np.eye(len(filled))


@given(st.dictionaries(st.sampled_from(EVERY), st.floats(0.5, 500.0), min_size=1, max_size=6))
def test_the_posterior_agrees_with_one_dense_kernel(measured: dict[tuple[str, int], float]) -> None:
    known = seen(*(run(*where, speed, hour) for hour, (where, speed) in enumerate(measured.items())))
    model, asked = fit([], PARTS, USUAL), shapes(*EVERY)
    found = predict(model, known, asked, PARTS)
    mean, covariance = slow_twin(model, known, asked, [])
    np.testing.assert_allclose(found.log_units_per_hour, mean, atol=1e-6)
    np.testing.assert_allclose(variance(found), np.diag(covariance), atol=1e-6)
    shared = found.components[0].covariance(np.arange(len(asked)))
    np.testing.assert_allclose(shared, covariance, atol=0.02)  # k loadings: the weakest directions count as own


@given(
    st.dictionaries(st.sampled_from(EVERY), st.floats(0.5, 500.0), min_size=1, max_size=4),
    st.sampled_from([("H100",), ("A100", "T4"), ("A10G", "H100", "T4")]),
    st.floats(0.2, 5.0),
)
def test_an_organisation_s_other_parts_agree_with_one_dense_kernel(
    measured: dict[tuple[str, int], float], elsewhere: tuple[str, ...], gain: float
) -> None:
    """Also on parts that nobody ran, of which those of the same architecture tell."""
    known = seen(*(run(*where, speed, hour) for hour, (where, speed) in enumerate(measured.items())))
    others = [
        seen(run("A100", 1, 9.0), *(run(part, 2, 9.0 * gain, 1 + hour) for hour, part in enumerate(elsewhere))),
        seen(run("T4", 1, 2.0), run("T4", 4, 2.0 * gain, 1)),
    ]
    others = [replace(each, workload=f"w{place}") for place, each in enumerate(others)]
    together = replace(USUAL, stranger=1.0, counted=1e9, independent=1e9)
    model, asked = fit(others, PARTS, together), shapes(*EVERY)
    found = predict(model, known, asked, PARTS)
    mean, covariance = slow_twin(model, known, asked, others)
    np.testing.assert_allclose(found.log_units_per_hour, mean, atol=2e-3)  # sums stand on a grid
    np.testing.assert_allclose(variance(found), np.diag(covariance), atol=2e-3)


def test_what_one_part_of_an_architecture_lacks_the_others_are_expected_to_lack_too() -> None:
    slow = [seen(run("T4", 1, 100.0), run("A100", 1, 150.0, 1), workload=f"w{i}") for i in range(4)]
    known, asked = seen(run("T4", 1, 70.0)), shapes(("A10G", 1))
    apart = type(PARTS)([replace(sheet, architecture="") for sheet in PARTS.values()])
    akin, strange = (predict(fit(slow, parts), known, asked, parts) for parts in (PARTS, apart))
    assert units_per_hour(akin)[0] < units_per_hour(strange)[0]
    assert spread(akin)[0] < spread(strange)[0]


@given(st.permutations(list(range(len(EVERY)))))
def test_the_order_of_the_question_does_not_matter(order: list[int]) -> None:
    known = seen(run("A10G", 1, 100.0), run("A10G", 4, 300.0, 1))
    one, other = alone(known, shapes(*EVERY)), alone(known, shapes(*(EVERY[i] for i in order)))
    np.testing.assert_allclose(other.log_units_per_hour, one.log_units_per_hour[order], atol=1e-9)
    np.testing.assert_allclose(spread(other), spread(one)[order], atol=1e-9)


def test_own_covariance_is_positive_definite_however_alike_the_configurations() -> None:
    known = seen(*(run("A100", 1, 10.0 + i, i, batch_size=8.0 + i * 1e-9) for i in range(6)))
    assert np.linalg.eigvalsh(own_covariance(equations(known, PARTS), PHYSICS)).min() > 0


def test_one_stream_of_tokens_is_not_expected_to_scale() -> None:
    stream = seen(run("A100", 1, 40.0 * 3600, unit="token"))
    server = seen(run("A100", 1, 40_000.0 * 3600, unit="token"))
    asked = shapes(("A100", 1), ("A100", 8))
    gains = [np.diff(alone(known, asked).log_units_per_hour)[0] for known in (stream, server)]
    assert np.exp(gains[0]) < 3
    assert np.exp(gains[1]) > 6


def error_from_one_run(shares: tuple[float, ...], *, has_telemetry: bool) -> float:
    """Where a step computes, then moves memory, then waits for its host: natural log, from an A100 to an H100."""
    compute, bandwidth, host = (share / sum(shares) for share in shares)
    faster = 1.0 / (compute * 312 / 990 + bandwidth * 2039 / 3350 + host)
    counters = {"tensor_active": compute, "dram_active": bandwidth} if has_telemetry else {}
    found = alone(seen(run("A100", 1, 100.0, **counters)), shapes(("H100", 1)))
    return abs(float(np.log(units_per_hour(found)[0] / 100.0 / faster)))


def test_telemetry_brings_predictions_closer() -> None:
    worlds = list(product((0.05, 0.3, 1.0), repeat=3))
    blind, seeing = (
        np.mean([error_from_one_run(shares, has_telemetry=known) for shares in worlds]) for known in (False, True)
    )
    assert seeing < 0.85 * blind


def test_a_job_that_waits_for_its_host_gains_less_and_a_busy_one_more() -> None:
    waiting, busy = (seen(run("T4", 1, 100.0, tensor_active=t, dram_active=d)) for t, d in ((0.03, 0.05), (0.7, 0.5)))
    unknown = units_per_hour(alone(seen(run("T4", 1, 100.0)), shapes(("H100", 1))))[0]
    assert units_per_hour(alone(waiting, shapes(("H100", 1))))[0] < 0.6 * unknown
    assert units_per_hour(alone(busy, shapes(("H100", 1))))[0] > 1.5 * unknown


def test_nothing_measured_is_still_an_answer_however_vague() -> None:
    found = alone(seen(run("A100", 1, 0.0, status="failed")), shapes(*EVERY))
    assert np.isfinite(found.log_units_per_hour).all()
    assert (spread(found) > 15).all()


def test_an_empty_question_has_an_empty_answer() -> None:
    assert len(alone(seen(run("A100", 1, 10.0)), shapes())) == 0
