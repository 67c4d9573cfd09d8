"""What is dear is made once and kept, and nobody waits for what somebody else needs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from bot.usecases.room import _MOST, _Kept

PATIENCE_SECONDS = 20.0


class Maker:
    """Makes a value from its key, and remembers how often it was asked to."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def of(self, key: str) -> Callable[[], str]:
        def make() -> str:
            self.made.append(key)
            return key.upper()

        return make


@pytest.fixture
def maker() -> Maker:
    return Maker()


@pytest.fixture
def kept() -> _Kept[str, str]:
    return _Kept()


def test_a_value_is_made_once_however_many_ask(kept: _Kept[str, str], maker: Maker) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: kept.get("a", maker.of("a")), range(50)))
    assert (set(found), maker.made) == ({"A"}, ["a"])


def test_who_needs_another_value_does_not_wait_for_a_slow_one(kept: _Kept[str, str], maker: Maker) -> None:
    has_begun, may_end = Event(), Event()

    def slow() -> str:
        has_begun.set()
        assert may_end.wait(PATIENCE_SECONDS)
        return "SLOW"

    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(kept.get, "slow", slow)
        assert has_begun.wait(PATIENCE_SECONDS)
        assert kept.get("a", maker.of("a")) == "A"
        assert not waiting.done()
        may_end.set()
        assert waiting.result(PATIENCE_SECONDS) == "SLOW"


def test_what_could_not_be_made_is_tried_again(kept: _Kept[str, str], maker: Maker) -> None:
    def broken() -> str:
        raise OSError("the database is away")

    with pytest.raises(OSError, match="away"):
        kept.get("a", broken)
    assert kept.get("a", maker.of("a")) == "A"


def test_the_few_used_last_are_kept(kept: _Kept[str, str], maker: Maker) -> None:
    keys = [f"key-{number}" for number in range(_MOST)]
    for key in (*keys, keys[0], "one more"):
        kept.get(key, maker.of(key))
    assert maker.made == [*keys, "one more"]
    assert kept.get(keys[0], maker.of(keys[0])) == "KEY-0"
    kept.get(keys[1], maker.of(keys[1]))
    assert maker.made == [*keys, "one more", keys[1]]
