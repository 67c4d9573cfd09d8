"""Runs put together by workload, in memory and beyond."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.files.spool import Spool
from engine import Run

START = datetime(2026, 11, 2, 9, 0, 0, 123456, tzinfo=UTC)


def run(workload: str, number: int) -> Run:
    return Run(workload, f"r{number}", START, START + timedelta(hours=1), number / 3, "A10G-24GB", 1, batch_size=0.1)


@given(names=st.lists(st.sampled_from("abcdefg")), held=st.integers(1, 50))
def test_a_spool_gives_back_what_a_dictionary_would(names: list[str], held: int) -> None:
    expected: defaultdict[str, list[Run]] = defaultdict(list)
    with Spool(held) as spool:
        for number, name in enumerate(names):
            expected[name].append(run(name, number))
            spool.add(run(name, number))
        assert list(spool) == list(expected)
        assert len(spool) == len(expected)
        assert {name: spool.runs(name) for name in spool} == expected


def test_adding_may_go_on_after_reading() -> None:
    with Spool(held=2) as spool:
        for number in range(5):
            spool.add(run("a", number))
            assert [each.run_id for each in spool.runs("a")] == [f"r{n}" for n in range(number + 1)]


@given(numbers=st.lists(st.integers(0, 5)), held=st.integers(1, 50))
def test_a_run_that_is_added_again_counts_once_wherever_the_first_one_lies(numbers: list[int], held: int) -> None:
    with Spool(held) as spool:
        for place, number in enumerate(numbers):
            spool.add(replace(run("a", number), units=place + 1.0))
        assert [each.run_id for each in spool.runs("a")] == [f"r{number}" for number in dict.fromkeys(numbers)]
        assert [each.units for each in spool.runs("a")] == sorted({numbers.index(it) + 1.0 for it in numbers})


def test_nothing_is_known_of_a_workload_that_nobody_added() -> None:
    with Spool() as spool:
        spool.add(run("a", 1))
        assert "b" not in spool
        assert spool.runs("b") == []
