"""Threads that workspaces take turns at: whoever asks a lot waits behind itself, and nobody else does."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Executor, Future

__all__ = ["Turns"]


class Turns:
    """Lends out `threads`: each that is free does the first work of the workspace whose turn it is."""

    def __init__(self, threads: Executor) -> None:
        self._threads = threads
        self._lock = threading.Lock()
        self._waiting: OrderedDict[str, deque[Callable[[], None]]] = OrderedDict()  # by workspace, the next one first

    def submit(self, team_id: str, work: Callable[[], None]) -> "Future[None]":
        """Have `work` done in its turn; the future is that of some work, of which there are as many as futures."""
        with self._lock:
            self._waiting.setdefault(team_id, deque()).append(work)
        return self._threads.submit(self._do_next)

    def _do_next(self) -> None:
        with self._lock:
            team_id, line = self._waiting.popitem(last=False)
            work = line.popleft()
            if line:
                self._waiting[team_id] = line  # behind all others
        work()
