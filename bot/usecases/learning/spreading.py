"""Work spread over other processes in order, however many of them die on the way."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import suppress
from typing import Generic, TypeVar

__all__ = ["Hire", "Spread"]

Hire = Callable[[], Executor]
"""Takes on workers; whoever calls it lets them go."""

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")
_RENEWALS = 2  # of workers that died; work that kills them thrice is better done where its error can be seen


class Spread(Generic[_Task, _Result]):
    """Does `work` on tasks, `ahead` of them under way at a time, and gives the results in the order of the tasks.

    Where workers die, new ones get what was under way; where these die too, the rest is done here, and `tell` hears
    of both. `work` and the tasks must be able to travel to another process.
    """

    def __init__(
        self, work: Callable[[_Task], _Result], hire: Hire, ahead: int, tell: Callable[[str], object] = lambda _: None
    ) -> None:
        self._work, self._hire, self._ahead, self._tell = work, hire, ahead, tell
        self._workers: Executor | None = None
        self._losses = 0
        self._under_way: deque[tuple[_Task, Future[_Result] | None]] = deque()

    def results(self, tasks: Iterable[_Task]) -> Iterator[_Result]:
        """One a task. The workers go when the last result is taken, or when nobody wants the rest."""
        self._workers = self._hire()
        try:
            for task in tasks:
                self._under_way.append((task, self._begun(task)))
                if len(self._under_way) > self._ahead:
                    yield self._next()
            while self._under_way:
                yield self._next()
        finally:
            self._let_go()

    def _begun(self, task: _Task) -> Future[_Result] | None:
        """The task in a worker's hands; None where it has to wait."""
        if self._workers is not None:
            with suppress(BrokenExecutor):
                return self._workers.submit(self._work, task)
        return None

    def _next(self) -> _Result:
        task, future = self._under_way[0]
        if future is None and self._workers is None:
            self._under_way.popleft()
            return self._work(task)
        try:
            if future is None:
                raise BrokenExecutor  # noqa: TRY301 - submitting found out what taking would have
            result = future.result()
        except (BrokenExecutor, CancelledError):
            self._renew()
            return self._next()
        self._under_way.popleft()
        return result

    def _renew(self) -> None:
        """Take on new workers for everything that is not done, or none."""
        self._let_go()
        self._losses += 1
        if self._losses <= _RENEWALS:
            self._tell("worker processes were lost; others go on with their work")
            self._workers = self._hire()
        else:
            self._tell("worker processes were lost again; the rest is done here")
        self._under_way = deque((task, self._again(task, future)) for task, future in self._under_way)

    def _again(self, task: _Task, future: Future[_Result] | None) -> Future[_Result] | None:
        is_done = future is not None and future.done() and not future.cancelled() and future.exception() is None
        return future if is_done else self._begun(task)

    def _let_go(self) -> None:
        if self._workers is not None:
            self._workers.shutdown(wait=False, cancel_futures=True)
            self._workers = None
