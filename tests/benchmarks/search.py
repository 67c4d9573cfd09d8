"""The search against trying everything, from a million to a billion configurations: the lines of the report."""

import statistics
import tracemalloc
from collections.abc import Iterator
from itertools import islice

import numpy as np

from engine.certificate import certify
from engine.search import Limits, Speeds, candidates_of, find_points, shortlist
from engine.space import CatalogIndex, Space, Usable, index
from engine.units import Floats
from engine.workload import Filters
from tests.benchmarks.catalogue import generate
from tests.benchmarks.made_up import SIZES, Speed, filter_sets, learn, limits_of, policies, space_over
from tests.benchmarks.questions import Question, ask, read
from tests.benchmarks.rivals import VALUE_OF_TIME, Answer, DuckDB, try_everything
from tests.benchmarks.timing import ratio, seconds, spread

__all__ = ["report"]

_ROUNDS = 3
_GIB = 2.0**30


def report(largest: str = "1e9") -> Iterator[str]:
    """The lines of the table; the slow rivals are left out above `largest`."""
    yield from _report_index()
    prepared = index(generate())
    asked = list(filter_sets(_ROUNDS * 7))
    new = {}
    for name in SIZES:
        question = Question.of(name, prepared)
        fresh = index(prepared.catalog)
        new[name] = [seconds(lambda: question.ask(fresh, filters), 1)[0] for filters in asked]  # noqa: B023
        again = seconds(lambda: question.ask(fresh, asked[-1]), len(asked))  # noqa: B023
        yield f"{name}: {question.size:,} configurations"
        yield f"  new filter {spread(new[name])} ms; known filter {spread(again)} ms"
        yield from _report_certificate(question, fresh, asked[-1])
        if name <= largest:
            yield from _report_rivals(question, new[name], again, asked[-1])
    yield f"growth of a new question from 1e6 to 1e9: {ratio(new['1e9'], new['1e6'])}"
    yield from _report_streaming(question, new["1e9"])
    yield from _report_memory(prepared)


def _report_index() -> Iterator[str]:
    for n_classes in (620, 5000):
        catalog = generate(n_classes=n_classes)
        yield f"index of 43,000 offers in {n_classes:,} classes: {spread(seconds(lambda: index(catalog), 9))} ms"  # noqa: B023


def _report_rivals(question: Question, new: list[float], again: list[float], filters: Filters) -> Iterator[str]:
    ours = question.ask(question.prepared, filters)
    theirs: list[Answer] = []
    slow = seconds(
        lambda: theirs.append(try_everything(question.prepared, question.speed, filters, question.limits)), _ROUNDS
    )
    equal = "bit-equal" if set(theirs) == {ours} else "DIFFERENT"
    yield _versus(f"tuned chunked numpy, {equal}", slow, new, again)
    if not DuckDB.is_here():
        yield "  DuckDB is not installed (pip install -e '.[bench]'): left out"
        return
    database, values = DuckDB(question.prepared, question.speed), list[tuple[float, float, float]]()
    slow = seconds(lambda: values.append(database.ask(filters, question.limits)), _ROUNDS)
    best = (ours[0], ours[3], (ours[4] + VALUE_OF_TIME) / ours[5])
    yield _versus(f"DuckDB in SQL, {'bit-equal' if set(values) == {best} else 'DIFFERENT'}", slow, new, again)


def _versus(name: str, slow: list[float], new: list[float], again: list[float]) -> str:
    return f"  {name}: {spread(slow, 1.0)} s; a new filter {ratio(slow, new)}, a known one {ratio(slow, again)}"


def _report_certificate(question: Question, prepared: CatalogIndex, filters: Filters) -> Iterator[str]:
    """It looks at every shape, so its cost grows with them."""
    if question.name not in {"1e6", "1e7"}:
        return
    n_nodes, n_ways = SIZES[question.name]
    ways = np.full(n_ways, -1), np.full(n_ways, np.nan)
    space = Space(prepared, prepared.usable(filters), np.arange(1, n_nodes + 1), *ways)
    column = question.speed.column(prepared.memories_gib)[space.usable.classes]
    spent = seconds(lambda: certify(space, Speeds(column, column), question.limits, 0.0), 5)
    yield f"  certificate of every exclusion {spread(spent)} ms"


def _report_streaming(question: Question, new: list[float], n_workloads: int = 10) -> Iterator[str]:
    """The least that anything can do is to read a workload's speeds once: how many times as much all policies take."""
    prepared, (n_nodes, n_ways) = question.prepared, SIZES[question.name]
    space, usables = space_over(prepared, n_nodes, n_ways), [prepared.usable(each) for each in policies()]
    passes, worked = list[float](), dict[str, list[float]]()
    for seed in range(n_workloads):
        speed = Speed.of(prepared, n_nodes, n_ways, seed)
        column = speed.column(prepared.memories_gib)
        passes.append(min(seconds(column.max, 3)))
        learned = min(seconds(lambda: candidates_of(space, Speeds(column, column)), 3))  # noqa: B023
        worked.setdefault("learning one workload", []).append(learned)
        for share in (0.5, 1.0):
            limits = limits_of(speed, prepared, share)
            work = min(seconds(lambda: _all_policies(space, column, usables, limits), 3))  # noqa: B023
            worked.setdefault(_under(len(usables), share), []).append(work)
    rate = column.nbytes / statistics.median(passes)
    wholes = [question.size * 8 * each / column.nbytes for each in passes]
    yield f"physical limit: one pass over a workload's {column.size:,} speeds takes {spread(passes)} ms;"
    yield f"  at its {rate / _GIB:.0f} GiB/s one over a number for each configuration takes {spread(wholes, 1.0)} s,"
    yield f"  {ratio(wholes, new)} as long as a new question"
    for what, spent in worked.items():
        each = [one / other for one, other in zip(spent, passes, strict=True)]
        yield f"{what}: {spread(each, 1.0)} passes over its speeds; 10,000 of them {spread(spent, 1e4)} s"


def _under(n_policies: int, share: float) -> str:
    return f"one workload under {n_policies} policies, {share:.0%} of the machines affordable"


def _all_policies(space: Space, column: Floats, usables: list[Usable], limits: Limits) -> list[Answer]:
    listed = shortlist(candidates_of(space, Speeds(column, column)), limits)
    return [read(find_points(listed, usable)) for usable in usables]


def _report_memory(prepared: CatalogIndex) -> Iterator[str]:
    speed = Speed.of(prepared, *SIZES["1e9"])
    limits = limits_of(speed, prepared)
    tracemalloc.start()
    fresh = index(prepared.catalog)
    known = learn(speed, fresh)
    held = [fresh.usable(filters) for filters in policies()]
    for usable in (*held, *map(fresh.usable, islice(filter_sets(15), 15))):
        ask(known, usable, limits)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    yield f"peak memory above interpreter and catalogue at 1e9, 100 policies at hand: {peak / 2**20:.0f} MiB"
