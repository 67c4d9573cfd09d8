"""The space of one workload and what the model says of it, today's configuration included."""

from dataclasses import dataclass, fields, replace

import numpy as np

from engine.accelerators import Accelerator
from engine.equations import as_today
from engine.history import History
from engine.model import Model
from engine.observations import Observations
from engine.predict import predict
from engine.prediction import Component, Prediction
from engine.search import Speeds
from engine.shapes import Shapes
from engine.space import CatalogIndex, Space
from engine.units import EVIDENCES, PRECISIONS, Bools, Floats, Integers, Interval
from engine.workload import Policy, Workload

__all__ = ["MOST_NODES", "Outlook", "look_ahead", "open_space"]

MOST_NODES = 1024  # of 1,700 offers they take half a second and 130 MiB; memory must know a bound
_MOST_PRECISIONS, _MOST_BATCHES = 4, 8  # the latest ones: a sweep over hundreds of batches is not a choice to weigh
_AS_TODAY = -1  # a precision that nobody stated
_VERIFIED = EVIDENCES.index("verified")


@dataclass(frozen=True, eq=False, slots=True)
class Outlook:
    """A space, its shapes with precision and batch filled in, and the prediction of each; the last shape is today's.

    Arrays over `shapes` are (n_shapes + 1,): those of the space in its order, then today's configuration.
    """

    space: Space
    shapes: Shapes
    prediction: Prediction
    p05: Floats
    p50: Floats
    p95: Floats

    @property
    def today(self) -> int:
        """Position of today's configuration."""
        return len(self.p50) - 1

    @property
    def usd_per_hour(self) -> Floats:
        """(n_shapes,) price of each shape of the space at its class's cheapest usable offer, all nodes together."""
        return np.repeat(self.space.usd_per_hour.ravel(), self.space.size[2])

    def sheet(self, shape: int) -> Accelerator:
        """The spec sheet of the part that `shape` runs on."""
        return list(self.space.index.catalog.accelerators.values())[int(self.shapes.accelerator[shape])]

    def total_accelerators(self, shape: int) -> int:
        """How many accelerators `shape` uses, over all nodes."""
        return int(self.shapes.accelerator_count[shape] * self.shapes.node_count[shape])

    def is_as_today(self, shape: int) -> bool:
        """Whether `shape` is what runs today: as many of the same part, run the same way."""
        place = np.array([shape])
        return bool(_is_same(self.shapes.take(place), self.shapes, self.today)[0])

    @property
    def memory_needed_gib(self) -> Floats:
        """(n_open, n_nodes, n_ways) per accelerator, NaN: not known."""
        return self.prediction.memory_needed_gib[: self.today].reshape(self.space.size)

    def units_per_hour(self, shape: int) -> Interval:
        """The interval of throughput at `shape`."""
        return Interval(float(self.p05[shape]), float(self.p50[shape]), float(self.p95[shape]))

    def speeds(self, confidence: float | None) -> Speeds:
        """What the search weighs; limits are held against the median or against the quantile of `confidence`."""
        size = self.space.size
        median = self.p50[: self.today].reshape(size)
        cautious = median if confidence is None else self.cautious(confidence).reshape(size)
        return Speeds.of(median, cautious, self.prediction.fits[: self.today].reshape(size))

    def cautious(self, confidence: float | None) -> Floats:
        """(n_shapes,) units per hour that a run reaches with probability `confidence`; None: the median."""
        reached = self.p50 if confidence is None else np.exp(self.prediction.quantile(1.0 - confidence))
        return reached[: self.today]


def open_space(workload: Workload, observations: Observations, index: CatalogIndex, policy: Policy) -> Space:
    """Every usable offer on 1 to max_nodes nodes, with the precisions and batches that the workload has run with.

    A precision or a batch that it never ran with is its owner's decision, not a choice to weigh. Unless nodes were
    asked for, as many as the history used are allowed; never more than MOST_NODES.
    """
    asked = workload.constraints.max_nodes
    most = int(observations.node_count[observations.is_measured].max()) if asked is None else 1
    node_counts = np.arange(1, min(asked or max(policy.max_nodes, most), MOST_NODES) + 1)
    precisions, batches = _ways(observations)
    return Space(index, index.usable(workload.filters), node_counts, precisions, batches)


