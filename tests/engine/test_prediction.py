"""A prediction is a distribution: its quantiles and probabilities agree with draws from it."""

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.prediction import Component, Prediction
from tests.engine.measured_worlds import below

moderate = st.floats(-3.0, 3.0)
within = st.floats(0.0, 1.0)


def component(medians: list[float], loadings: list[list[float]], own: list[float], share: float = 1.0) -> Component:
    return Component("usual", share, np.array(medians), np.array(loadings), np.array(own))


def mixture(*components: Component) -> Prediction:
    n = len(components[0].log_units_per_hour)
    evidence, fits = np.zeros(n, dtype=np.int64), np.ones(n, dtype=np.bool_)
    return Prediction(components, evidence, fits, np.full(n, np.nan))


def prediction(medians: list[float], loadings: list[list[float]], own: list[float]) -> Prediction:
    return mixture(component(medians, loadings, own))


USUAL = component([0.0, 0.3, 0.5], [[0.3, 0.0], [0.3, 0.1], [0.0, 0.4]], [0.01, 0.04, 0.02], 0.7)
IDLE = component([0.0, -0.9, -1.5], [[0.3, 0.0], [0.3, 0.05], [0.2, 0.0]], [0.01, 0.01, 0.03], 0.3)
THREE, TWO_HUMPS = mixture(replace(USUAL, share=1.0)), mixture(USUAL, IDLE)
every_prediction = pytest.mark.parametrize("found", [THREE, TWO_HUMPS], ids=["one regime", "two regimes"])


def draws(found: Prediction, n: int = 200_000) -> np.ndarray:
    """A regime for each draw, then everything jointly in it."""
    rng = np.random.default_rng(7)
    regime = rng.choice(len(found.components), n, p=[each.share for each in found.components])
    drawn = [_of(each, rng, n) for each in found.components]
    chosen: np.ndarray = np.select([regime[:, None] == i for i in range(len(drawn))], drawn)
    return chosen


def _of(found: Component, rng: np.random.Generator, n: int) -> np.ndarray:
    shared = rng.standard_normal((n, found.loadings.shape[1])) @ found.loadings.T
    strayed = shared + rng.standard_normal(shared.shape) * np.sqrt(found.own_variance)
    drawn: np.ndarray = strayed * np.sqrt(2.0 / rng.chisquare(4, (n, 1)))  # variance 4 / (4 - 2), halved
    at: np.ndarray = found.log_units_per_hour + drawn
    return at


@every_prediction
@pytest.mark.parametrize("q", [0.05, 0.5, 0.95])
def test_quantiles_agree_with_draws(found: Prediction, q: float) -> None:
    np.testing.assert_allclose(found.quantile(q), np.quantile(draws(found), q, axis=0), atol=0.015)


@every_prediction
@pytest.mark.parametrize("bar", [-0.5, 0.0, 0.4])
def test_probabilities_agree_with_draws(found: Prediction, bar: float) -> None:
    np.testing.assert_allclose(found.probability_at_least(bar), (draws(found) >= bar).mean(axis=0), atol=0.005)


@every_prediction
@pytest.mark.parametrize("other", [0, 1, 2])
@pytest.mark.parametrize("lead", [0.0, 0.2])
def test_comparisons_use_what_the_shapes_share(found: Prediction, other: int, lead: float) -> None:
    sample = draws(found)
    expected = (sample > sample[:, [other]] + lead).mean(axis=0)
    expected[other] = 0.5
    np.testing.assert_allclose(found.probability_above(other, lead), expected, atol=0.005)


@every_prediction
@pytest.mark.parametrize("bar", [-0.5, 0.0, 0.4])
def test_means_beyond_a_bar_agree_with_draws(found: Prediction, bar: float) -> None:
    sample = draws(found)
    np.testing.assert_allclose(found.mean_beyond(np.full(3, bar)), (sample * (sample >= bar)).mean(axis=0), atol=0.005)


@every_prediction
def test_what_a_run_explains_of_another_is_their_squared_correlation(found: Prediction) -> None:
    sample = draws(found, 2_000_000)
    for shape in range(3):
        expected = np.corrcoef(sample, rowvar=False)[shape] ** 2
        np.testing.assert_allclose(found.explained(shape), expected, atol=0.03)  # tails this heavy settle slowly
        assert found.explained(shape)[shape] == 1.0


@pytest.mark.parametrize("bar", [-1.0, 0.2])
def test_a_density_is_how_fast_the_probability_falls(bar: float) -> None:
    step = 1e-5
    fall = (USUAL.probability_at_least(bar - step) - USUAL.probability_at_least(bar + step)) / (2 * step)
    np.testing.assert_allclose(USUAL.density(np.full(3, bar)), fall, rtol=1e-5)


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


@given(moderate, st.floats(0.01, 0.49), within)
def test_quantiles_of_one_regime_are_symmetric_about_the_median(median: float, q: float, own: float) -> None:
    found = prediction([median], [[0.2]], [own])
    low, high = float(found.quantile(q)[0]), float(found.quantile(1 - q)[0])
    assert low <= median <= high
    assert (low + high) / 2 == pytest.approx(median, abs=1e-9)


@every_prediction
@given(st.floats(0.001, 0.999))
def test_a_quantile_is_reached_with_the_probability_that_names_it(found: Prediction, q: float) -> None:
    assert found.probability_at_least(found.quantile(q)) == pytest.approx([1 - q] * 3)


@given(moderate, moderate, st.floats(1e-3, 2.0), st.floats(1e-3, 2.0), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_however_far_apart_two_humps_are_every_quantile_is_found_between_theirs(
    one: float, other: float, sd: float, other_sd: float, share: float, q: float
) -> None:
    first, second = component([one], [[sd]], [0.0], share), component([other], [[other_sd]], [0.0], 1.0 - share)
    found, ends = mixture(first, second), [float(each.quantile(q)[0]) for each in (first, second)]
    at = found.quantile(q)
    assert min(ends) - 1e-9 <= at[0] <= max(ends) + 1e-9
    close = found.probability_at_least(at - 1e-9)[0], found.probability_at_least(at + 1e-9)[0]
    assert close[1] - 1e-9 <= 1.0 - q <= close[0] + 1e-9


def test_what_is_certain_in_every_regime_is_certain() -> None:
    likely = component([2.0, 0.0], [[0.0]] * 2, [0.0] * 2, 0.6)
    sure = mixture(likely, component([2.0, 1.0], [[0.0]] * 2, [0.0] * 2, 0.4))
    quantiles = [sure.quantile(q).tolist() for q in (0.05, 0.5, 0.95)]
    assert [pair[0] for pair in quantiles] == [2.0] * 3
    assert [pair[1] for pair in quantiles] == pytest.approx([0.0, 0.0, 1.0], abs=1e-9)
