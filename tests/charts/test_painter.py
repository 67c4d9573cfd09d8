"""The process that draws: it starts when it is needed, comes back when it died, and never holds up a card."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.charts import NotDrawn, Painter
from bot.charts.painter import Draw
from tests.charts.chart_samples import chart_of, size_of
from tests.charts.stand_ins import dawdle, die, fail, its_own_number, nothing, sleep_long

CHART = chart_of()
PATIENCE_SECONDS = 120.0  # of a busy machine, on which a process takes long to start


@pytest.fixture(scope="module")
def numbering() -> Iterator[Painter]:
    """One process for all tests that only ask which one it is."""
    painter = Painter(its_own_number, nothing)
    yield painter
    painter.close()


async def number_of(painter: Painter) -> int:
    return int(await painter.draw(CHART, PATIENCE_SECONDS))


async def test_charts_are_drawn_one_after_the_other_in_one_other_process(numbering: Painter) -> None:
    numbers = await asyncio.gather(*(number_of(numbering) for _ in range(3)))
    assert len(set(numbers)) == 1
    assert numbers[0] != os.getpid()


async def test_when_the_process_died_another_takes_its_place_for_everybody_who_waits(numbering: Painter) -> None:
    before = await number_of(numbering)
    os.kill(before, signal.SIGKILL)
    after = await asyncio.gather(number_of(numbering), number_of(numbering))
    assert len(set(after)) == 1
    assert after[0] != before


async def test_a_closed_painter_leaves_no_process_and_can_begin_again(numbering: Painter) -> None:
    number = await number_of(numbering)
    numbering.close()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert await number_of(numbering) != number


@pytest.mark.parametrize(
    ("draw", "reason"), [(die, "the process that draws died twice"), (fail, "ValueError: no such colour")]
)
async def test_what_goes_wrong_in_there_is_told_in_a_line(draw: Draw, reason: str) -> None:
    painter = Painter(draw, nothing)
    try:
        with pytest.raises(NotDrawn, match=reason):
            await painter.draw(CHART, PATIENCE_SECONDS)
    finally:
        painter.close()


async def test_nobody_waits_longer_than_asked_and_a_process_that_hangs_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    painter = Painter(dawdle, nothing)
    try:
        with pytest.raises(NotDrawn, match=r"no chart within 0\.05 s"):
            await painter.draw(CHART, 0.05)
        assert painter._process is not None
        monkeypatch.setattr("bot.charts.painter._STUCK_SECONDS", 0.0)
        with pytest.raises(NotDrawn, match="no chart within"):
            await painter.draw(CHART, 0.05)
        assert painter._process is None
    finally:
        painter.close()


async def test_a_process_that_never_gets_ready_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.charts.painter._START_SECONDS", 0.05)
    painter = Painter(its_own_number, sleep_long)
    try:
        with pytest.raises(NotDrawn, match="no chart within"):
            await painter.draw(CHART, PATIENCE_SECONDS)
    finally:
        painter.close()


async def test_a_warm_process_draws_the_real_thing() -> None:
    painter = Painter()
    try:
        painter.warm()
        assert size_of(await painter.draw(CHART, PATIENCE_SECONDS)) == (1200, 800)
    finally:
        painter.close()


LONELY = """
import asyncio, sys
from bot.charts import Painter
from tests.charts.chart_samples import chart_of
from tests.charts.stand_ins import its_own_number, nothing

async def main():
    print((await Painter(its_own_number, nothing).draw(chart_of(), 120.0)).decode(), flush=True)
    await asyncio.sleep(600)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_the_process_ends_with_a_bot_that_was_killed(tmp_path: Path) -> None:
    script = tmp_path / "lonely.py"
    script.write_text(LONELY, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment) as bot:
        assert bot.stdout is not None
        number = int(bot.stdout.readline())
        bot.kill()
        bot.wait()
        end = time.monotonic() + PATIENCE_SECONDS
        while is_alive(number):
            assert time.monotonic() < end
            time.sleep(0.01)


def is_alive(number: int) -> bool:
    """Whether a process runs; one that only waits to be buried does not."""
    try:
        return "State:\tZ" not in Path(f"/proc/{number}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False


def test_what_never_began_is_closed_without_a_word() -> None:
    Painter().close()
