"""The search against trying everything with tuned, chunked numpy, from a million to a billion configurations."""

import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from engine.search import Candidates, Limits, Speeds, candidates_of, certify, cheapest, fastest, find_points
from engine.space import CatalogIndex, Space, index
from engine.strategy import value_of
from engine.units import HOURS_PER_DAY, Bools, Floats, Integers
from engine.workload import Filters
from tests.benchmarks.catalogue import generate

__all__ = ["report"]

SIZES = {"1e6": (1, 24), "1e7": (8, 30), "1e8": (16, 146), "1e9": (32, 727)}  # node counts, ways of running
VALUE_OF_TIME = 20.0
CHUNK_OFFERS = 64  # at once in the rival; the best of 1, 4, 16, 64, 256 and 1024 here
Answer = tuple[float, float, float, float, float, float]  # (USD per hour, units per hour) of cost, performance, value


@dataclass(frozen=True, eq=False)
class Speed:
    """A workload's speeds, by class, node count and way; made up, but with the structure of real ones."""

    base: Floats  # (n_classes, n_nodes)
    curve: Floats  # (n_ways,) not monotone
    memory_gib: Floats  # (n_ways,) that a way needs

    @classmethod
    def of(cls, prepared: CatalogIndex, n_nodes: int, n_ways: int, seed: int = 0) -> "Speed":
        """Speeds for every class of `prepared`."""
        rng = np.random.default_rng(seed)
        sheets = list(prepared.catalog.accelerators.values())
        rates = np.array([sheet.fp16_tflops for sheet in sheets], dtype=np.float64)[prepared.accelerators]
        machine = rates**0.9 * prepared.accelerator_counts**0.95 * rng.lognormal(0.0, 0.2, len(rates))
        base = machine[:, None] * np.arange(1, n_nodes + 1) ** rng.uniform(0.7, 0.98, len(rates))[:, None]
        return cls(base, rng.lognormal(0.0, 0.3, n_ways), rng.uniform(1.0, 150.0, n_ways))

    def block(self, classes: slice, memories_gib: Floats) -> tuple[Floats, Bools]:
        """Speed and fit of some classes: (n, n_nodes, n_ways) each."""
        speeds = self.base[classes][:, :, None] * self.curve
        fits = np.broadcast_to((memories_gib[classes][:, None] >= self.memory_gib)[:, None, :], speeds.shape)
        return speeds, fits


def learn(speed: Speed, prepared: CatalogIndex) -> Candidates:
    """What the engine keeps of a workload: one streaming pass over its speeds, a few classes at a time."""
    parts = []
    for start in range(0, len(speed.base), 16):
        median, fits = speed.block(slice(start, start + 16), prepared.memories_gib)
        parts.append(candidates_of(Speeds(median, median, fits)))
    median = np.concatenate([part.speeds.median for part in parts])
    fits = np.concatenate([part.speeds.fits for part in parts])
    return Candidates(Speeds(median, median, fits), np.concatenate([part.ways for part in parts]))


def ask(prepared: CatalogIndex, known: Candidates, n_ways: int, filters: Filters, limits: Limits) -> Answer:
    """One question to the engine: three exact optima."""
    usable = prepared.usable(filters)
    nodes = np.arange(1, known.ways.shape[1] + 1)
    space = Space(prepared, usable, nodes, np.full(n_ways, -1), np.full(n_ways, np.nan))
    median = known.speeds.median[usable.classes]
    open_speeds = Speeds(median, median, known.speeds.fits[usable.classes])
    points = find_points(space, Candidates(open_speeds, known.ways[usable.classes]), limits)
    picks = (cheapest(points), fastest(points), value_of(points, VALUE_OF_TIME))
    pairs = [(float(points.usd_per_hour[pick]), float(points.units_per_hour[pick])) for pick in picks]
    return (*pairs[0], *pairs[1], *pairs[2])


