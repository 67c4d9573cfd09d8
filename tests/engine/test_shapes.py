"""A prediction is a distribution: its quantiles and probabilities agree with draws from it."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.shapes import Prediction
from tests.engine.measured_worlds import below, shapes

moderate = st.floats(-3.0, 3.0)


def prediction(medians: list[float], loadings: list[list[float]], own: list[float]) -> Prediction:
    n = len(medians)
    return Prediction(
        log_units_per_hour=np.array(medians),
        loadings=np.array(loadings),
        own_variance=np.array(own),
        evidence=np.zeros(n, dtype=np.int64),
        fits=np.ones(n, dtype=np.bool_),
        memory_needed_gib=np.full(n, np.nan),
    )


THREE = prediction([0.0, 0.3, 0.5], [[0.3, 0.0], [0.3, 0.1], [0.0, 0.4]], [0.01, 0.04, 0.02])


def draws(found: Prediction, n: int = 200_000) -> np.ndarray:
    rng = np.random.default_rng(7)
    shared = rng.standard_normal((n, found.loadings.shape[1])) @ found.loadings.T
    strayed = shared + rng.standard_normal((n, len(found))) * np.sqrt(found.own_variance)
    return found.log_units_per_hour + strayed * np.sqrt(2.0 / rng.chisquare(4, (n, 1)))  # variance 4 / (4 - 2), halved


@pytest.mark.parametrize("q", [0.05, 0.5, 0.95])
def test_quantiles_agree_with_draws(q: float) -> None:
    np.testing.assert_allclose(THREE.quantile(q), np.quantile(draws(THREE), q, axis=0), atol=0.01)


@pytest.mark.parametrize("bar", [-0.5, 0.0, 0.4])
def test_probabilities_agree_with_draws(bar: float) -> None:
    np.testing.assert_allclose(THREE.probability_at_least(bar), (draws(THREE) >= bar).mean(axis=0), atol=0.005)


@pytest.mark.parametrize("other", [0, 1, 2])
def test_comparisons_use_what_the_shapes_share(other: int) -> None:
    sample = draws(THREE)
    expected = (sample > sample[:, [other]]).mean(axis=0)
    expected[other] = 0.5
    np.testing.assert_allclose(THREE.probability_above(other), expected, atol=0.005)


@pytest.mark.parametrize("bar", [-0.5, 0.0, 0.4])
def test_means_beyond_a_bar_agree_with_draws(bar: float) -> None:
    sample = draws(THREE)
    np.testing.assert_allclose(THREE.mean_beyond(np.full(3, bar)), (sample * (sample >= bar)).mean(axis=0), atol=0.005)


@given(moderate)
def test_probabilities_are_the_density_added_up(z: float) -> None:
    one = prediction([0.0], [[0.0]], [1.0])
    assert one.probability_at_least(-z)[0] == pytest.approx(below(z), abs=1e-7)


def test_tails_are_heavier_than_those_of_a_gaussian_and_the_middle_is_narrower() -> None:
    one, gaussian = prediction([0.0], [[0.0]], [1.0]), NormalDist()
    assert one.quantile(0.999)[0] > gaussian.inv_cdf(0.999)
    assert one.quantile(0.75)[0] < gaussian.inv_cdf(0.75)


@given(st.lists(moderate, min_size=1, max_size=5), moderate)
def test_a_certain_prediction_is_reached_or_not(medians: list[float], bar: float) -> None:
    found = prediction(medians, [[0.0]] * len(medians), [0.0] * len(medians))
    expected = [0.5 if median == bar else float(median > bar) for median in medians]
    assert found.probability_at_least(bar).tolist() == expected


@given(moderate, st.floats(0.01, 0.49), st.floats(0.0, 1.0))
def test_quantiles_are_symmetric_about_the_median_and_ordered(median: float, q: float, own: float) -> None:
    found = prediction([median], [[0.2]], [own])
    low, high = float(found.quantile(q)[0]), float(found.quantile(1 - q)[0])
    assert low <= median <= high
    assert (low + high) / 2 == pytest.approx(median, abs=1e-9)


@given(st.floats(0.05, 0.95))
def test_a_quantile_is_reached_with_the_probability_that_names_it(q: float) -> None:
    assert THREE.probability_at_least(THREE.quantile(q)) == pytest.approx([1 - q] * 3)


def test_shapes_can_be_taken_apart() -> None:
    both = shapes(("T4", 1), ("H100", 8), nodes=2)
    assert both.total.tolist() == [2, 16]
    last = both.take(np.array([1]))
    assert (len(last), last.total.tolist()) == (1, [16])
