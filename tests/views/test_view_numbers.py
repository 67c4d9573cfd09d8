"""Numbers as people read them."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.numbers import (
    UNKNOWN,
    age,
    chance,
    cost_per_unit,
    cost_per_unit_range,
    count,
    duration,
    duration_range,
    money,
    percent,
    plain,
    plural,
    ratio,
    singular,
    throughput,
    throughput_range,
)

ANY = st.floats() | st.none()
POSITIVE = st.floats(min_value=1e-300, max_value=1e300)


@pytest.mark.parametrize(
    ("usd", "said"),
    [
        (0, "$0"),
        (0.049, "$0.049"),
        (0.0834, "$0.0834"),
        (0.5, "$0.50"),
        (0.125, "$0.125"),
        (0.83, "$0.83"),
        (1, "$1"),
        (24.1, "$24.10"),
        (99.999, "$100"),
        (136.128, "$136"),
        (1204.4, "$1,204"),
        (999_999, "$1 million"),
        (2.4e9, "$2.4 billion"),
        (1e-9, "less than $0.001"),
        (-3.2, "−$3.20"),
        (1e300, "more than $1,000 trillion"),
    ],
)
def test_money(usd: float, said: str) -> None:
    assert money(usd) == said


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0"), (12.4, "12.4"), (53.04, "53"), (0.00123, "0.00123"), (1234.5, "1,234"), (-2, "−2")]
)
def test_three_significant_digits(number: float, said: str) -> None:
    assert plain(number) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0"), (312, "312"), (9_980, "9,980"), (98_765, "98,765"), (801_223, "801 k"), (999_499, "999 k"),
     (999_500, "1 million"), (3_214_080, "3.2 million"), (10**12, "1 trillion")],
)  # fmt: skip
def test_counts(number: int, said: str) -> None:
    assert count(number) == said


@pytest.mark.parametrize(
    ("per_hour", "said"),
    [(12.4, "12.4 clips/h"), (0.05, "1.2 clips/day"), (1_240_000, "1.24 million clips/h"), (0, "0 clips/h")],
)
def test_throughput(per_hour: float, said: str) -> None:
    assert throughput(per_hour, "clip") == said


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((43.82, 53.0), "43.8–53.0"),
        ((9.87, 120), "9.9–120.0"),
        ((238, 1175), "238–1,175"),
        ((0.04, 24000, 500), "0.04–24,000"),
        ((0.04, 0.06), "0.96–1.44"),
        ((5, 5), "5"),
        ((85.2e6, 366e6), "85–366 million"),
        ((0.9e6, 1.2e6, 0.99e6), "900,000–1.2 million"),
        ((0.9e6, 1.2e6, 1.1e6), "0.9–1.2 million"),
        ((0.04, 0.06, 0.05, 12.0), "0.04–0.06"),
    ],
)
def test_an_interval_of_throughput_counts_as_its_middle_does(ends: tuple[float, ...], said: str) -> None:
    assert throughput_range(*ends) == said


@pytest.mark.parametrize(
    ("usd", "unit", "said"),
    [
        (0.049, "clip", "$0.049 per clip"),
        (0.00665, "clip", "$6.65 per 1,000 clips"),
        (2.1e-6, "tokens", "$2.10 per million tokens"),
        (2.1e-7, "token", "$0.21 per million tokens"),
        (3.3e-14, "step", "$0.033 per trillion steps"),
        (0, "clip", "$0 per clip"),
        (12, "query", "$12 per query"),
    ],
)
def test_cost_per_unit_scales_the_unit_until_the_money_reads(usd: float, unit: str, said: str) -> None:
    assert cost_per_unit(usd, unit) == said


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((0.0804, 0.0973), "$0.0804–0.0973"),
        ((2e-7, 3e-7), "$0.20–0.30 per million"),
        ((2e-7, 3e-7, 2.5e-7), "$0.20–0.30"),
        ((1e-10, 3e-7, 2.5e-7), "$0.0001–0.30"),
        ((0.148, 0.58), "$0.148–0.580"),
        ((2.861, 14.1), "$2.86–14.10"),
        ((12, 15.5), "$12.00–15.50"),
        ((12, 15), "$12–15"),
        ((0.15, 0.58), "$0.15–0.58"),
        ((12.4, 136), "$12–136"),
        ((1.44, 136.2), "$1.44–136.20"),
        ((0.0, 0.58), "$0–0.58"),
    ],
)
def test_an_interval_of_costs_names_its_scale_only_where_nothing_beside_it_does(
    ends: tuple[float, ...], said: str
) -> None:
    assert cost_per_unit_range(*ends) == said


def test_costs_and_rates_side_by_side_can_be_counted_alike() -> None:
    assert cost_per_unit(0.0303, "clip", like=0.0011) == "$30.30 per 1,000 clips"
    assert throughput(0.05, "clip", like=12.0) == "0.05 clips/h"


@pytest.mark.parametrize(
    ("probability", "said"),
    [(0, "less than 1 %"), (0.55, "55 %"), (0.994, "more than 99 %"), (1, "more than 99 %"), (None, UNKNOWN)],
)
def test_no_forecast_is_certain(probability: float | None, said: str) -> None:
    assert chance(probability) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (8.6e-11, "0.086 ns"),
        (3.4e-3, "3.4 ms"),
        (48.3, "48.3 s"),
        (60, "1 min"),
        (290.3, "4 min 50 s"),
        (3599.9, "1 h"),
        (12_000, "3 h 20 min"),
        (86_400, "1 day"),
        (1_036_800, "12 days"),
        (1e9, "31.7 years"),
    ],
)
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_an_interval_of_durations() -> None:
    assert duration_range(65, 82) == "1 min 5 s–1 min 22 s"


@pytest.mark.parametrize(
    ("days", "said"),
    [(0.4, "from today"), (1.9, "1 day old"), (11.4, "11 days old"), (99, "99 days old"), (250, "8 months old")],
)
def test_ages(days: float, said: str) -> None:
    assert age(days) == said


@pytest.mark.parametrize(
    ("fraction", "said"),
    [(0, "0 %"), (0.06, "6 %"), (0.004, "0.4 %"), (1e-9, "less than 0.1 %"), (0.97, "97 %"), (0.9999, "more than 99 %"),
     (1, "100 %"), (-0.12, "−12 %"), (1.5, "150 %")],
)  # fmt: skip
def test_percentages_never_round_to_certainty(fraction: float, said: str) -> None:
    assert percent(fraction) == said


@pytest.mark.parametrize(("factor", "said"), [(3.94, "3.9×"), (1.02, "1.02×"), (0.72, "0.72×"), (120.4, "120×")])
def test_ratios_keep_a_third_digit_near_one(factor: float, said: str) -> None:
    assert ratio(factor) == said


@pytest.mark.parametrize(
    ("one", "several"),
    [("clip", "clips"), ("batch", "batches"), ("query", "queries"), ("key", "keys"), ("tokens", "tokens"),
     ("日本", "日本"), ("m²", "m²"), ("", "")],
)  # fmt: skip
def test_plurals(one: str, several: str) -> None:
    assert plural(one) == several


@pytest.mark.parametrize(
    ("unit", "one"), [("clips", "clip"), ("clip", "clip"), ("pass", "pass"), ("corpus", "corpus"), ("s", "s")]
)
def test_singulars(unit: str, one: str) -> None:
    assert singular(unit) == one


def test_a_unit_that_is_a_sentence_is_cut() -> None:
    assert plural("x" * 120) == singular("x" * 120) == "x" * 23 + "…"


@given(number=ANY)
def test_nothing_is_ever_nan_or_an_exponent(number: float | None) -> None:
    for words in (plain, money, duration, percent, ratio):
        said = words(number)
        assert said == UNKNOWN if number is None or not math.isfinite(number) else said != UNKNOWN
        assert not re.search(r"nan|inf|\de[+-]?\d", said)
        assert len(said) < 40


@given(number=ANY)
def test_no_rate_or_cost_is_ever_nan_or_longer_than_a_line(number: float | None) -> None:
    for said in (throughput(number, "clip"), cost_per_unit(number, "clip")):
        assert not re.search(r"nan|inf|\de[+-]?\d", said)
        assert len(said) < 50


@given(low=st.floats(1e-9, 1e5), times=st.floats(1.0, 999.0))
def test_both_ends_of_an_interval_have_as_many_decimals(low: float, times: float) -> None:
    for said in (throughput_range(low, low * times, 24.0, 24.0), cost_per_unit_range(low, low * times, 1.0)):
        decimals = {len(end.partition(".")[2]) for end in said.split("–")}
        assert len(decimals) == 1 or "million" in said, said


@given(low=POSITIVE, high=POSITIVE)
def test_intervals_can_be_said_of_any_two_numbers(low: float, high: float) -> None:
    for said in (throughput_range(low, high), cost_per_unit_range(low, high), duration_range(low, high)):
        assert said
        assert not re.search(r"nan|inf|\de[+-]?\d", said)


@given(number=st.floats(min_value=1e-3, max_value=1e12))
def test_what_is_said_is_within_half_a_percent_of_what_is_meant(number: float) -> None:
    digits, _, word = plain(number).partition(" ")
    scale = {"": 1.0, "million": 1e6, "billion": 1e9, "trillion": 1e12}[word]
    assert float(digits.replace(",", "")) * scale == pytest.approx(number, rel=0.0051)
