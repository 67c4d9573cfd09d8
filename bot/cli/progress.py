"""A line of progress on standard error, when that is a terminal and the work takes longer than a second."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

__all__ = ["Tell", "progress_line"]

Tell = Callable[[str, int, int | None], None]
"""Told what is being done, how much of it is, and of how many where that is known."""

_PATIENCE = 1.0  # seconds before anything is shown


@contextmanager
def progress_line() -> Iterator[Tell]:
    """Something to tell (what, how much of it is done, of how many); what was shown is wiped at the end."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console  # noqa: PLC0415  # costs a tenth of a second
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task, begun = bar.add_task("", total=None), monotonic()

    def tell(what: str, done: int, of: int | None) -> None:
        bar.update(task, description=what, completed=done, total=of)
        if monotonic() - begun > _PATIENCE and not bar.live.is_started:
            bar.start()

    try:
        yield tell
    finally:
        bar.stop()
