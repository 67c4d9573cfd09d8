"""Constants are judged by how likely they make what was measured, and climb to where that is largest."""

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.equations import equations
from engine.features import FEATURES
from engine.fit import LOG_NOISE, own_covariance, prior_covariance
from engine.marginal import _moves, fit_scales, gather, log_likelihood, refit
from engine.observations import Observations
from engine.scales import PHYSICS, Scales
from tests.engine.measured_worlds import PARTS, run, seen

FREE = replace(PHYSICS, independent=1e9)
COUNT = FEATURES.index("count")


def workload(name: str, exponent: float, h100: float = 2.0) -> Observations:
    rows = [("A100", 1, 10.0), ("A100", 4, 10.0 * 4**exponent), ("H100", 1, 10.0 * h100), ("A10G", 1, 4.0)]
    return seen(*(run(part, count, speed, hour) for hour, (part, count, speed) in enumerate(rows)), workload=name)


def organisation(*exponents: float) -> list[Observations]:
    return [workload(f"w{i}", exponent) for i, exponent in enumerate(exponents)]


def slow_log_likelihood(known: Sequence[Observations], scales: Scales) -> float:
    """One dense Gaussian over every difference within a workload, for each candidate of the noise."""
    each = [equations(one, PARTS) for one in known]
    parts = sorted({int(part) for one in each for part in one.accelerator})
    shared = prior_covariance(scales, [list(PARTS)[part] for part in parts], PARTS)
    contrasts, designs, left, own = [], [], [], []
    for one in each:
        n = len(one)
        basis = np.linalg.qr(np.column_stack([np.ones(n), np.eye(n)[:, 1:]]))[0][:, 1:].T  # orthonormal, free of level
        effects = (one.accelerator[:, None] == np.array(parts)).astype(float)
        designs.append(basis @ np.hstack([one.phi, effects]))
        left.append(basis @ (one.log_units_per_hour - one.phi @ np.array(scales.slopes)))
        own.append(basis @ own_covariance(one, scales) @ basis.T)
        contrasts.append(np.log(n))
    design, values = np.vstack(designs), np.concatenate(left)
    block = np.zeros((len(values), len(values)))
    row = 0
    for one_own in own:
        size = len(one_own)
        block[row : row + size, row : row + size] = one_own
        row += size
    logs = []
    for log_noise in LOG_NOISE:
        covariance = design @ shared @ design.T + np.exp(2 * log_noise) * block
        logdet = np.linalg.slogdet(2 * np.pi * covariance)[1]
        logs.append(-0.5 * (logdet + values @ np.linalg.solve(covariance, values) + (log_noise / scales.noise) ** 2))
    prior = np.log(np.exp(-0.5 * (LOG_NOISE / scales.noise) ** 2).sum())
    return float(np.logaddexp.reduce(logs) - prior - 0.5 * sum(contrasts))


@settings(max_examples=20)
@given(st.lists(st.floats(0.0, 1.2), min_size=1, max_size=3), st.floats(0.5, 4.0))
def test_the_likelihood_agrees_with_one_dense_gaussian(exponents: list[float], h100: float) -> None:
    known = [workload(f"w{i}", exponent, h100) for i, exponent in enumerate(exponents)]
    assert log_likelihood([gather(known, PARTS)], FREE) == pytest.approx(slow_log_likelihood(known, FREE), abs=1e-6)


def test_organisations_add_up() -> None:
    one, other = gather(organisation(0.9, 0.8), PARTS), gather(organisation(0.3), PARTS)
    together = log_likelihood([one, other], PHYSICS)
    assert together == pytest.approx(log_likelihood([one], PHYSICS) + log_likelihood([other], PHYSICS))


def test_a_workload_with_one_configuration_says_nothing() -> None:
    lone = seen(run("A100", 1, 10.0))
    assert log_likelihood([gather([lone], PARTS)], PHYSICS) == pytest.approx(0.0)
    assert gather([lone], PARTS).workloads == ()


def test_the_unit_of_work_does_not_matter() -> None:
    clips, frames = (gather([seen(run("A100", 1, unit), run("A100", 4, 3 * unit, 1))], PARTS) for unit in (1.0, 24.0))
    assert log_likelihood([clips], PHYSICS) == pytest.approx(log_likelihood([frames], PHYSICS))


def test_variants_beyond_a_handful_weigh_no_more() -> None:
    limited = replace(PHYSICS, independent=4.0)
    four, forty = (log_likelihood([gather(organisation(*[0.7] * n), PARTS)], limited) for n in (4, 40))
    assert forty == pytest.approx(four)


def test_climbing_finds_how_work_really_scales_and_never_goes_down() -> None:
    flat = [gather(organisation(*exponents), PARTS) for exponents in ([0.3, 0.35], [0.4, 0.3], [0.35, 0.25])]
    steps = list(refit(flat, PHYSICS, sweeps=2))
    likelihoods = [log_likelihood(flat, PHYSICS), *(value for _, value in steps)]
    assert likelihoods == sorted(likelihoods)
    found = steps[-1][0]
    assert likelihoods[-1] > likelihoods[0] + 1.0
    assert found.slopes[COUNT] < PHYSICS.slopes[COUNT]
    assert (found.level, found.run, found.independent) == (PHYSICS.level, PHYSICS.run, PHYSICS.independent)


def test_without_measurements_nothing_moves() -> None:
    assert [scales for scales, _ in refit([gather([], PARTS)], PHYSICS)] == [PHYSICS]


def test_fitting_begins_at_the_constants_given_and_only_climbs() -> None:
    flat = [organisation(0.3, 0.35), organisation(0.4, 0.3)]
    steps = list(fit_scales(flat, PARTS, sweeps=1))
    assert steps[0] == (PHYSICS, log_likelihood([gather(each, PARTS) for each in flat], PHYSICS))
    assert steps[-1][1] > steps[0][1]
    regimes = ("undivided", "host_bound", "foreseen")
    untold = ("level", "run", "counted", "independent", "alike", "stranger", "freedom", *regimes)
    assert [getattr(steps[-1][0], name) for name in untold] == [getattr(PHYSICS, name) for name in untold]


def test_no_move_is_tried_of_what_the_likelihood_does_not_tell() -> None:
    assert not {name for name, _, _ in _moves(PHYSICS)} & {"level", "run", "undivided", "host_bound", "foreseen"}


def test_constants_survive_json() -> None:
    assert Scales.from_document(json.loads(json.dumps(PHYSICS.as_document()))) == PHYSICS
    with pytest.raises(ValueError, match="undivided"):
        Scales.from_document({"slopes": [1.0]})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("undivided", 1.0, "share of workloads"),
        ("host_bound", -0.2, "share of workloads"),
        ("undivided", "0.3", "not made of numbers"),
        ("run", float("nan"), "not made of numbers"),
        ("slopes", [0.1, 0.2], "as many numbers"),
        ("run", [0.1], "as many numbers"),
        ("foreseen", 0.0, "more than 0"),
    ],
)
def test_constants_that_no_model_can_be_made_of_are_refused_by_name(name: str, value: object, said: str) -> None:
    with pytest.raises(ValueError, match=f"{name} .*{said}"):
        Scales.from_document(PHYSICS.as_document() | {name: value})
