"""Some work gains nothing from more accelerators and some nothing from other ones: what tells, and what follows."""

from dataclasses import replace
from math import exp, lgamma, log, pi

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.equations import equations
from engine.features import FEATURES, Traits
from engine.fit import fit
from engine.observations import Observations
from engine.predict import predict
from engine.prediction import Prediction
from engine.regimes import Regime, is_tokens, regimes_of, shares_of
from engine.scales import PHYSICS, Scales
from tests.engine.left_out import left_out_one_by_one
from tests.engine.measured_worlds import PARTS, run, seen, shapes

STREAM = Traits(decoding=1.0)
OFTEN = replace(PHYSICS, undivided=0.4, host_bound=0.4)
SLOW = 40.0 * 3600  # tokens an hour: one stream


def names(regimes: tuple[Regime, ...]) -> list[str]:
    return [each.name for each in regimes]


def stream(*gains: float, workload: str = "stream") -> Observations:
    """Tokens on 1, 2, 4 ... accelerators, as fast as `gains` times one stream."""
    runs = [run("A100", 2**i, SLOW * gain, i, unit="token") for i, gain in enumerate(gains)]
    return seen(*runs, workload=workload)


def images(workload: str = "images", **speeds: float) -> Observations:
    """Something else than tokens on one accelerator of each part."""
    return seen(*(run(part, 1, speed, hour) for hour, (part, speed) in enumerate(speeds.items())), workload=workload)


def answer(known: Observations, *asked: tuple[str, int], others: tuple[Observations, ...] = ()) -> Prediction:
    return predict(fit([*others, known], PARTS), known, shapes(*asked), PARTS)


def idle(found: Prediction) -> float:
    """Probability of the regime in which something makes nothing faster."""
    return sum(each.share for each in found.components[1:])


def test_tokens_may_be_undivided_and_other_work_may_wait_for_its_host() -> None:
    assert names(regimes_of(PHYSICS, "token", STREAM)) == ["usual", "undivided"]
    assert names(regimes_of(PHYSICS, "image", Traits())) == ["usual", "host_bound"]


def test_who_makes_tokens_as_fast_as_training_reads_them_has_divided_the_work() -> None:
    assert names(regimes_of(PHYSICS, "token", Traits(decoding=0.0))) == ["usual"]
    shares = [regimes_of(PHYSICS, "token", Traits(decoding=way))[-1].share for way in (0.05, 0.1, 0.5, 1.0)]
    assert shares == sorted(shares)
    assert shares[-2:] == [PHYSICS.undivided] * 2


def test_a_regime_that_nobody_is_in_is_not_considered() -> None:
    assert names(regimes_of(replace(PHYSICS, host_bound=0.0), "image", Traits())) == ["usual"]


@given(st.sampled_from(["token", "tok", "image", ""]), st.floats(0.0, 1.0))
def test_shares_of_regimes_add_up_to_one(unit: str, decoding: float) -> None:
    assert sum(each.share for each in regimes_of(PHYSICS, unit, Traits(decoding))) == pytest.approx(1.0)


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=4))
def test_weights_become_shares_in_proportion_however_small_they_are(logs: list[float]) -> None:
    shares = shares_of(logs)
    assert sum(shares) == pytest.approx(1.0)
    for share, other in zip(shares, logs, strict=True):
        assert share == pytest.approx(exp(other - max(logs)) * max(shares))


@pytest.mark.parametrize(("unit", "gone", "kept"), [("token", "count", "compute"), ("image", "compute", "count")])
def test_what_makes_nothing_faster_is_all_that_differs(unit: str, gone: str, kept: str) -> None:
    usual, other = (each.scales for each in regimes_of(PHYSICS, unit, STREAM))
    here, there = FEATURES.index(gone), FEATURES.index(kept)
    assert other.slopes[here] == pytest.approx(0.1 * usual.slopes[here])
    assert other.slopes[there] == usual.slopes[there]
    assert replace(other, slopes=usual.slopes, organisation=usual.organisation, workload=usual.workload) == usual


def test_a_stream_that_gained_nothing_from_twice_as_many_is_expected_to_gain_nothing_from_more() -> None:
    one, flat, steep = (answer(stream(*gains), ("A100", 8)) for gains in ((1.0,), (1.0, 1.0), (1.0, 1.8)))
    assert idle(steep) < idle(one) < idle(flat)
    assert np.exp(flat.log_units_per_hour[0]) < 1.15 * SLOW
    assert np.exp(steep.log_units_per_hour[0]) > 2.5 * SLOW