def try_everything(
    prepared: CatalogIndex, speed: Speed, filters: Filters, limits: Limits, chunk: int = CHUNK_OFFERS
) -> Answer:
    """The rival: every (offer, node count, way) in cache-sized chunks, filters pushed down to the offers."""
    rows = prepared.usable(Filters()).rows
    for name, column in (("providers", "provider"), ("regions", "region")):
        wanted = [prepared.words[column].index(word) for word in getattr(filters, name)]
        rows = rows[np.isin(prepared.codes[column][rows], wanted)] if wanted else rows
    owner = np.searchsorted(prepared.starts, rows, side="right") - 1
    nodes = np.arange(1, speed.base.shape[1] + 1)
    best_cost, best_speed, best_value = (np.inf, 0.0), (np.inf, 0.0), (np.inf, np.inf, 0.0)
    for start in range(0, len(rows), chunk):
        classes = owner[start : start + chunk]
        speeds = speed.base[classes][:, :, None] * speed.curve
        usd = (prepared.prices[rows[start : start + chunk]][:, None] * nodes)[:, :, None]
        keeps = (prepared.memories_gib[classes][:, None] >= speed.memory_gib)[:, None, :]
        keeps = keeps & (speeds >= limits.floor_units_per_hour) & (usd / speeds <= limits.max_usd_per_unit)
        keeps &= (usd * HOURS_PER_DAY <= limits.max_usd_per_day) & _is_small(prepared, classes, nodes, limits)
        best_cost = min(best_cost, _least(np.broadcast_to(usd, speeds.shape), -speeds, keeps))
        best_speed = max(best_speed, _most(speeds, usd, keeps), key=lambda pair: (pair[1], -pair[0]))
        best_value = min(best_value, _value(usd, speeds, keeps))
    return (best_cost[0], -best_cost[1], *best_speed, *best_value[1:])


def _is_small(prepared: CatalogIndex, classes: Integers, nodes: Integers, limits: Limits) -> Bools:
    totals = prepared.accelerator_counts[classes][:, None] * nodes
    small: Bools = (totals <= limits.max_accelerators)[:, :, None]
    return small


def _least(first: Floats, second: Floats, keeps: Bools) -> tuple[float, float]:
    masked = np.where(keeps, first, np.inf)
    least = masked.min()
    return float(least), float(second[masked == least].min()) if np.isfinite(least) else 0.0


def _most(speeds: Floats, usd: Floats, keeps: Bools) -> tuple[float, float]:
    masked = np.where(keeps, speeds, 0.0)
    most = masked.max()
    return (float(np.broadcast_to(usd, speeds.shape)[masked == most].min()), float(most)) if most else (np.inf, 0.0)


def _value(usd: Floats, speeds: Floats, keeps: Bools) -> tuple[float, float, float]:
    masked = np.where(keeps, (usd + VALUE_OF_TIME) / speeds, np.inf)
    at = int(masked.argmin())
    if not np.isfinite(masked.flat[at]):
        return np.inf, np.inf, 0.0
    return float(masked.flat[at]), float(np.broadcast_to(usd, speeds.shape).flat[at]), float(speeds.flat[at])


def seconds(work: Callable[[], object], repeats: int) -> list[float]:
    """Processor time of each of `repeats` runs, so that a busy machine does not count."""
    found = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return found


def spread(values: list[float], unit: float = 1e3) -> str:
    """Median and range in thousandths."""
    return f"{statistics.median(values) * unit:8.2f} ({min(values) * unit:.2f}-{max(values) * unit:.2f})"


def filter_sets(count: int) -> Iterator[Filters]:
    """Filters that were never asked before, each letting about half of the offers through."""
    for number in range(count):
        providers = tuple(f"provider{(number + step) % 20}" for step in range(10 + number % 3))
        yield Filters(providers=providers, regions=tuple(f"region{at}" for at in range(number % 7, 120)))


def report(largest: str = "1e9") -> Iterator[str]:
    """The lines of the table."""
    yield from _report_index()
    prepared = index(generate())
    new = {}
    for name, (n_nodes, n_ways) in SIZES.items():
        speed = Speed.of(prepared, n_nodes, n_ways)
        limits = _limits(speed)
        new[name], lines = _report_size(name, prepared, speed, limits, is_rival_run=name <= largest)
        yield from lines
    yield f"growth of a new question from 1e6 to 1e9: x {new['1e9'] / new['1e6']:.2f}"
    yield from _report_fleet(prepared)
    yield from _report_memory(prepared)


def _limits(speed: Speed) -> Limits:
    floor = float(np.quantile(speed.base, 0.3))
    return Limits(max_accelerators=64.0, floor_units_per_hour=floor, max_usd_per_unit=0.05, max_usd_per_day=5000.0)


