"""Files into the database: runs, offers, spec sheets, what owners ask for. Importing a file twice changes nothing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

from bot.data import load_catalog, sample_files, sample_shift
from bot.files import Report, Unreadable, read_accelerators, read_offers, read_runs, read_workloads
from bot.store import catalogs, history, workloads, workspaces
from bot.usecases.learning.learn import learn
from bot.usecases.room import Room
from engine import Accelerators, Catalog, Run

__all__ = [
    "Imported",
    "Progress",
    "import_accelerators",
    "import_offers",
    "import_runs",
    "import_sample",
    "import_workloads",
]

Source = str | Path
Progress = Callable[[str, int, int | None], object]
"""Told what is being done, how much of it is, and of how many where that is known."""

_BATCH = 5000  # rows a transaction: few commits, and other writers never wait long
_SAMPLE = "sample"
_CLOCK_SKEW = timedelta(days=1)  # between whoever wrote a file and this machine


@dataclass(frozen=True, slots=True)
class Imported:
    """How many things were new, how many were known already, and how many workloads were learned anew.

    `unread` are the files that could not be read to their end; what lay before the trouble is in.
    """

    added: int
    unchanged: int
    learned: int = 0
    unread: tuple[Unreadable, ...] = ()


def _silence(_what: str, _done: int, _of: int | None) -> None:
    pass


def import_runs(
    room: Room, team_id: str, files: Iterable[Source], source: str, report: Report, progress: Progress = _silence
) -> Imported:
    """Keep the runs of `files` under the name `source`, then learn from what is new.

    The same (source, run id) is the same run, whatever else its row says. A run that ends more than a day from now is
    refused: it would make whatever it ran on today's configuration. Each batch commits by itself, so an import
    that was cut short is simply run again. A file that cannot be read costs none of the others.
    """
    accelerators, units = _known(room, team_id)
    until = room.clock() + _CLOCK_SKEW
    unread: list[Unreadable] = []

    def runs() -> Iterator[Run]:
        for file in files:
            try:
                yield from read_runs(file, accelerators, report, units.get, until)
            except Unreadable as unreadable:
                unread.append(unreadable)

    kept = _keep_runs(room, team_id, runs(), source, report, progress)
    return replace(kept, unread=tuple(unread))


def import_sample(room: Room, team_id: str, report: Report) -> Imported:
    """Keep the sample history, dated so that it ended yesterday, and what its owners ask for."""
    files, shift = sample_files(), sample_shift(room.clock())
    import_workloads(room, team_id, [files["workloads"]], report)
    accelerators, _ = _known(room, team_id)
    runs = (
        replace(run, started_at=run.started_at + shift, ended_at=run.ended_at + shift)
        for run in read_runs(files["runs"], accelerators, report)
    )
    return _keep_runs(room, team_id, runs, _SAMPLE, report, _silence)


def import_offers(room: Room, team_id: str, files: Iterable[Source], report: Report) -> Imported:
    """Make the offers of all `files` together the price list of this workspace, instead of the one before.

    Raises:
        Unreadable: a file cannot be read at all; nothing has changed.
    """
    before, shipped = _catalog(room, team_id), load_catalog().offers
    offers = [
        offer for file in files for offer in read_offers(file, before.accelerators, room.clock(), report, shipped)
    ]
    if offers:
        _keep_catalog(room, team_id, before, Catalog.of(offers, before.accelerators))
    return _counted(offers, before.offers)


def import_accelerators(room: Room, team_id: str, files: Iterable[Source], report: Report) -> Imported:
    """Add the spec sheets of `files`; one of a known name replaces the former. Models are fitted anew.

    Raises:
        Unreadable: a file cannot be read at all; nothing has changed.
    """
    before = _catalog(room, team_id)
    sheets = before.accelerators
    for file in files:
        sheets = read_accelerators(file, report, sheets)
    _keep_catalog(room, team_id, before, Catalog.of(before.offers, sheets))
    counted = _counted(sheets.values(), before.accelerators.values())
    if not counted.added:
        return counted
    with room.store.read(team_id) as scope:
        names = [found.workload for found in history.summaries(scope) if found.runs]
    return replace(counted, learned=learn(room, team_id, names, report))


def import_workloads(room: Room, team_id: str, files: Iterable[Source], report: Report) -> Imported:
    """Keep what the owners of workloads ask for, instead of what they asked before.

    Raises:
        Unreadable: a file cannot be read at all; nothing has changed.
    """
    rows = [row for file in files for row in read_workloads(file, report)]
    added = 0
    with room.store.write(team_id) as scope:
        workspaces.ensure(scope)
        for row in rows:
            before = workloads.get(scope, row.workload.name)
            is_tracked = before is None or before.is_tracked
            after = workloads.OwnedWorkload(row.workload, row.owner, row.channel, is_tracked)
            if after != before:
                workloads.save(scope, after)
                added += 1
    return Imported(added, len(rows) - added)


def _known(room: Room, team_id: str) -> tuple[Accelerators, dict[str, str]]:
    """The spec sheets, and the unit of each workload that has runs."""
    with room.store.read(team_id) as scope:
        units = {found.workload: found.unit for found in history.summaries(scope) if found.unit}
        return room.shelf.index(scope).catalog.accelerators, units


def _catalog(room: Room, team_id: str) -> Catalog:
    with room.store.read(team_id) as scope:
        return room.shelf.index(scope).catalog


def _keep_runs(
    room: Room, team_id: str, runs: Iterable[Run], source: str, report: Report, progress: Progress
) -> Imported:
    added = unchanged = 0
    touched: dict[str, None] = {}
    for batch in _batches(runs):
        with room.store.write(team_id) as scope:
            workspaces.ensure(scope)
            kept = history.add_runs(scope, source, batch)
        added, unchanged = added + kept.added, unchanged + kept.unchanged
        if kept.added:
            touched.update((run.workload, None) for run in batch)
        progress("importing runs", added + unchanged, None)
    return Imported(added, unchanged, learn(room, team_id, list(touched), report, progress))


def _batches(runs: Iterable[Run]) -> Iterator[Sequence[Run]]:
    rest = iter(runs)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _keep_catalog(room: Room, team_id: str, before: Catalog, after: Catalog) -> None:
    if after.version != before.version:
        with room.store.write(team_id) as scope:
            workspaces.ensure(scope)
            catalogs.save(scope, after, room.clock())


def _counted(after: Iterable[object], before: Iterable[object]) -> Imported:
    known = frozenset(before)
    rows = list(after)
    added = sum(row not in known for row in rows)
    return Imported(added, len(rows) - added)
