"""Requests that nobody finished, on both databases: taken up, tried again, and given up in the end."""

import asyncio
from collections.abc import Callable

import pytest

from bot.jobs.worker import Worker
from bot.local.workspace import TEAM_ID
from bot.store import AlreadySettled, Store, inbox
from bot.store.inbox import Request
from tests.jobs.clocks import Clock, until

LEASE_SECONDS = 60.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


def put(store: Store, clock: Clock, *keys: str) -> None:
    """Requests that a process wrote down before it died."""
    with store.write(TEAM_ID) as scope:
        for key in keys:
            inbox.put(scope, key, "command", {"text": key}, owner="gone", now=clock(), lease_seconds=LEASE_SECONDS)


def counts(store: Store) -> dict[str, int]:
    with store.read(TEAM_ID) as scope:
        return {state: count for state, count in inbox.counts(scope).items() if count}


class Desk:
    """Notes what it is given and settles it, unless `trouble` says otherwise."""

    def __init__(self, store: Store, trouble: Callable[[Request], None] = lambda _: None) -> None:
        self.store, self.trouble = store, trouble
        self.handled: list[str] = []

    def __call__(self, request: Request) -> None:
        self.handled.append(request.body["text"])
        self.trouble(request)
        with self.store.write(request.team_id, settles=request.id):
            pass


async def test_work_in_other_hands_is_left_alone_until_its_lease_ends(store: Store, clock: Clock) -> None:
    desk = Desk(store)
    put(store, clock, "one", "two")
    worker = Worker(store, desk, clock)
    assert await worker.take_once() == 0
    clock.advance(LEASE_SECONDS + 1)
    assert await worker.take_once() == 2
    assert await worker.take_once() == 0
    assert desk.handled == ["one", "two"]
    assert counts(store) == {"done": 2}


async def test_two_workers_share_the_orphans(store: Store, clock: Clock) -> None:
    desk = Desk(store)
    keys = [f"{number}" for number in range(12)]
    put(store, clock, *keys)
    clock.advance(LEASE_SECONDS + 1)
    await asyncio.gather(*(Worker(store, desk, clock).take_once() for _ in range(4)))
    assert sorted(desk.handled) == sorted(keys)


async def test_one_bad_request_does_not_hold_up_the_others(store: Store, clock: Clock) -> None:
    def fail(request: Request) -> None:
        if request.body["text"] == "bad":
            raise RuntimeError("out of luck")

    desk = Desk(store, fail)
    put(store, clock, "bad", "good")
    clock.advance(LEASE_SECONDS + 1)
    await Worker(store, desk, clock).take_once()
    assert desk.handled == ["bad", "good"]
    assert counts(store) == {"waiting": 1, "done": 1}


async def test_a_request_that_always_fails_is_dead_in_the_end(store: Store, clock: Clock) -> None:
    def fail(_: Request) -> None:
        raise RuntimeError("out of luck")

    desk = Desk(store, fail)
    put(store, clock, "bad")
    worker = Worker(store, desk, clock)
    for _ in range(12):
        clock.advance(LEASE_SECONDS + 1)
        await worker.take_once()
    assert counts(store) == {"dead": 1}
    assert len(desk.handled) == 4  # the fifth attempt was the one of the process that died


async def test_what_somebody_else_settled_meanwhile_is_no_failure(store: Store, clock: Clock) -> None:
    def settled_before(request: Request) -> None:
        with store.write(request.team_id, settles=request.id):
            pass

    put(store, clock, "one")
    clock.advance(LEASE_SECONDS + 1)
    with pytest.raises(AlreadySettled):
        Desk(store, settled_before)(taken(store, clock))
    put(store, clock, "two")
    clock.advance(LEASE_SECONDS + 1)
    await Worker(store, Desk(store, settled_before), clock).take_once()
    assert counts(store) == {"done": 2}


def taken(store: Store, clock: Clock) -> Request:
    with store.across() as scope:
        return inbox.claim(scope, "me", clock(), LEASE_SECONDS)[0]


async def test_running_it_takes_up_orphans_until_it_is_stopped(store: Store, clock: Clock) -> None:
    desk, stop = Desk(store), asyncio.Event()
    put(store, clock, "one")
    clock.advance(LEASE_SECONDS + 1)
    task = asyncio.create_task(Worker(store, desk, clock).run(stop))
    await until(lambda: counts(store) == {"done": 1})
    stop.set()
    await task
    assert desk.handled == ["one"]
