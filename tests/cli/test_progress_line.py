"""The line of progress: on a terminal only, and only when the work takes longer than a second."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.cli import progress
from bot.cli.progress import Tell, progress_line


class Screen(io.StringIO):
    """Where standard error goes; whether it is a terminal."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


class Work:
    """A progress line on a screen of its own, and the clock that it believes in."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.patch, self.now = monkeypatch, 0.0
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr(progress, "monotonic", lambda: self.now)

    @contextmanager
    def on(self, screen: Screen) -> Iterator[Tell]:
        with self.patch.context() as patch:  # here, for pytest puts its own back between a fixture and its test
            patch.setattr(sys, "stderr", screen)
            with progress_line() as tell:
                yield tell


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(monkeypatch)


def test_long_work_on_a_terminal_is_shown_and_wiped(work: Work) -> None:
    screen = Screen(is_terminal=True)
    with work.on(screen) as tell:
        tell("importing runs", 1000, None)
        work.now = 1.5
        tell("learning from workloads", 3, 8)
    assert "learning from workloads" in screen.getvalue()
    assert "3/8" in screen.getvalue()
    assert screen.getvalue().endswith("\x1b[2K")  # the last thing written clears the line


def test_quick_work_shows_nothing(work: Work) -> None:
    screen = Screen(is_terminal=True)
    with work.on(screen) as tell:
        work.now = 0.9
        tell("importing runs", 1000, None)
    assert "importing" not in screen.getvalue()


def test_where_there_is_no_terminal_nothing_is_written(work: Work) -> None:
    log = Screen(is_terminal=False)
    with work.on(log) as tell:
        work.now = 60.0
        tell("importing runs", 1000, None)
    assert log.getvalue() == ""


def test_work_that_fails_leaves_the_terminal_as_it_was(work: Work) -> None:
    screen = Screen(is_terminal=True)
    with pytest.raises(ValueError, match="boom"), work.on(screen) as tell:  # noqa: PT012
        work.now = 2.0
        tell("importing runs", 1, None)
        raise ValueError("boom")
    hidden, shown = (screen.getvalue().count(code) for code in ("\x1b[?25l", "\x1b[?25h"))
    assert hidden == shown == 1  # the cursor is back
