"""Every workload of a set of files, advised offline: no database, no Slack, no network."""

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from time import perf_counter

from bot.data import load_accelerators, load_catalog
from bot.files import Report, read_accelerators, read_offers, read_runs, read_workloads
from bot.files.spool import Spool
from bot.usecases.asking.renting import unrentable
from bot.usecases.learning.fitting_scales import read_scales
from bot.usecases.learning.spreading import Hire, Spread
from engine import (
    Accelerators,
    Advice,
    Catalog,
    CatalogIndex,
    History,
    Model,
    Observations,
    Policy,
    Run,
    Stage,
    UnknownAccelerator,
    Workload,
    fit,
    index,
    observe,
    recommend,
)

__all__ = ["Progress", "Scan", "scan"]

Source = str | Path
Progress = Callable[[str, int, int | None], object]
"""Told what is being done, how much of it is, and of how many where that is known."""

_CHUNK = 32  # workloads a task: some tenths of a second, so that handing it to another process costs little
_TELL_EVERY = 5000  # rows
_TELL_MEASURED_EVERY = 25  # workloads


@dataclass(frozen=True, slots=True)
class Scan:
    """What is asked: the files, and what holds for every workload in them. None: the shipped data."""

    runs: tuple[Source, ...]
    offers: Source | None = None
    accelerators: Source | None = None
    workloads: Source | None = None
    scales: Source | None = None
    organisation: str = ""
    only: tuple[str, ...] = ()
    stage: Stage | None = None
    with_predictions: bool = False
    policy: Policy = field(default_factory=Policy)


def scan(
    asked: Scan,
    report: Report,
    now: datetime,
    hire: Hire | None = None,
    ahead: int = 4,
    progress: Progress = lambda *_: None,
) -> Iterator[Advice]:
    """One advice a workload, in the order in which runs first name them; refused rows go to `report`.

    The files alone decide the answers: "today" is when the last run ended. `now` serves to refuse prices of the
    future. With `hire` the work is spread over what it takes on, `ahead` tasks at a time; else it is done here.

    Raises:
        Unreadable: one of the files cannot be read at all.
    """
    accelerators = read_accelerators(asked.accelerators, report) if asked.accelerators else load_accelerators()
    prepared = index(_catalog(asked, accelerators, now, report))
    wanted = _wanted(asked, prepared, report)
    with Spool() as spool:
        today = _fill(spool, _runs(asked, accelerators, report), progress) or now
        observed = _observed(spool, accelerators, progress)
        model = fit(tuple(observed.values()), accelerators, read_scales(asked.scales))
        names = _names(asked, spool, wanted, report)
        shared = _Shared(model, prepared, asked.policy, today, asked.with_predictions)

        def question(name: str) -> _Question:
            history = History.of(name, spool.runs(name))
            workload = wanted.get(name, Workload(name, stage=asked.stage))
            return _Question(workload, history, observed.get(name) or observe(history, accelerators))

        advices = _spread(shared, map(question, names), hire, ahead, report)
        for done, advice in enumerate(advices, 1):
            progress(f"advising {asked.organisation}".rstrip(), done, len(names))
            yield advice


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all workloads of a scan have in common."""

    model: Model
    index: CatalogIndex
    policy: Policy
    today: datetime
    with_predictions: bool


@dataclass(frozen=True, slots=True)
class _Question:
    workload: Workload
    history: History
    observations: Observations


def _catalog(asked: Scan, accelerators: Accelerators, now: datetime, report: Report) -> Catalog:
    if asked.offers:
        return Catalog.of(read_offers(asked.offers, accelerators, now, report), accelerators)
    if accelerators is load_accelerators():
        return load_catalog()
    shipped = load_catalog().offers
    known = [offer for offer in shipped if _is_known(offer.accelerator, accelerators)]
    if lost := len(shipped) - len(known):
        report.warn(
            f"{lost} offers of the shipped price list are left out: {asked.accelerators} lacks their accelerator"
        )
    return Catalog.of(known, accelerators)


def _is_known(name: str, accelerators: Accelerators) -> bool:
    try:
        return accelerators.resolve(name).name == name
    except UnknownAccelerator:
        return False


def _wanted(asked: Scan, prepared: CatalogIndex, report: Report) -> dict[str, Workload]:
    """What owners ask for, by workload; a stage asked for on the command line replaces the tag."""
    if not asked.workloads:
        return {}
    rows = (row.workload for row in read_workloads(asked.workloads, report))
    wanted = {row.name: replace(row, stage=asked.stage or row.stage) for row in rows}
    for workload in wanted.values():
        for _, problem in unrentable(workload.filters, prepared):
            report.warn(f"{asked.workloads}: {workload.name!r}: {problem.what}; {problem.hint}")
    return wanted


def _runs(asked: Scan, accelerators: Accelerators, report: Report) -> Iterator[Run]:
    """The runs of every file, one after another; a workload counts in one unit throughout."""
    units: dict[str, str] = {}
    for source in asked.runs:
        for run in read_runs(source, accelerators, report, units.get):
            units.setdefault(run.workload, run.unit)
            yield run


def _observed(spool: Spool, accelerators: Accelerators, progress: Progress) -> dict[str, Observations]:
    """What each workload's runs condense to: small, so that all of them fit in memory together."""
    observed = {}
    for done, name in enumerate(spool, 1):
        observed[name] = observe(History.of(name, spool.runs(name)), accelerators)
        if done % _TELL_MEASURED_EVERY == 0:
            progress("measuring workloads", done, len(spool))
    return observed


