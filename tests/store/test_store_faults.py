"""What happens when processes compete, and when one is killed in the middle of its work."""

import multiprocessing
import random
import time
from datetime import timedelta
from multiprocessing.connection import Connection

import pytest

from bot.store import AlreadySettled, Store, history, inbox, outbox
from bot.store.inbox import Request
from tests.store.store_samples import NOW
from tests.store.store_worker import LEASE_SECONDS, do, work

ORPHANED = NOW + timedelta(seconds=LEASE_SECONDS)


class Worker:
    """A process that does so many rounds of work; it starts fast, from one that has imported what takes long."""

    _starter = multiprocessing.get_context("forkserver")
    _starter.set_forkserver_preload(["bot.store.history", "bot.store.inbox", "bot.store.outbox", "psycopg"])

    def __init__(self, database_url: str, name: str, rounds: int) -> None:
        self._reports, theirs = self._starter.Pipe(duplex=False)
        self._process = self._starter.Process(target=work, args=(database_url, name, rounds, theirs))
        self._process.start()
        theirs.close()

    def finish(self) -> int | None:
        """Wait for its end; its exit code."""
        self._process.join(60)
        return self._process.exitcode

    def kill_in(self, seconds: float) -> int:
        """Kill it so long after its first round; how many rounds it had reported."""
        assert self._reports.poll(60)
        time.sleep(seconds)
        self._process.kill()
        self._process.join(60)
        return len(_received(self._reports))


def _received(reports: Connection) -> list[int]:
    received: list[int] = []
    try:
        while True:
            received.append(reports.recv())
    except EOFError:
        return received


def orphans(store: Store) -> list[Request]:
    with store.across() as scope:
        return inbox.claim(scope, "heir", ORPHANED, LEASE_SECONDS, limit=100)


def done(store: Store) -> int:
    """How many requests are done, after a look that nothing is half done."""
    with store.read("T1") as scope:
        settled, posts = inbox.counts(scope)["done"], outbox.counts(scope)["waiting"]
        assert settled == posts == history.count_runs(scope) == len(history.load(scope, "video-gen"))
    return settled


def test_four_processes_write_at_once_and_none_fails(store: Store, database_url: str) -> None:
    processes = [Worker(database_url, f"worker-{number}", rounds=25) for number in range(4)]
    assert [process.finish() for process in processes] == [0] * 4
    assert done(store) == 100
    assert orphans(store) == []


@pytest.mark.parametrize("seed", range(3))
def test_a_process_that_is_killed_leaves_nothing_half_done_and_loses_nothing(
    store: Store, database_url: str, seed: int
) -> None:
    pause = random.Random(seed).uniform(0, 0.15)
    reported = Worker(database_url, "victim", rounds=10_000).kill_in(pause)
    settled = done(store)
    assert reported <= settled <= reported + 1  # the last one may have been done and not reported any more
    left = orphans(store)
    assert len(left) <= 1
    for request in left:
        do(store, request)
    assert done(store) == settled + len(left)


def test_killed_processes_do_not_disturb_the_others(store: Store, database_url: str) -> None:
    survivor = Worker(database_url, "survivor", rounds=40)
    reported = sum(Worker(database_url, f"victim-{number}", rounds=10_000).kill_in(0.03) for number in range(2))
    assert survivor.finish() == 0
    assert done(store) >= 40 + reported


def test_work_that_only_seemed_abandoned_is_done_once(store: Store, database_url: str) -> None:
    Worker(database_url, "victim", rounds=10_000).kill_in(0)
    with store.write("T1") as scope:
        inbox.put(scope, "slow", "slow", {"number": 99_999}, owner="slow", now=NOW, lease_seconds=LEASE_SECONDS)
    before = done(store)
    claimed = orphans(store)
    for request in claimed:
        do(store, request)
    for request in claimed:
        with pytest.raises(AlreadySettled):
            do(store, request)
    assert done(store) == before + len(claimed)