def look_ahead(history: History, run: int, observations: Observations, model: Model, space: Space) -> Outlook:
    """Predict every shape of `space` and what `run` used."""
    accelerators = space.index.catalog.accelerators
    now = _shape_of(history, run, list(accelerators).index(accelerators.resolve(history.accelerator[run]).name))
    joined = [np.concatenate([getattr(part, field.name) for part in (space.shapes(), now)]) for field in fields(Shapes)]
    shapes = as_today(Shapes(*joined), observations)
    prediction = _as_measured(predict(model, observations, shapes, accelerators), shapes, observations, space)
    quantiles = (np.exp(prediction.quantile(q)) for q in (0.05, 0.5, 0.95))
    return Outlook(space, shapes, prediction, *quantiles)


def _ways(observations: Observations) -> tuple[Integers, Floats]:
    """(n_ways,) precision and batch per accelerator of every pair to weigh, the latest ones; in a strict order."""
    measured = np.flatnonzero(observations.is_measured)
    latest = measured[np.argsort(-observations.last_success[measured], kind="stable")]
    stated = observations.precision[latest]
    precisions = sorted(list(dict.fromkeys(stated[stated >= 0].tolist()))[:_MOST_PRECISIONS]) or [_AS_TODAY]
    per_accelerator = (observations.batch_size / observations.total)[latest]
    known = list(dict.fromkeys(per_accelerator[~np.isnan(per_accelerator)].tolist()))[:_MOST_BATCHES]
    batches = sorted(known) if len(known) > 1 else [np.nan]
    pairs = [(precision, batch) for precision in precisions for batch in batches]
    return np.array([pair[0] for pair in pairs], dtype=np.int64), np.array([pair[1] for pair in pairs])


def _shape_of(history: History, run: int, accelerator: int) -> Shapes:
    precision = history.precision[run]
    return Shapes(
        accelerator=np.array([accelerator]),
        accelerator_count=history.accelerator_count[run : run + 1],
        node_count=history.node_count[run : run + 1],
        interconnect_gbps=np.array([np.nan]),
        precision=np.array([-1 if precision is None else PRECISIONS.index(precision)]),
        batch_size=history.batch_size[run : run + 1],
    )


def _as_measured(prediction: Prediction, shapes: Shapes, observations: Observations, space: Space) -> Prediction:
    """Where a configuration has run, the median is what was measured: a limit that it broke, it broke."""
    verified = np.flatnonzero(prediction.evidence == _VERIFIED)
    measured = as_today(observations.shapes(space.index.catalog.accelerators), observations)
    speeds = np.full(len(shapes), np.nan)
    for row in np.flatnonzero(observations.is_measured):
        speeds[verified[_is_same(shapes.take(verified), measured, int(row))]] = observations.log_units_per_hour[row]

    def known(component: Component) -> Component:
        medians = np.where(np.isnan(speeds), component.log_units_per_hour, speeds)
        return replace(component, log_units_per_hour=medians)

    return replace(prediction, components=tuple(known(each) for each in prediction.components))


def _is_same(shapes: Shapes, measured: Shapes, row: int) -> Bools:
    """(n_shapes,) which shapes are exactly what was measured at `row`; the link is not part of a measurement."""
    is_same = np.ones(len(shapes), dtype=np.bool_)
    for name in ("accelerator", "accelerator_count", "node_count", "precision"):
        is_same &= getattr(shapes, name) == getattr(measured, name)[row]
    batch = measured.batch_size[row]
    is_same &= np.isnan(shapes.batch_size) if np.isnan(batch) else shapes.batch_size == batch
    return is_same
