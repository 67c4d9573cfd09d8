"""Workspaces take turns at the threads of the desk."""

import threading
from collections.abc import Iterator
from concurrent.futures import wait

import pytest

from bot.slack.turns import Turns


@pytest.fixture
def turns() -> Iterator[Turns]:
    turns = Turns(1, "test")
    yield turns
    turns.stop()


def test_whoever_asks_a_lot_waits_behind_itself_and_nobody_else_does(turns: Turns) -> None:
    done: list[str] = []
    is_begun, may_end = threading.Event(), threading.Event()

    def take_long() -> None:
        is_begun.set()
        may_end.wait(60)

    first = turns.submit("T1", take_long)
    is_begun.wait(60)
    asked = [*(f"T1 {number}" for number in range(1, 5)), "T2 0", "T3 0", "T2 1"]
    others = [turns.submit(name[:2], lambda name=name: done.append(name)) for name in asked]  # type: ignore[misc]
    may_end.set()
    wait([first, *others], 60)
    assert done == ["T1 1", "T2 0", "T3 0", "T1 2", "T2 1", "T1 3", "T1 4"]


def test_work_of_one_workspace_is_done_in_its_order(turns: Turns) -> None:
    done: list[int] = []
    wait([turns.submit("T1", lambda number=number: done.append(number)) for number in range(20)], 60)  # type: ignore[misc]
    assert done == list(range(20))


def test_work_that_fails_says_so_and_costs_nobody_a_turn(turns: Turns) -> None:
    done: list[str] = []

    def fail() -> None:
        raise ZeroDivisionError

    failed, fine = turns.submit("T1", fail), turns.submit("T1", lambda: done.append("fine"))
    assert isinstance(failed.exception(60), ZeroDivisionError)
    assert fine.exception(60) is None
    assert done == ["fine"]
    assert turns.submit("T1", lambda: 7).result(60) == 7


def test_what_has_not_begun_is_cancelled_when_the_day_is_over(turns: Turns) -> None:
    is_begun, may_end = threading.Event(), threading.Event()

    def take_long() -> None:
        is_begun.set()
        may_end.wait(60)

    under_way = turns.submit("T1", take_long)
    is_begun.wait(60)
    waiting = turns.submit("T1", take_long)
    turns.stop()
    assert waiting.cancelled()
    may_end.set()
    assert under_way.exception(60) is None
    with pytest.raises(RuntimeError):
        turns.submit("T2", take_long)


def test_work_of_many_threads_is_all_done_once() -> None:
    done: list[int] = []
    many = Turns(4, "test")
    futures = [many.submit(f"T{number % 3}", lambda number=number: done.append(number)) for number in range(300)]  # type: ignore[misc]
    wait(futures, 60)
    many.stop()
    assert sorted(done) == list(range(300))
