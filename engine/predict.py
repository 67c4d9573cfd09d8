"""What a workload would do on configurations that it may never have run on."""

import numpy as np

from engine.accelerators import Accelerators
from engine.equations import Equations, as_today, decoding, digest, equations
from engine.features import features
from engine.fit import contribution, shared_posterior
from engine.memory import memory_fits, memory_needed
from engine.model import Model
from engine.observations import Observations
from engine.shapes import Prediction, Shapes
from engine.units import EVIDENCES, Bools, Floats, Integers

__all__ = ["predict"]

_SHARED = 24  # loadings kept: directions in which predictions err together; the rest of the variance counts as own
_HARDWARE = ("accelerator", "accelerator_count", "node_count")


def predict(model: Model, observations: Observations, shapes: Shapes, accelerators: Accelerators) -> Prediction:
    """The posterior predictive of one further run on each shape, given the organisation and the workload's own runs.

    The workload's latent vector holds its level, slopes, one effect a part and one a measured configuration. All of it
    is Gaussian, so conditioning on n measured configurations is one solve of size n.
    """
    asked, known = as_today(shapes, observations), equations(observations, accelerators)
    same = _same_configuration(asked, known.shapes)
    parts = np.unique(np.concatenate([known.accelerator, asked.accelerator]))
    mean, covariance = _posterior(model, observations, known, parts, list(accelerators))
    phi = features(asked, accelerators, decoding(observations))
    design = _design(phi, asked.accelerator, parts, same)
    loadings, left = _shared(design, covariance * model.widening**2)
    is_new = ~same.any(axis=1)
    own = np.where(is_new, (model.widening * model.noise * model.scales.configuration) ** 2, 0.0)
    return Prediction(
        log_units_per_hour=design @ mean,
        loadings=loadings,
        own_variance=left + own + model.scales.run**2,
        evidence=_evidence(asked, known.shapes, same),
        fits=memory_fits(observations, asked, accelerators) | ~is_new,
        memory_needed_gib=memory_needed(observations, asked, accelerators),
    )


def _posterior(
    model: Model, observations: Observations, known: Equations, parts: Integers, names: list[str]
) -> tuple[Floats, Floats]:
    """Mean and covariance of the workload's latent vector: level, slopes, effects of parts, of known configurations."""
    mean, covariance = _prior(model, observations, known, parts, names)
    if not len(known):
        return mean, covariance
    design = _design(known.phi, known.accelerator, parts, np.eye(len(known), dtype=np.bool_))
    reach = covariance @ design.T
    seen = design @ reach + np.diag(model.scales.run**2 / known.n_runs)
    gain = np.linalg.solve(seen, reach.T).T
    mean[0] = (known.log_units_per_hour - design @ mean).mean()  # any level is as likely: begin at a likely one
    return mean + gain @ (known.log_units_per_hour - design @ mean), covariance - gain @ reach.T


def _prior(
    model: Model, observations: Observations, known: Equations, parts: Integers, names: list[str]
) -> tuple[Floats, Floats]:
    """What the organisation's other workloads say of this one, before its own runs are looked at."""
    scales, p = model.scales, len(model.scales.slopes)
    shared, spread = _organisation(model, observations, known, names)
    place = {name: p + i for i, name in enumerate(model.accelerators)}
    source = np.array([*range(p), *(place.get(names[part], -1) for part in parts)])
    is_new, n = source < 0, 1 + len(source) + len(known)
    mean, covariance, inner = np.zeros(n), np.zeros((n, n)), slice(1, 1 + len(source))
    mean[inner] = np.where(is_new, 0.0, shared[source])
    covariance[inner, inner] = np.where(is_new[:, None] | is_new[None, :], 0.0, spread[np.ix_(source, source)])
    own = np.concatenate([scales.workload, np.full(len(parts), scales.workload_accelerator)])
    own = (model.noise * own) ** 2 + np.where(is_new, scales.accelerator**2, 0.0)
    tail = np.full(len(known), (model.noise * scales.configuration) ** 2)
    covariance[np.diag_indices(n)] += np.concatenate([[scales.level**2], own, tail])
    return mean, covariance


def _organisation(
    model: Model, observations: Observations, known: Equations, names: list[str]
) -> tuple[Floats, Floats]:
    """Mean and covariance of slopes and effects, without what this very workload contributed to them."""
    sums = model.sums
    if digest(observations) in model.taught_by:
        parts = [names.index(name) for name in model.accelerators]
        sums = sums.plus(contribution(known, parts, model.scales), -1.0)
    return shared_posterior(sums, model.scales, model.noise)


def _design(phi: Floats, accelerator: Integers, parts: Integers, same: Bools) -> Floats:
    """(n, 1 + p + n_parts + n_known) rows of the latent vector's coefficients."""
    effects = accelerator[:, None] == parts[None, :]
    return np.hstack([np.ones((len(phi), 1)), phi, effects.astype(np.float64), same.astype(np.float64)])


def _shared(design: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    """Loadings (n, k) on the covariance's strongest directions, and (n,) the variance that they leave."""
    values, vectors = np.linalg.eigh(covariance)
    roots = design @ (vectors * np.sqrt(np.maximum(values, 0.0)))
    strength = (roots**2).sum(axis=0)
    kept = np.sort(np.argsort(-strength, kind="stable")[:_SHARED])
    dropped = np.setdiff1d(np.arange(len(values)), kept)
    return roots[:, kept], (roots[:, dropped] ** 2).sum(axis=1)


def _same_configuration(asked: Shapes, measured: Shapes) -> Bools:
    """(n_shapes, n_known) whether a shape is exactly that measured configuration; at most one is."""
    ours, theirs = asked.batch_size[:, None], measured.batch_size[None, :]
    same = _same_hardware(asked, measured) & (asked.precision[:, None] == measured.precision[None, :])
    same &= (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    first: Bools = same & (np.cumsum(same, axis=1) == 1)
    return first


def _same_hardware(asked: Shapes, measured: Shapes) -> Bools:
    """(n_shapes, n_known) whether both are as many of the same part."""
    pairs = ((getattr(asked, name), getattr(measured, name)) for name in _HARDWARE)
    alike: Bools = np.logical_and.reduce([ours[:, None] == theirs[None, :] for ours, theirs in pairs])
    return alike


def _evidence(asked: Shapes, measured: Shapes, same: Bools) -> Integers:
    """(n_shapes,) how directly each was observed, as an index of EVIDENCES.

    Verified: this very configuration ran. Measured: as many of this part ran, in another precision or batch. Scaled:
    the workload ran elsewhere. Otherwise there are only spec sheets.
    """
    seen = (same.any(axis=1), _same_hardware(asked, measured).any(axis=1), np.full(len(asked), len(measured) > 0))
    places = [EVIDENCES.index(name) for name in ("verified", "measured", "scaled")]
    return np.select(seen, places, EVIDENCES.index("spec_only")).astype(np.int64)
