"""Two honest ways of trying everything, each with filters pushed down: chunked numpy, and DuckDB computing in SQL."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from engine.search import Limits
from engine.space import CatalogIndex
from engine.units import HOURS_PER_DAY, Bools, Floats, Integers
from engine.workload import Filters
from tests.benchmarks.made_up import Speed

__all__ = ["VALUE_OF_TIME", "Answer", "DuckDB", "try_everything"]

VALUE_OF_TIME = 20.0
CHUNK_OFFERS = 64  # at once in numpy; the best of 1, 4, 16, 64, 256 and 1024 here
Answer = tuple[float, float, float, float, float, float]  # (USD per hour, units per hour) of cost, performance, value


def try_everything(
    prepared: CatalogIndex, speed: Speed, filters: Filters, limits: Limits, chunk: int = CHUNK_OFFERS
) -> Answer:
    """Every (offer, node count, way) in cache-sized chunks, in numpy."""
    rows = np.arange(len(prepared.prices))
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
        keeps = keeps & (speeds >= limits.floor_units_per_hour) & (usd <= limits.max_usd_per_unit * speeds)
        keeps &= (usd <= limits.max_usd_per_day / HOURS_PER_DAY) & _is_small(prepared, classes, nodes, limits)
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


class DuckDB:
    """The same question in SQL, on one thread: tables of offers, machines and ways, joined and aggregated.

    It answers with the three optimal values alone, not with what reaches them: that is the most it can be spared. A
    difference is held against nought because that takes it half as long as comparing what both tables bring.
    """

    _ASK = """
        WITH speeds AS (
            SELECT place, nodes, base * curve AS speed FROM machines, ways
            WHERE need <= memory AND accelerators <= $accelerators AND base * curve >= $floor
        ), priced AS (
            SELECT price * nodes AS usd, speed FROM offers JOIN speeds USING (place)
            WHERE provider IN (SELECT unnest($providers)) AND region IN (SELECT unnest($regions))
                AND price * nodes <= $usd_per_hour AND price * nodes - $usd_per_unit * speed <= 0
        ) SELECT min(usd), max(speed), min((usd + $waiting) / speed) FROM priced
    """

    def __init__(self, prepared: CatalogIndex, speed: Speed) -> None:
        self._connection: Any = import_module("duckdb").connect()
        self._connection.execute("SET threads = 1")
        self._connection.execute("SET enable_progress_bar = false")
        n_classes, n_nodes = speed.base.shape
        nodes = np.tile(np.arange(1, n_nodes + 1), n_classes)
        words = {name: np.array(prepared.words[name], dtype=np.object_) for name in ("provider", "region")}
        self._create("ways", curve=speed.curve, need=speed.memory_gib)
        self._create(
            "offers",
            place=np.repeat(np.arange(n_classes), np.diff(prepared.starts)),
            price=prepared.prices,
            **{name: each[prepared.codes[name]] for name, each in words.items()},
        )
        self._create(
            "machines",
            place=np.repeat(np.arange(n_classes), n_nodes),
            nodes=nodes,
            accelerators=np.repeat(prepared.accelerator_counts, n_nodes) * nodes,
            memory=np.repeat(prepared.memories_gib, n_nodes),
            base=speed.base.ravel(),
        )

    @staticmethod
    def is_here() -> bool:
        """Whether it is installed: `pip install -e '.[bench]'`."""
        return find_spec("duckdb") is not None

    def _create(self, table: str, **columns: Any) -> None:
        self._connection.register("given", columns)
        self._connection.execute(f"CREATE TABLE {table} AS SELECT * FROM given")  # noqa: S608 - a name from above
        self._connection.unregister("given")

    def ask(self, filters: Filters, limits: Limits) -> tuple[float, float, float]:
        """Least USD per hour, most units per hour, least burden of money and waiting."""
        given = {
            "accelerators": limits.max_accelerators,
            "floor": limits.floor_units_per_hour,
            "providers": list(filters.providers),
            "regions": list(filters.regions),
            "usd_per_hour": limits.max_usd_per_day / HOURS_PER_DAY,
            "usd_per_unit": limits.max_usd_per_unit,
            "waiting": VALUE_OF_TIME,
        }
        least, most, burden = self._connection.execute(self._ASK, given).fetchone()
        return float(least), float(most), float(burden)