def _fill(spool: Spool, runs: Iterable[Run], progress: Progress) -> datetime | None:
    """Put every run into the spool; when the last one ended."""
    latest: datetime | None = None
    for done, run in enumerate(runs, 1):
        spool.add(run)
        latest = run.ended_at if latest is None else max(latest, run.ended_at)
        if done % _TELL_EVERY == 0:
            progress("reading runs", done, None)
    return latest


def _names(asked: Scan, spool: Spool, wanted: Iterable[str], report: Report) -> Sequence[str]:
    """Which workloads are answered: those with runs first, then those that only an owner or the caller names."""
    every = dict.fromkeys([*spool, *wanted])
    if not asked.only:
        return tuple(every)
    for name in asked.only:
        if name not in every:
            report.warn(f"no run and no owner names the workload {name!r}")
    only = frozenset(asked.only)
    return tuple(name for name in dict.fromkeys([*every, *asked.only]) if name in only)


def _spread(
    shared: _Shared, questions: Iterator[_Question], hire: Hire | None, ahead: int, report: Report
) -> Iterator[Advice]:
    """The answers in the order of the questions."""
    if hire is None:
        yield from (_answer(shared, question) for question in questions)
        return
    packed = pickle.dumps(shared)  # once: an index of many offers takes longer to pack than a chunk to answer
    chunks = ((packed, chunk) for chunk in iter(lambda: tuple(islice(questions, _CHUNK)), ()))
    for answers in Spread(_answers, hire, ahead, report.warn).results(chunks):
        yield from answers


def _answers(task: tuple[bytes, Sequence[_Question]]) -> list[Advice]:
    packed, chunk = task
    shared = _unpacked(packed)
    return [_answer(shared, question) for question in chunk]


@lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> _Shared:
    """What this program packed itself, kept from chunk to chunk."""
    shared: _Shared = pickle.loads(packed)  # noqa: S301 - its own parent's bytes, which no file can reach
    return shared


def _answer(shared: _Shared, question: _Question) -> Advice:
    return recommend(
        question.workload,
        question.history,
        question.observations,
        shared.model,
        shared.index,
        shared.policy,
        shared.today,
        with_predictions=shared.with_predictions,
        timer=perf_counter,
    )