def test_what_as_little_runs_faster_on_a_far_faster_part_waits_for_its_host() -> None:
    waits, gains = images(T4=100.0, A100=104.0), images(T4=100.0, A100=400.0)
    waiting, gaining = (answer(each, ("H100", 1)) for each in (waits, gains))
    assert idle(gaining) < PHYSICS.host_bound < idle(waiting)
    alone = predict(fit([], PARTS, replace(PHYSICS, host_bound=0.0)), waits, shapes(("H100", 1)), PARTS)
    assert waiting.log_units_per_hour[0] < alone.log_units_per_hour[0]


def test_before_it_ran_twice_a_stream_has_two_humps_and_the_interval_holds_both() -> None:
    found = answer(stream(1.0), ("A100", 8))
    low, high = np.exp(found.quantile(0.05)[0]) / SLOW, np.exp(found.quantile(0.95)[0]) / SLOW
    assert low < 1.2
    assert high > 2.5
    assert idle(found) == pytest.approx(PHYSICS.undivided)


def test_an_organisation_that_splits_layers_is_expected_to_do_so_again() -> None:
    splits = tuple(stream(1.0, 1.0, 1.01, workload=f"split{i}") for i in range(4))
    divides = tuple(stream(1.0, 1.7, 3.0, workload=f"divided{i}") for i in range(4))
    one, after, otherwise = (answer(stream(1.0), ("A100", 4), others=others) for others in ((), splits, divides))
    assert idle(otherwise) < idle(one) < idle(after)
    assert np.exp(after.log_units_per_hour[0]) < 1.2 * SLOW < 1.5 * SLOW < np.exp(otherwise.log_units_per_hour[0])


def test_what_was_measured_comes_back_in_every_regime() -> None:
    found = predict(fit([], PARTS, OFTEN), stream(1.0, 1.4), shapes(("A100", 1), ("A100", 2)), PARTS)
    assert len(found.components) == 2
    for each in found.components:
        assert np.exp(each.log_units_per_hour) / SLOW == pytest.approx([1.0, 1.4], rel=0.1)


def chance_among(*others: Observations) -> float:
    """How likely it is that one more stream gains nothing from more accelerators."""
    return idle(answer(stream(1.0), ("A100", 8), others=others))


SPLITS = tuple(stream(1.0, 1.0, 1.01, workload=f"split{i}") for i in range(4))


@pytest.mark.parametrize("n", [1, 12])
def test_neighbours_that_cannot_tell_say_nothing_of_how_common_a_regime_is(n: int) -> None:
    on_one_count = tuple(
        seen(run("A100", 1, SLOW, unit="token"), run("H100", 1, 1.5 * SLOW, 1, unit="token"), workload=f"one{i}")
        for i in range(n)
    )
    pictures = tuple(images(f"images{i}", T4=100.0, A100=300.0 + i) for i in range(n))
    training = tuple(
        seen(run("A100", 1, 1e9, unit="token"), run("A100", 8, 7e9, 1, unit="token"), workload=f"train{i}")
        for i in range(n)
    )
    for quiet in (on_one_count, pictures, training):
        assert chance_among(*quiet) == pytest.approx(PHYSICS.undivided, abs=0.02)
        assert chance_among(*SPLITS, *quiet) == pytest.approx(chance_among(*SPLITS), abs=0.02)


def test_what_a_rare_regime_looks_like_is_not_drawn_by_a_crowd_of_another() -> None:
    crowd = tuple(images(f"w{i}", T4=100.0, A10G=170.0 + 0.1 * i) for i in range(60))
    known, firm = images(T4=100.0), replace(PHYSICS, foreseen=1e6)  # however many neighbours are not of it
    alone, among = (
        predict(fit([*others, known], PARTS, firm), known, shapes(("A10G", 1)), PARTS).components[1]
        for others in ((), crowd)
    )
    assert alone.regime == among.regime == "host_bound"
    assert np.exp(alone.log_units_per_hour[0]) == pytest.approx(105.0, abs=2.0)
    assert np.exp(among.log_units_per_hour[0]) < 115.0


