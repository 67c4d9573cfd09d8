"""Every workload of a set of files, advised offline: no database, no Slack, no network."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from time import perf_counter

from bot.data import load_accelerators, load_catalog
from bot.files import Report, read_accelerators, read_offers, read_runs, read_workloads
from bot.files.spool import Spool
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


@dataclass(frozen=True, slots=True)
class Scan:
    """What is asked: the files, and what holds for every workload in them. None: the shipped data."""

    runs: Source
    offers: Source | None = None
    accelerators: Source | None = None
    workloads: Source | None = None
    organisation: str = ""
    only: tuple[str, ...] = ()
    stage: Stage | None = None
    with_predictions: bool = False
    policy: Policy = field(default_factory=Policy)


def scan(
    asked: Scan,
    report: Report,
    now: datetime,
    executor: Executor | None = None,
    ahead: int = 4,
    progress: Progress = lambda *_: None,
) -> Iterator[Advice]:
    """One advice a workload, in the order in which runs first name them; refused rows go to `report`.

    The files alone decide the answers: "today" is when the last run ended. `now` serves to refuse prices of the
    future. With an `executor` the work is spread over it, `ahead` tasks at a time; without one it is done here.

    Raises:
        Unreadable: one of the files cannot be read at all.
    """
    accelerators = read_accelerators(asked.accelerators, report) if asked.accelerators else load_accelerators()
    catalog = _catalog(asked, accelerators, now, report)
    wanted = _wanted(asked, report)
    with Spool() as spool:
        today = _fill(spool, read_runs(asked.runs, accelerators, report), progress) or now
        observed = {name: observe(History.of(name, spool.runs(name)), accelerators) for name in spool}
        model = fit(tuple(observed.values()), accelerators)
        names = _names(asked, spool, wanted, report)
        shared = _Shared(model, index(catalog), asked.policy, today, asked.with_predictions)

        def question(name: str) -> _Question:
            history = History.of(name, spool.runs(name))
            workload = wanted.get(name, Workload(name, stage=asked.stage))
            return _Question(workload, history, observed.get(name) or observe(history, accelerators))

        advices = _spread(shared, map(question, names), executor, ahead)
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


def _wanted(asked: Scan, report: Report) -> dict[str, Workload]:
    """What owners ask for, by workload; a stage asked for on the command line replaces the tag."""
    if not asked.workloads:
        return {}
    rows = (row.workload for row in read_workloads(asked.workloads, report))
    return {row.name: replace(row, stage=asked.stage or row.stage) for row in rows}


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


_Task = tuple[Future[list[Advice]], Sequence[_Question]]


def _spread(shared: _Shared, questions: Iterator[_Question], executor: Executor | None, ahead: int) -> Iterator[Advice]:
    """The answers in the order of the questions."""
    if executor is None:
        yield from (_answer(shared, question) for question in questions)
        return
    under_way: deque[_Task] = deque()
    for chunk in iter(lambda: tuple(islice(questions, _CHUNK)), ()):
        under_way.append((_begun(executor, shared, chunk), chunk))
        if len(under_way) > ahead:
            yield from _taken(shared, *under_way.popleft())
    for task in under_way:
        yield from _taken(shared, *task)


def _begun(executor: Executor, shared: _Shared, chunk: Sequence[_Question]) -> Future[list[Advice]]:
    """The task in the executor's hands, or already failed where those are broken."""
    try:
        return executor.submit(_answers, shared, chunk)
    except BrokenExecutor as error:
        failed: Future[list[Advice]] = Future()
        failed.set_exception(error)
        return failed


def _taken(shared: _Shared, task: Future[list[Advice]], chunk: Sequence[_Question]) -> list[Advice]:
    """The task's answers; what a dead worker left undone is done here."""
    try:
        return task.result()
    except (BrokenExecutor, CancelledError):
        return _answers(shared, chunk)


def _answers(shared: _Shared, chunk: Sequence[_Question]) -> list[Advice]:
    return [_answer(shared, question) for question in chunk]


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
