"""Hands for surveys: processes of this machine, or a Dask cluster where the settings name its scheduler."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.connection import wait
from typing import Any

from bot.usecases.digests.hands import Crew, Hands

__all__ = ["crew_of"]

_MOST = 4  # processes: each holds an index and a model of its own
_AHEAD = 2  # tasks a process, so that none waits for the next
_NICENESS = 10  # people's questions come first
_DASK_AHEAD = 64  # tasks: a cluster has many hands
_DASK_PATIENCE_SECONDS = 10
_DASK_RETRIES = 3  # of a task whose worker died


def crew_of(database_url: str, scheduler_address: str | None = None) -> Crew:
    """The crew that the settings ask for. Its hands are taken on for one survey and leave after it."""
    if scheduler_address is None:
        return partial(_processes, database_url)
    return partial(_cluster, scheduler_address)


@contextmanager
def _processes(database_url: str) -> Iterator[Hands]:
    """Processes that yield to everything else, so that requests are acknowledged while they work."""
    number = min(_MOST, max(1, _processors() - 1))
    fresh = multiprocessing.get_context("spawn")  # a fork would copy locks that other threads hold
    pool = ProcessPoolExecutor(number, mp_context=fresh, initializer=_become_a_hand)
    try:
        yield Hands(pool, database_url, _AHEAD * number)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _cluster(address: str) -> Iterator[Hands]:
    """Workers of a Dask cluster, which have the bot installed and `DATABASE_URL` of their own: no password travels.

    Raises:
        ImportError: the extra `dask` is not installed.
        OSError: no scheduler answers.
    """
    from distributed import Client  # noqa: PLC0415 - optional, and seconds to import

    connect: Any = Client  # annotated in part only
    client = connect(address, timeout=_DASK_PATIENCE_SECONDS, set_as_default=False)
    try:
        executor: Executor = client.get_executor(pure=False, retries=_DASK_RETRIES)
        yield Hands(executor, None, _DASK_AHEAD)
    finally:
        client.close(_DASK_PATIENCE_SECONDS)


def _processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _become_a_hand() -> None:
    """Yield to others, leave Ctrl-C to the parent, and end when it does, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(AttributeError, OSError):
        os.nice(_NICENESS)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
