"""How well the model would have predicted what is known by now: each configuration from the others of its workload."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from engine.accelerators import Accelerators
from engine.fit import learn
from engine.model import Model
from engine.observations import Observations
from engine.predict import predict
from engine.units import Bools, Integers, Interval

__all__ = ["Hindsight", "leave_one_out"]

_FEWEST = 2  # measured configurations: one to predict, and one to predict it from
_A_WORKLOAD = 4  # configurations of one workload that are looked at
_TAILS = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True)
class Hindsight:
    """One configuration that ran, as it would have been predicted without its runs; both in units per hour."""

    workload: str
    accelerator: str
    predicted: Interval
    measured: float


def leave_one_out(
    model: Model, observations: Sequence[Observations], accelerators: Accelerators, most_workloads: int = 100
) -> Iterator[Hindsight]:
    """Leave-one-out predictions of at most four configurations of each workload that has measured two or more.

    What a workload taught the organisation is taken out of `model` first, so that none is evidence for itself. Of more
    than `most_workloads` such workloads those looked at are spread evenly over the order in which they are given.
    """
    eligible = [each for each in observations if each.is_measured.sum() >= _FEWEST]
    for place in _spread(len(eligible), most_workloads):
        yield from _of_workload(model, eligible[place], accelerators)


def _of_workload(model: Model, known: Observations, accelerators: Accelerators) -> Iterator[Hindsight]:
    others = learn(model, (known,), (), accelerators)
    shapes = known.shapes(accelerators)
    measured = np.flatnonzero(known.is_measured & (shapes.accelerator >= 0))
    if len(measured) < _FEWEST:
        return
    for row in measured[_spread(len(measured), _A_WORKLOAD)]:
        rest = _rows(known, np.arange(len(known)) != row)
        found = predict(others, rest, shapes.take(np.array([row])), accelerators)
        predicted = Interval(*(float(np.exp(found.quantile(tail)[0])) for tail in _TAILS))
        speed = float(np.exp(known.log_units_per_hour[row]))
        yield Hindsight(known.workload, known.accelerator[row], predicted, speed)


def _rows(known: Observations, kept: Bools) -> Observations:
    columns = {each.name: getattr(known, each.name) for each in fields(known) if each.name not in {"workload", "unit"}}
    return replace(known, **{name: column[kept] for name, column in columns.items()})


def _spread(count: int, most: int) -> Integers:
    """At most `most` places among `count`, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))