def test_how_likely_a_regime_is_fades_with_the_rate_however_many_neighbours_are_of_it() -> None:
    """Up to where tokens pass as fast as in training nothing jumps."""

    def gain(tokens_a_second: float) -> float:
        known = seen(run("A100", 1, tokens_a_second * 3600, unit="token"))
        fast = [
            seen(run("A100", 1, s, unit="token"), run("A100", 8, s, 1, unit="token"), workload=f"n{s}")
            for s in (4.0e7, 4.1e7, 4.2e7)
        ]
        found = predict(fit([*fast, known], PARTS), known, shapes(("A100", 8)), PARTS)
        return float(found.log_units_per_hour[0] - log(tokens_a_second * 3600))

    assert gain(19_990.0) == pytest.approx(gain(20_010.0), abs=0.05)
    assert gain(12_000.0) < gain(18_500.0) < gain(19_990.0)


def test_one_bad_run_of_four_does_not_decide_the_regime() -> None:
    divided, spoilt = (answer(stream(*gains), ("A100", 8)) for gains in ((1.0, 1.8, 3.3, 6.0), (1.0, 1.8, 3.3, 0.9)))
    assert abs(idle(spoilt) - idle(divided)) < 0.05


@pytest.mark.parametrize("active", [0.05, 0.8])
def test_waiting_for_a_host_does_not_depend_on_what_was_busy_meanwhile(active: float) -> None:
    counters = {"tensor_active": active, "dram_active": active}
    known = seen(run("T4", 1, 100.0, **counters), run("A100", 1, 101.0, 1, **counters))
    found = predict(fit([], PARTS, OFTEN), known, shapes(("H100", 1)), PARTS)
    [waiting] = (each for each in found.components if each.regime == "host_bound")
    assert 85.0 < np.exp(waiting.log_units_per_hour[0]) < 135.0


@pytest.mark.parametrize("unit", ["token", "tok", "output token", "generated token"])
def test_tokens_of_whatever_sort_are_tokens(unit: str) -> None:
    assert is_tokens(unit)


@pytest.mark.parametrize("unit", ["", "image", "1k token", "tokenizer", "1000 tok"])
def test_nothing_else_is_nor_are_bundles_of_them(unit: str) -> None:
    assert not is_tokens(unit)


def density(left: np.ndarray, covariance: np.ndarray, freedom: float) -> float:
    """Natural log of the multivariate t, but for what depends on the number of measurements alone."""
    n = len(left) - 1
    distance = left @ np.linalg.inv(covariance) @ left
    constant = lgamma((freedom + n) / 2) - lgamma(freedom / 2) - n / 2 * log(pi * freedom)
    return float(constant - 0.5 * np.linalg.slogdet(covariance)[1] - (freedom + n) / 2 * log(1 + distance / freedom))


def evidence(scales: Scales, known: Observations) -> float:
    """How likely a new customer's measurements are, from one dense kernel."""
    each = equations(known, PARTS)
    part, built = each.accelerator, each.architecture
    spread = np.array(scales.organisation) ** 2 + np.array(scales.workload) ** 2
    kernel = scales.level**2 + (each.phi * spread) @ each.phi.T
    kernel += (scales.architecture**2 + scales.workload_architecture**2) * (built[:, None] == built)
    kernel += (scales.accelerator**2 + scales.workload_accelerator**2) * (part[:, None] == part)
    kernel += np.diag(scales.configuration**2 + scales.run**2 / each.n_runs)
    left = each.log_units_per_hour - each.phi @ np.array(scales.slopes)
    left -= left.mean()
    return density(left, kernel + np.diag(left_out_one_by_one(kernel, left, scales.freedom)), scales.freedom)


@given(
    st.dictionaries(
        st.sampled_from([(name, count) for name in PARTS for count in (1, 2, 8)]),
        st.floats(0.3, 3.0),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["token", "image"]),
)
def test_regimes_are_weighed_by_bayes_rule(measured: dict[tuple[str, int], float], unit: str) -> None:
    runs = [run(*where, SLOW * gain, hour, unit=unit) for hour, (where, gain) in enumerate(measured.items())]
    known = seen(*runs)
    found = predict(fit([], PARTS, OFTEN), known, shapes(("A100", 4)), PARTS)
    regimes = regimes_of(OFTEN, unit, equations(known, PARTS).traits)
    expected = np.array(shares_of([log(each.share) + evidence(each.scales, known) for each in regimes]))
    likely = expected[expected >= 0.01]
    assert [each.share for each in found.components] == pytest.approx((likely / likely.sum()).tolist(), abs=1e-3)
