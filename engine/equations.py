"""What one workload measured, as linear equations in the unknowns of the model."""

import hashlib
import json
from dataclasses import dataclass, replace

import numpy as np

from engine.accelerators import Accelerators
from engine.features import Traits, features
from engine.observations import Observations
from engine.regimes import is_tokens
from engine.shapes import Shapes
from engine.units import SECONDS_PER_HOUR, Floats, Integers

__all__ = ["Equations", "as_today", "digest", "equations", "traits"]

_PARALLEL_TOKENS, _LONE_TOKENS = np.log(20_000.0), np.log(50.0)  # a second and accelerator: training, one stream


@dataclass(frozen=True, eq=False, slots=True)
class Equations:
    """What one workload measured: `log_units_per_hour = level + phi @ slopes + effects + noise`.

    (n,) each, `phi` (n, p). `shapes` are what ran, precision and batch completed where a run did not state them;
    `architecture` numbers those of the parts; `unit` is what the workload counts, in one spelling.
    """

    unit: str
    traits: Traits
    shapes: Shapes
    architecture: Integers
    phi: Floats
    log_units_per_hour: Floats
    n_runs: Integers

    def __len__(self) -> int:
        return len(self.shapes)

    @property
    def accelerator(self) -> Integers:
        """(n,) indices of the spec sheets."""
        return self.shapes.accelerator


def equations(observations: Observations, accelerators: Accelerators) -> Equations:
    """What `observations` measured on parts that have a spec sheet."""
    shapes = observations.shapes(accelerators)
    row = np.flatnonzero(observations.is_measured & (shapes.accelerator >= 0))
    measured = as_today(shapes.take(row), observations)
    known = traits(observations)
    phi = features(measured, accelerators, known)
    logs, n_runs = observations.log_units_per_hour[row], observations.n_succeeded[row]
    built = accelerators.columns.architecture[measured.accelerator]
    return Equations(_unit(observations), known, measured, built, phi, logs, n_runs)


def as_today(shapes: Shapes, observations: Observations) -> Shapes:
    """`shapes` with the precision and the batch that they leave open taken from the most recent successful run."""
    now = observations.current
    if now is None:
        return replace(shapes, batch_size=np.full(len(shapes), np.nan))
    today = observations.batch_size[now] / observations.total[now]
    precision = np.where(shapes.precision < 0, observations.precision[now], shapes.precision)
    batch = np.where(np.isnan(shapes.batch_size), today, shapes.batch_size / shapes.total)
    known = batch if np.isfinite(today) else np.full(len(shapes), np.nan)  # nothing to compare a batch with
    return replace(shapes, precision=precision, batch_size=known * shapes.total)


def traits(observations: Observations) -> Traits:
    """What the workload's successful runs tell of it: how it makes tokens, and what was busy meanwhile."""
    active = (observations.tensor_active, observations.dram_active)
    return Traits(_decoding(observations), *(_mean(column[observations.is_measured]) for column in active))


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else np.nan


def _decoding(observations: Observations) -> float:
    """How far the workload makes one token after another, 0 to 1, from its unit and its rate.

    A lone stream decodes tens of tokens a second, a full server thousands; training and prefill read tens of thousands.
    """
    if not is_tokens(_unit(observations)) or not observations.is_measured.any():
        return 0.0
    rates = (observations.log_units_per_hour - np.log(observations.total * SECONDS_PER_HOUR))[observations.is_measured]
    return float(np.clip((_PARALLEL_TOKENS - np.median(rates)) / (_PARALLEL_TOKENS - _LONE_TOKENS), 0.0, 1.0))


def _unit(observations: Observations) -> str:
    return observations.unit.strip().lower().removesuffix("s")


def digest(observations: Observations) -> str:
    """Twelve hexadecimal digits over one workload's observations."""
    document = json.dumps(observations.as_document(), sort_keys=True)
    return hashlib.sha256(document.encode()).hexdigest()[:12]
