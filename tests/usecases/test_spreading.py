"""Spread work comes back whole and in order, whoever dies on the way, and nobody is left behind."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.usecases.learning.spreading import Spread
from tests.usecases.mortal_workers import Mortal


def double(task: int) -> int:
    return 2 * task


@settings(deadline=None)
@given(st.integers(0, 9), st.integers(0, 3), st.integers(0, 4), st.integers(0, 12))
def test_every_task_is_done_once_and_in_order_however_often_workers_die(
    works: int, loses: int, ahead: int, n_tasks: int
) -> None:
    mortal = Mortal(works, loses)
    assert list(Spread(double, mortal, ahead).results(range(n_tasks))) == [2 * task for task in range(n_tasks)]
    assert len(mortal.crews) <= 3
    assert all(crew.is_gone for crew in mortal.crews)


def test_what_was_done_before_a_crew_died_is_not_done_again() -> None:
    done: list[int] = []
    mortal = Mortal(works=3)
    assert list(Spread(done.append, mortal, ahead=9).results(range(5))) == [None] * 5
    assert sorted(done) == [0, 1, 2, 3, 4]


def test_it_is_said_when_workers_are_lost_and_when_no_more_are_hired() -> None:
    said: list[str] = []
    list(Spread(double, Mortal(works=1), 2, said.append).results(range(9)))
    lost = "worker processes were lost; others go on with their work"
    assert said == [lost, lost, "worker processes were lost again; the rest is done here"]


def test_no_more_is_under_way_than_was_asked_for() -> None:
    mortal = Mortal(works=100)
    results = Spread(double, mortal, ahead=3).results(range(50))
    next(results)
    assert mortal.crews[0].submitted == 4


def test_whoever_stops_early_leaves_no_workers_behind() -> None:
    mortal = Mortal(works=100)
    results: Iterator[int] = Spread(double, mortal, ahead=3).results(range(50))
    next(results)
    results.close()  # type: ignore[attr-defined]  # a generator
    assert mortal.crews[0].is_gone


def test_an_error_of_the_work_itself_is_the_callers() -> None:
    with pytest.raises(ZeroDivisionError):
        list(Spread((1).__floordiv__, partial(ThreadPoolExecutor, 1), 2).results([1, 0]))


class Withdrawing(Executor):
    """A scheduler that went away: everything handed to it is cancelled."""

    def submit(self, _task: Callable[..., Any], /, *_: Any, **__: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.cancel()
        return future


def test_cancelled_work_is_done_all_the_same() -> None:
    with pytest.raises(CancelledError):
        Withdrawing().submit(double, 1).result()
    assert list(Spread(double, Withdrawing, 2).results(range(4))) == [0, 2, 4, 6]


def die_once(task: tuple[str, int]) -> int:
    """Kill the process that does the third task, the first time."""
    marker, number = Path(task[0]), task[1]
    if number == 2 and not marker.exists():
        marker.touch()
        os._exit(9)
    return number


def test_a_real_process_that_is_killed_is_replaced(tmp_path: Path) -> None:
    said: list[str] = []
    hire = partial(ProcessPoolExecutor, 1, mp_context=get_context("spawn"))
    tasks = [(str(tmp_path / "died"), number) for number in range(5)]
    assert list(Spread(die_once, hire, 2, said.append).results(tasks)) == [0, 1, 2, 3, 4]
    assert len(said) == 1
