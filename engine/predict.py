"""What a workload would do on configurations that it may never have run on."""

from collections.abc import Sequence
from dataclasses import replace
from math import log

import numpy as np

from engine.accelerators import Accelerators
from engine.equations import Equations, as_today, digest, equations
from engine.features import features
from engine.fit import lessons_of, level_of
from engine.memory import memory_fits, memory_needed
from engine.model import Lesson, Model
from engine.observations import Observations
from engine.posterior import Latent, Mix, believe
from engine.prediction import Component, Prediction
from engine.regimes import Regime, regimes_of, shares_of
from engine.scales import Scales
from engine.shapes import Shapes
from engine.units import EVIDENCES, Bools, Floats, Integers

__all__ = ["predict"]

_SHARED = 24  # loadings kept: directions in which predictions err together; the rest of the variance counts as own
_NEGLIGIBLE = 0.01  # probability of a regime that is left out
_TINY = 1e-9
_HARDWARE = ("accelerator", "accelerator_count", "node_count")


def predict(model: Model, observations: Observations, shapes: Shapes, accelerators: Accelerators) -> Prediction:
    """The posterior predictive of one further run on each shape, given the organisation and the workload's own runs.

    A mixture over regimes, each weighed by how many of the organisation's workloads are of it and by how likely it
    makes what this one measured.
    """
    asked, known = as_today(shapes, observations), equations(observations, accelerators)
    same = _same_configuration(asked, known.shapes)
    parts = np.unique(np.concatenate([known.accelerator, asked.accelerator]))
    mix = Mix(features(asked, accelerators, known.traits), np.searchsorted(parts, asked.accelerator), same)
    beliefs, run_variance = _beliefs(model, observations, known, parts, accelerators), model.scales.run**2
    return Prediction(
        components=tuple(_component(regime, latent, mix, run_variance) for regime, latent in beliefs),
        evidence=_evidence(asked, known.shapes, same),
        fits=memory_fits(observations, asked, accelerators) | same.any(axis=1),
        memory_needed_gib=memory_needed(observations, asked, accelerators),
    )


def _component(regime: Regime, latent: Latent, mix: Mix, run_variance: float) -> Component:
    is_new = ~mix.same.any(axis=1)
    width = np.where(is_new, latent.stretch, 1.0)  # what was measured there stays as certain as it was
    loadings, left = _shared(mix, latent.covariance)
    own = np.where(is_new, latent.own_variance, 0.0)
    own_variance = width**2 * (left + own) + run_variance
    return Component(regime.name, regime.share, mix.of(latent.mean), width[:, None] * loadings, own_variance)


def _beliefs(
    model: Model, observations: Observations, known: Equations, parts: Integers, accelerators: Accelerators
) -> list[tuple[Regime, Latent]]:
    """Each regime that is not next to impossible, its share what it is by now, and what is believed in it."""
    regimes = regimes_of(model.scales, known.unit, known.traits)
    lessons = _taught(regimes, model, observations, known, accelerators)
    most = max(lesson.sums.workloads for lesson in lessons)
    latents = [
        believe(_in_proportion(regime.scales, lesson, most), lesson, known, parts, accelerators)
        for regime, lesson in zip(regimes, lessons, strict=True)
    ]
    before = _before(model.scales, regimes, lessons)
    shares = shares_of([log(each) + latent.log_likelihood for each, latent in zip(before, latents, strict=True)])
    total = sum(share for share in shares if share >= _NEGLIGIBLE)
    return [
        (replace(regime, share=share / total), latent)
        for regime, share, latent in zip(regimes, shares, latents, strict=True)
        if share >= _NEGLIGIBLE
    ]


def _in_proportion(scales: Scales, lesson: Lesson, most: float) -> Scales:
    """What weighs down the workloads of the commonest regime weighs down those of a rarer one by as much."""
    portion = max(lesson.sums.workloads / most, _TINY) if most > 0.0 else 1.0
    return replace(scales, counted=scales.counted * portion, independent=scales.independent * portion)


def _before(scales: Scales, regimes: Sequence[Regime], lessons: Sequence[Lesson]) -> list[float]:
    """How likely each regime is before the workload's own runs, in proportion: as foreseen, and as neighbours tell."""
    told = [regime.likely * lesson.sums.told for regime, lesson in zip(regimes, lessons, strict=True)]
    limit = scales.counted / max(sum(told), scales.counted)
    return [scales.foreseen * regime.share + limit * each for regime, each in zip(regimes, told, strict=True)]


def _taught(
    regimes: Sequence[Regime],
    model: Model,
    observations: Observations,
    known: Equations,
    accelerators: Accelerators,
) -> list[Lesson]:
    """What the organisation's workloads teach this one, regime by regime, without what it contributed itself."""
    level = level_of(known, model.scales)
    lessons = {regime.name: model.lesson_for(regime.name, known.unit, level) for regime in regimes}
    if digest(observations) in model.taught_by:
        for own in lessons_of(known, accelerators, model.scales):
            weight = -own.likeness(known.unit, level, model.scales)
            lessons[own.regime] = lessons[own.regime].plus(own, weight)
    return list(lessons.values())


def _shared(mix: Mix, covariance: Floats) -> tuple[Floats, Floats]:
    """Loadings (n, k) on the covariance's strongest directions, and (n,) the variance that they leave."""
    values, vectors = np.linalg.eigh(covariance)
    roots = mix.of(vectors * np.sqrt(np.maximum(values, 0.0)))
    strength = (roots**2).sum(axis=0)
    kept = np.sort(np.argsort(-strength, kind="stable")[:_SHARED])
    loadings = roots[:, kept]
    return loadings, np.maximum((roots**2).sum(axis=1) - (loadings**2).sum(axis=1), 0.0)


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
