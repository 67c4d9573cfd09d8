"""Everything behind a digest lies packed beside it, small, and comes back as it was."""

import random

from hypothesis import given
from hypothesis import strategies as st

from bot.usecases.digests.rows import Row, pack, rows_of
from engine import FINDING_KINDS, OBJECTIVES

NUMBERS = st.floats(-1e12, 1e12).map(lambda number: float(f"{number:.6g}"))
ROWS = st.builds(
    Row,
    kind=st.sampled_from(FINDING_KINDS),
    workload=st.text(min_size=1, max_size=120),
    unit=st.text(max_size=9),
    objective=st.sampled_from(OBJECTIVES),
    gain_units_per_week=NUMBERS,
    extra_usd_per_week=NUMBERS,
    is_new=st.booleans(),
)
FINDING = {
    "kind": "dominated",
    "workload": "first",
    "unit": "clip",
    "advice_id": "A-1",
    "objective": "cost",
    "gain_units_per_week": 0.0,
    "extra_usd_per_week": -310.123456,
}


@given(st.lists(ROWS, max_size=8))
def test_rows_come_back_as_they_were(rows: list[Row]) -> None:
    assert list(rows_of({"findings": [], "listing": pack(rows)})) == rows


def test_what_the_digest_shows_comes_first_with_the_advice_that_it_has() -> None:
    [first, second] = rows_of({"findings": [FINDING], "listing": pack([_row(2)])})
    assert (first.workload, first.advice_id, first.is_new) == ("first", "A-1", True)
    assert (second.workload, second.advice_id) == ("team-2/video-gen-0002", None)


def test_a_digest_of_an_older_release_is_listed_as_far_as_it_goes() -> None:
    old = {name: value for name, value in FINDING.items() if name not in {"objective", "advice_id"}}
    rows = rows_of({"findings": [FINDING], "rest": [old | {"workload": "second", "is_new": False}]})
    assert [(row.workload, row.is_new) for row in rows] == [("first", True), ("second", False)]
    assert rows_of({"findings": []}) == []


def test_ten_thousand_rows_are_a_few_hundred_kilobytes() -> None:
    packed = pack(_row(number) for number in range(10_000))
    assert packed.isascii()
    assert len(packed) < 500_000


def _row(number: int) -> Row:
    dice = random.Random(number)
    gain, extra = (float(f"{dice.lognormvariate(5, 2):.6g}") for _ in range(2))
    return Row("dominated", f"team-{number % 40}/video-gen-{number:04d}", "clip", "cost", gain, -extra, is_new=True)