def _report_index() -> Iterator[str]:
    for n_classes in (620, 5000):
        catalog = generate(n_classes=n_classes)
        yield f"index of 43,000 offers in {n_classes} classes: {spread(seconds(lambda: index(catalog), 5))} ms"  # noqa: B023


def _report_size(
    name: str, prepared: CatalogIndex, speed: Speed, limits: Limits, *, is_rival_run: bool
) -> tuple[float, list[str]]:
    n_nodes, n_ways = SIZES[name]
    lines = [f"{name}: {len(prepared.prices) * n_nodes * n_ways:,} configurations"]
    known = learn(speed, prepared)
    passes = seconds(lambda: learn(speed, prepared), 3)
    lines.append(f"  once a workload, streaming its speeds: {spread(passes)} ms")
    asked = list(filter_sets(15))
    fresh = index(prepared.catalog)
    new = [seconds(lambda: ask(fresh, known, n_ways, filters, limits), 1)[0] for filters in asked]  # noqa: B023
    again = seconds(lambda: ask(fresh, known, n_ways, asked[-1], limits), 15)
    lines += [f"  new filter {spread(new)} ms", f"  known filter {spread(again)} ms"]
    if name in {"1e6", "1e7"}:
        lines.append(
            f"  certificate of every exclusion {spread(_certificate_seconds(fresh, speed, asked[-1], limits))} ms"
        )
    if is_rival_run:
        answers: list[Answer] = []
        rival = seconds(lambda: answers.append(try_everything(prepared, speed, asked[-1], limits)), 1)
        equal = "bit-equal" if answers[0] == ask(fresh, known, n_ways, asked[-1], limits) else "DIFFERENT"
        ratios = rival[0] / statistics.median(new), rival[0] / statistics.median(again)
        whole = rival[0] / (statistics.median(new) + statistics.median(passes))
        lines.append(
            f"  tuned chunked numpy {rival[0]:.2f} s, {equal}: x {ratios[0]:,.0f} slower than a new filter,"
            f" x {ratios[1]:,.0f} than a known one, x {whole:,.0f} with the workload learned anew each time"
        )
    return statistics.median(new), lines


def _certificate_seconds(prepared: CatalogIndex, speed: Speed, filters: Filters, limits: Limits) -> list[float]:
    """The certificate looks at every shape: its cost grows with them."""
    usable, (_, n_nodes), n_ways = prepared.usable(filters), speed.base.shape, len(speed.curve)
    ways = np.full(n_ways, -1), np.full(n_ways, np.nan)
    space = Space(prepared, usable, np.arange(1, n_nodes + 1), *ways)
    median, fits = speed.block(slice(None), prepared.memories_gib)
    speeds = Speeds(median[usable.classes], median[usable.classes], fits[usable.classes])
    return seconds(lambda: certify(space, speeds, limits, 0.0), 5)


def _report_fleet(prepared: CatalogIndex, n_policies: int = 100) -> Iterator[str]:
    n_nodes, n_ways = SIZES["1e9"]
    speed = Speed.of(prepared, n_nodes, n_ways)
    policies = [
        Filters(providers=(f"provider{number % 20}", f"provider{number // 20}")) for number in range(n_policies)
    ]
    fresh, limits = index(prepared.catalog), _limits(speed)
    known = learn(speed, prepared)
    for filters in policies:
        ask(fresh, known, n_ways, filters, limits)

    def one_pass() -> None:
        for start in range(0, len(speed.base), 16):
            speed.block(slice(start, start + 16), prepared.memories_gib)[0].max()

    def one_workload() -> None:
        mine = learn(speed, prepared)
        for filters in policies:
            ask(fresh, mine, n_ways, filters, limits)

    ratio = statistics.median(seconds(one_workload, 5)) / statistics.median(seconds(one_pass, 5))
    yield f"one workload over 1e9 under {n_policies} known policies: {ratio:.1f} streaming passes over its columns"


def _report_memory(prepared: CatalogIndex) -> Iterator[str]:
    n_nodes, n_ways = SIZES["1e9"]
    speed = Speed.of(prepared, n_nodes, n_ways)
    tracemalloc.start()
    fresh = index(prepared.catalog)
    known = learn(speed, prepared)
    for filters in filter_sets(15):
        ask(fresh, known, n_ways, filters, _limits(speed))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    yield f"peak memory above interpreter and catalogue at 1e9: {peak / 2**20:.0f} MiB"
