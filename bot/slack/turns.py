"""Threads that workspaces take turns at: whoever asks a lot waits behind itself, and nobody else does."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

__all__ = ["Turns"]

_Result = TypeVar("_Result")


class _Work(NamedTuple):
    do: Callable[[], Any]
    future: "Future[Any]"

    def done(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            self.future.set_result(self.do())
        except BaseException as problem:  # noqa: BLE001 - it is the future's, as in any executor
            self.future.set_exception(problem)


class Turns:
    """So many threads, of which each that is free does the first work of the workspace whose turn it is."""

    def __init__(self, threads: int, name: str) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._lock = threading.Lock()
        self._waiting: OrderedDict[str, deque[_Work]] = OrderedDict()  # by workspace, the next one first

    def submit(self, team_id: str, do: Callable[[], _Result]) -> "Future[_Result]":
        """Have it done in its turn.

        Raises:
            RuntimeError: after `stop`.
        """
        work = _Work(do, Future())
        with self._lock:
            self._waiting.setdefault(team_id, deque()).append(work)
            self._threads.submit(self._do_next)
        return work.future

    def stop(self) -> None:
        """Begin nothing more: what waits is cancelled."""
        with self._lock:
            waiting = [work for line in self._waiting.values() for work in line]
            self._waiting.clear()
            self._threads.shutdown(wait=False, cancel_futures=True)
        for work in waiting:
            work.future.cancel()

    def _do_next(self) -> None:
        with self._lock:
            if not self._waiting:
                return  # it was stopped
            team_id, line = self._waiting.popitem(last=False)
            work = line.popleft()
            if line:
                self._waiting[team_id] = line  # behind all others
        work.done()
