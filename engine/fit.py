"""From what an organisation's workloads did to the model that all of them share."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.accelerators import Accelerators
from engine.features import features
from engine.model import Model
from engine.observations import Observations
from engine.scales import PHYSICS, Scales
from engine.shapes import Shapes
from engine.units import Floats, Integers

__all__ = ["Equations", "as_today", "contribution", "digest", "equations", "fit"]


@dataclass(frozen=True, eq=False, slots=True)
class Equations:
    """What one workload measured: `log_units_per_hour = level + phi @ slopes + effects + noise`.

    (n,) each, `phi` (n, p). `shapes` are what ran, precision and batch completed where a run did not state them.
    """

    shapes: Shapes
    phi: Floats
    log_units_per_hour: Floats
    n_runs: Integers

    def __len__(self) -> int:
        return len(self.shapes)

    @property
    def accelerator(self) -> Integers:
        """(n,) indices of the spec sheets."""
        return self.shapes.accelerator


def fit(observations: Sequence[Observations], accelerators: Accelerators, scales: Scales = PHYSICS) -> Model:
    """The posterior of the organisation's slopes and accelerator effects; exact, one small solve a workload.

    Each workload's level, slopes and effects are integrated out, so its contribution is a sum that can be taken back.
    """
    names, used = list(accelerators), [equations(each, accelerators) for each in observations]
    parts = sorted({int(part) for each in used for part in each.accelerator})
    p = len(scales.slopes)
    prior = np.concatenate([np.array(scales.organisation) ** -2.0, np.full(len(parts), scales.accelerator**-2.0)])
    precision, information = np.diag(prior), np.zeros(p + len(parts))
    information[:p] = prior[:p] * np.array(scales.slopes)
    for each in used:
        gained, learned = contribution(each, parts, scales)
        precision, information = precision + gained, information + learned
    taught_by = frozenset(digest(each) for each in observations)
    return Model(scales, tuple(names[part] for part in parts), precision, information, taught_by)


def equations(observations: Observations, accelerators: Accelerators) -> Equations:
    """What `observations` measured on parts that have a spec sheet."""
    shapes = observations.shapes(accelerators)
    row = np.flatnonzero(observations.is_measured & (shapes.accelerator >= 0))
    measured = as_today(shapes.take(row), observations)
    logs, runs = observations.log_units_per_hour[row], observations.n_succeeded[row]
    return Equations(measured, features(measured, accelerators), logs, runs)


def as_today(shapes: Shapes, observations: Observations) -> Shapes:
    """`shapes` with the precision and the batch that they leave open taken from the most recent successful run."""
    now = observations.current
    count = shapes.accelerator_count * shapes.node_count
    today = np.nan
    precision = shapes.precision
    if now is not None:
        today = observations.batch_size[now] / (observations.accelerator_count[now] * observations.node_count[now])
        precision = np.where(precision < 0, observations.precision[now], precision)
    batch = np.where(np.isnan(shapes.batch_size), today * count, shapes.batch_size)
    batch = batch if today == today else np.full(len(shapes), np.nan)  # noqa: PLR0124 - nothing to compare with
    return Shapes(
        shapes.accelerator, shapes.accelerator_count, shapes.node_count, shapes.interconnect_gbps, precision, batch
    )


def contribution(known: Equations, parts: Sequence[int], scales: Scales) -> tuple[Floats, Floats]:
    """What one workload adds to a model's precision and information over the slopes and the effects of `parts`."""
    if not len(known):
        return np.zeros((len(scales.slopes) + len(parts),) * 2), np.zeros(len(scales.slopes) + len(parts))
    effects = known.accelerator[:, None] == np.array(parts)[None, :]
    design = np.hstack([known.phi, effects.astype(np.float64)])
    weighed = np.linalg.solve(workload_covariance(known, scales), design)
    return design.T @ weighed, weighed.T @ known.log_units_per_hour


def workload_covariance(known: Equations, scales: Scales) -> Floats:
    """(n, n) of what is the workload's own: its level, slopes, parts, configurations and runs."""
    same_part = known.accelerator[:, None] == known.accelerator[None, :]
    own = scales.configuration**2 + scales.run**2 / known.n_runs
    covariance: Floats = (known.phi * np.array(scales.workload) ** 2) @ known.phi.T
    covariance += scales.level**2 + scales.workload_accelerator**2 * same_part + np.diag(own)
    return covariance


def digest(observations: Observations) -> str:
    """Twelve hexadecimal digits over one workload's observations."""
    document = json.dumps(observations.as_document(), sort_keys=True)
    return hashlib.sha256(document.encode()).hexdigest()[:12]
