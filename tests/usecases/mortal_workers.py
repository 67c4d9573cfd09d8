"""Workers that die: the first tasks of each crew work, the next are lost, and nothing more can be submitted."""

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any


class Mortal:
    """Hires crews that each do `works` tasks, lose `loses` more, and then refuse; counts crews and submissions."""

    def __init__(self, works: int, loses: int = 1) -> None:
        self.works, self.loses = works, loses
        self.crews: list[_Crew] = []

    def __call__(self) -> Executor:
        self.crews.append(_Crew(self.works, self.loses))
        return self.crews[-1]


class _Crew(Executor):
    def __init__(self, works: int, loses: int) -> None:
        self.works, self.loses, self.submitted, self.is_gone = works, loses, 0, False

    def submit(self, task: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.submitted += 1
        future: Future[Any] = Future()
        if self.submitted <= self.works:
            future.set_result(task(*args, **kwargs))
        elif self.submitted <= self.works + self.loses:
            future.set_exception(BrokenExecutor("a worker died"))
        else:
            raise BrokenExecutor("no worker is left")
        return future

    def shutdown(self, *_: Any, **__: Any) -> None:
        self.is_gone = True
