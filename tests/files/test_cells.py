"""One cell: what it may hold, and what is said of it when it may not."""

import math
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.files import cells
from engine import InvalidRow

EVERY_READER: tuple[Callable[[cells.Row, str], object], ...] = (
    cells.text,
    cells.number,
    cells.positive,
    cells.share,
    cells.count,
    cells.time,
    cells.flag,
    cells.words,
    lambda row, column: cells.choice(row, column, ("one", "two")),
)
ANYTHING = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.datetimes()
    | st.lists(st.integers() | st.text(), max_size=3)
    | st.dictionaries(st.text(), st.text(), max_size=2)
    | st.sampled_from(
        ["nan", "inf", "-inf", "1e999", "1_000", "0x10", "٣", "9999-12-31T23:59:59-23:59", "true", "\ud800"]
    )
)


def reason(read: Callable[[cells.Row, str], object], value: object) -> str:
    with pytest.raises(InvalidRow) as refused:
        read({"it": value}, "it")
    assert refused.value.column == "it"
    return refused.value.reason


@pytest.mark.parametrize("read", EVERY_READER)
@given(value=ANYTHING)
def test_a_reader_accepts_or_refuses_whatever_stands_in_a_cell(
    read: Callable[[cells.Row, str], object], value: object
) -> None:
    with suppress(InvalidRow):
        read({"it": value}, "it")


@given(value=ANYTHING)
def test_every_reason_can_be_printed_on_one_line(value: object) -> None:
    for read in EVERY_READER:
        try:
            read({"it": value}, "it")
        except InvalidRow as refused:
            unprintable = [letter for letter in refused.reason if not letter.isprintable()]
        else:
            unprintable = []
        assert not unprintable


@pytest.mark.parametrize("read", [reader for reader in EVERY_READER if reader is not cells.words])
@pytest.mark.parametrize("nothing", [None, "", "   ", "\t", math.nan])
def test_a_cell_without_anything_in_it_is_none(read: Callable[[cells.Row, str], object], nothing: object) -> None:
    assert read({"it": nothing}, "it") is None
    assert read({}, "it") is None


@given(st.floats(-1e18, 1e18))
def test_every_number_survives_being_written(value: float) -> None:
    assert cells.number({"it": repr(value)}, "it") == value
    assert cells.number({"it": value}, "it") == value


@pytest.mark.parametrize("value", ["abc", "1,000", "1_000", "0x10", "$3", True, [1], {"a": 1}])
def test_what_is_no_number_is_refused(value: object) -> None:
    assert reason(cells.number, value).endswith("is not a number")


@pytest.mark.parametrize("value", ["nan", "inf", "-Infinity", "1e999", math.inf])
def test_a_number_without_end_is_refused(value: object) -> None:
    assert reason(cells.number, value).endswith("is not a finite number")


def test_a_number_out_of_bounds_says_which_bound() -> None:
    assert reason(cells.share, "1.5") == "is 1.5; it has to be at most 1"
    assert reason(cells.share, "-0.1") == "is -0.1; it has to be at least 0"
    assert reason(cells.positive, "0") == "is 0; it has to be greater than 0"
    assert reason(cells.number, "1e300") == "is 1e+300; it has to be at most 1e+18"


@pytest.mark.parametrize("value", ["4", "4.0", 4, 4.0, " 4 "])
def test_a_count_may_be_written_as_spreadsheets_do(value: object) -> None:
    assert cells.count({"it": value}, "it") == 4


@pytest.mark.parametrize("value", ["0", "-1", "2.5", "1e30"])
def test_a_count_is_whole_at_least_one_and_no_larger_than_a_cluster(value: str) -> None:
    assert "it has to be" in reason(cells.count, value)


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])))
def test_a_time_comes_back_as_utc(moment: datetime) -> None:
    assume(moment.year > 1)
    found = cells.time({"it": moment.isoformat()}, "it")
    assert found == moment
    assert found is not None
    assert found.tzinfo is UTC
    assert cells.time({"it": moment}, "it") == moment


def test_a_time_without_a_zone_is_refused_with_a_way_out() -> None:
    assert reason(cells.time, "2026-11-02 09:00") == "2026-11-02T09:00:00 has no zone; write it as 2026-11-02T09:00:00Z"
    assert "has no zone" in reason(cells.time, datetime(2026, 11, 2))  # noqa: DTZ001  # that is the point


@pytest.mark.parametrize("value", ["yesterday", "2026-13-01T00:00:00Z", "9999-12-31T23:59:59-23:59", 1793000000])
def test_what_is_no_time_is_refused(value: object) -> None:
    assert "is not a time" in reason(cells.time, value)


def test_text_is_stripped_and_numbers_are_taken_as_written() -> None:
    assert cells.text({"it": "  a b  "}, "it") == "a b"
    assert cells.text({"it": 12}, "it") == "12"


@pytest.mark.parametrize("value", ["a\x00b", "a\nb", "tab\there", "half \ud83d pair"])
def test_text_that_no_database_or_terminal_could_hold_is_refused(value: str) -> None:
    assert "unprintable character U+" in reason(cells.text, value)


@pytest.mark.parametrize("value", ["日本語", "naïve – clip", "👩‍💻 jobs", "a\u00a0b"])
def test_text_of_any_language_is_accepted(value: str) -> None:
    assert cells.text({"it": value}, "it") == value


def test_text_that_is_too_long_says_how_long() -> None:
    assert reason(cells.text, "x" * 201) == "has 201 characters; at most 200 are allowed"


def test_a_choice_ignores_case_and_names_the_alternatives() -> None:
    assert cells.choice({"it": " One "}, "it", ("one", "two")) == "one"
    refused = reason(lambda row, column: cells.choice(row, column, ("one", "two")), "three")
    assert refused == "is 'three'; it has to be one of one, two"


def test_a_refused_value_is_quoted_short_and_printable() -> None:
    assert reason(cells.number, "x" * 1000) == f"'{'x' * 58}… is not a number"
    assert reason(cells.number, "a\x00") == r"'a\x00' is not a number"


@pytest.mark.parametrize(
    ("written", "meant"), [("TRUE", True), ("yes", True), ("1", True), (False, False), ("No", False)]
)
def test_flags_as_people_and_programs_write_them(written: object, *, meant: bool) -> None:
    assert cells.flag({"it": written}, "it") is meant


def test_lists_are_separated_by_semicolons_or_are_lists() -> None:
    assert cells.words({"it": "a; b;;c"}, "it") == ("a", "b", "c")
    assert cells.words({"it": ["a", "b"]}, "it") == ("a", "b")
    assert cells.words({}, "it") == ()


def test_what_is_required_and_missing_is_refused() -> None:
    with pytest.raises(InvalidRow, match="units: is missing"):
        cells.required(None, "units")
    assert cells.required(0, "units") == 0
