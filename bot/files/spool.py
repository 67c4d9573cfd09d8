"""Runs put together by workload, however many there are: what memory should not hold waits in a temporary file."""

import json
import tempfile
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from engine import Run

__all__ = ["Spool"]

_HELD = 50_000  # runs in memory, some 40 MB
_CELLS = tuple(field.name for field in fields(Run) if field.name not in {"workload", "started_at", "ended_at"})
_cells_of = attrgetter(*_CELLS)


class Spool(AbstractContextManager["Spool"]):
    """Runs by workload, workloads in the order of their first run. The file goes when the spool is closed."""

    def __init__(self, held: int = _HELD) -> None:
        self._most, self._held = held, 0
        self._fresh: defaultdict[str, list[Run]] = defaultdict(list)
        self._blocks: dict[str, array[int]] = {}  # where the older runs of a workload lie: start, length, start, …
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed by __exit__
        self._end = 0

    def __exit__(self, *_: object) -> None:
        """Drop everything."""
        self._file.close()

    def __len__(self) -> int:
        """How many workloads there are."""
        return len(self._blocks)

    def __iter__(self) -> Iterator[str]:
        """The workloads, in the order of their first run."""
        return iter(self._blocks)

    def __contains__(self, workload: object) -> bool:
        return workload in self._blocks

    def add(self, run: Run) -> None:
        """Keep one run."""
        if run.workload not in self._blocks:
            self._blocks[run.workload] = array("q")
        self._fresh[run.workload].append(run)
        self._held += 1
        if self._held >= self._most:
            self._spill()

    def runs(self, workload: str) -> list[Run]:
        """Every run of `workload` once, in the order of adding; none for a workload nobody added.

        Of several runs with one id the first counts, as in an import: exports overlap.
        """
        kept: dict[str, Run] = {}
        for run in (*self._spilled(workload), *self._fresh.get(workload, ())):
            kept.setdefault(run.run_id, run)
        return list(kept.values())

    def _spill(self) -> None:
        self._file.seek(self._end)
        for workload, runs in self._fresh.items():
            block = json.dumps([_as_cells(run) for run in runs]).encode()
            self._file.write(block)
            self._blocks[workload].extend((self._end, len(block)))
            self._end += len(block)
        self._fresh.clear()
        self._held = 0

    def _spilled(self, workload: str) -> Iterator[Run]:
        places = iter(self._blocks.get(workload, ()))
        for start, length in zip(places, places, strict=True):
            self._file.seek(start)
            yield from (_as_run(workload, *cells) for cells in json.loads(self._file.read(length)))


def _as_cells(run: Run) -> Iterable[Any]:
    return (run.started_at.isoformat(), run.ended_at.isoformat(), *_cells_of(run))


def _as_run(workload: str, started_at: str, ended_at: str, *cells: Any) -> Run:
    times = {name: datetime.fromisoformat(at) for name, at in (("started_at", started_at), ("ended_at", ended_at))}
    named: dict[str, Any] = dict(zip(_CELLS, cells, strict=True))
    return Run(workload=workload, **times | named)
