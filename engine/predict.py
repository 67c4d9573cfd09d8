"""What a workload would do on configurations that it may never have run on."""

from dataclasses import dataclass

import numpy as np

from engine.accelerators import Accelerators
from engine.equations import Equations, as_today, digest, equations, traits
from engine.features import features
from engine.fit import (
    lesson_of,
    level_of,
    noise_of,
    own_slopes_and_effects,
    prior_covariance,
    shared_posterior,
)
from engine.memory import memory_fits, memory_needed
from engine.model import Lesson, Model
from engine.observations import Observations
from engine.scales import Scales
from engine.shapes import Prediction, Shapes
from engine.units import EVIDENCES, Bools, Floats, Integers

__all__ = ["predict"]

_SHARED = 24  # loadings kept: directions in which predictions err together; the rest of the variance counts as own
_MAJORITY, _OUTLYING = 3, 4.0  # measurements; deviations from what the others say, beyond which one is doubted
_HARDWARE = ("accelerator", "accelerator_count", "node_count")


@dataclass(frozen=True, eq=False, slots=True)
class _Mix:
    """What n configurations make of the latent vector: level, slopes, part effects, effects of known configurations.

    `phi` (n, p), `place` (n,) of each configuration's part among the parts, `same` (n, n_known).
    """

    phi: Floats
    place: Integers
    same: Bools

    def of(self, latent: Floats) -> Floats:
        """(n, ...) the combination of `latent` (1 + p + n_parts + n_known, ...) at each configuration."""
        p = 1 + self.phi.shape[1]
        mixed: Floats = latent[0] + self.phi @ latent[1:p] + latent[p + self.place]
        rows, known = np.nonzero(self.same)
        mixed[rows] += latent[len(latent) - self.same.shape[1] + known]
        return mixed


def predict(model: Model, observations: Observations, shapes: Shapes, accelerators: Accelerators) -> Prediction:
    """The posterior predictive of one further run on each shape, given the organisation and the workload's own runs.

    The workload's latent vector holds its level, slopes, one effect a part and one a measured configuration. All of it
    is Gaussian, so conditioning on n measured configurations is one solve of size n.
    """
    asked, known = as_today(shapes, observations), equations(observations, accelerators)
    same = _same_configuration(asked, known.shapes)
    parts = np.unique(np.concatenate([known.accelerator, asked.accelerator]))
    taught = _taught(model, observations, known, accelerators)
    names = list(accelerators)
    shared = _organisation(model.scales, taught, [names[part] for part in parts], accelerators)
    latent = _posterior(_prior(model.scales, shared, known), known, parts, model.scales)
    mix = _Mix(features(asked, accelerators, traits(observations)), np.searchsorted(parts, asked.accelerator), same)
    is_new = ~same.any(axis=1)
    width = np.where(is_new, latent.stretch, 1.0)  # what was measured there stays as certain as it was
    loadings, left = _shared(mix, latent.covariance)
    own = np.where(is_new, (shared.noise * model.scales.configuration) ** 2, 0.0)
    return Prediction(
        log_units_per_hour=mix.of(latent.mean),
        loadings=width[:, None] * loadings,
        own_variance=width**2 * (left + own) + model.scales.run**2,
        evidence=_evidence(asked, known.shapes, same),
        fits=memory_fits(observations, asked, accelerators) | ~is_new,
        memory_needed_gib=memory_needed(observations, asked, accelerators),
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Latent:
    """Level, slopes, effects of parts, effects of known configurations: mean (n,) and covariance (n, n).

    `stretch` is how much wider than its organisation's noise the workload's own runs say that it strays.
    """

    mean: Floats
    covariance: Floats
    stretch: float = 1.0


def _posterior(prior: _Latent, known: Equations, parts: Integers, scales: Scales) -> _Latent:
    """What the workload's own runs make of the prior.

    They tell how far it strays as well as where to: with an inverse-gamma scale of `freedom` measurements, n - 1
    differences at Mahalanobis distance d stretch everything by (freedom + d^2) / (freedom + n - 1), the conjugate
    update of a Student-t process (Shah, Wilson and Ghahramani, 2014).
    """
    if not len(known):
        return prior
    mix = _Mix(known.phi, np.searchsorted(parts, known.accelerator), np.eye(len(known), dtype=np.bool_))
    reach = mix.of(prior.covariance)
    seen = mix.of(reach.T) + np.diag(scales.run**2 / known.n_runs)
    mean = prior.mean.copy()
    mean[0] = (known.log_units_per_hour - mix.of(mean)).mean()  # any level is as likely: begin at a likely one
    left = known.log_units_per_hour - mix.of(mean)
    seen += np.diag(_own_noise(seen, left, scales.freedom))
    solved = np.linalg.solve(seen, np.column_stack([reach, left]))
    distance, freedom = float(left @ solved[:, -1]), scales.freedom
    stretch = np.sqrt((freedom + distance) / (freedom + len(known) - 1.0))
    return _Latent(mean + reach.T @ solved[:, -1], prior.covariance - reach.T @ solved[:, :-1], float(stretch))


def _own_noise(seen: Floats, left: Floats, freedom: float) -> Floats:
    """(n,) variance to add to the measurement that the others say is wrong; nought where none is, and below three.

    Leaving each out in turn, its error over what the rest expect of it, their own straying included, is the externally
    studentised residual (Cook and Weisberg, 1982): beyond four, the square of that error becomes the run's own noise.
    """
    added, n = np.zeros(len(left)), len(left)
    if n < _MAJORITY:
        return added
    inverse = np.linalg.inv(seen)
    weighed, precision = inverse @ left, np.diag(inverse)
    score = np.abs(weighed) / np.sqrt(precision)
    worst = int(score.argmax())
    stretch = (freedom + float(left @ weighed) - score[worst] ** 2) / (freedom + n - 2.0)
    if score[worst] > _OUTLYING * np.sqrt(stretch):
        added[worst] = (weighed[worst] / precision[worst]) ** 2
    return added


@dataclass(frozen=True, eq=False, slots=True)
class _Organisation:
    """Its noise; a new workload's slopes and effects of n parts: mean (p + n,) and covariance, its own straying in."""

    noise: float
    mean: Floats
    covariance: Floats


def _organisation(scales: Scales, taught: Lesson, parts: list[str], accelerators: Accelerators) -> _Organisation:
    """What the organisation's other workloads say of this one.

    Of a part that none of them ran, those of its architecture tell: the conditional of a Gaussian (Rasmussen and
    Williams, 2006, A.6). With C the prior covariance of what they tell of and K that with what is asked, it is carried
    over by K'C^-1, and the prior of what is asked less K'C^-1 K stays as unknown as it was.
    """
    p, told = len(scales.slopes), len(taught.sums.learned)
    prior = prior_covariance(scales, (*taught.accelerators, *parts), accelerators)
    asked = [*range(p), *range(told, len(prior))]
    noise = noise_of(taught.sums, scales, prior[:told, :told])
    mean, covariance = shared_posterior(taught.sums, scales, prior[:told, :told], noise)
    carried = np.linalg.solve(prior[:told, :told], prior[:told, asked]).T
    left = prior[np.ix_(asked, asked)] - carried @ prior[:told, asked]
    own = noise**2 * own_slopes_and_effects(scales, parts, accelerators)
    return _Organisation(noise, carried @ mean, carried @ covariance @ carried.T + left + own)


def _prior(scales: Scales, shared: _Organisation, known: Equations) -> _Latent:
    """Level, slopes, effects of parts and of known configurations, before the workload's own runs are looked at."""
    inner = slice(1, 1 + len(shared.mean))
    n = inner.stop + len(known)
    mean, covariance = np.zeros(n), np.zeros((n, n))
    mean[inner], covariance[inner, inner] = shared.mean, shared.covariance
    covariance[0, 0] = scales.level**2
    tail = np.arange(inner.stop, n)
    covariance[tail, tail] = (shared.noise * scales.configuration) ** 2
    return _Latent(mean, covariance)


def _taught(model: Model, observations: Observations, known: Equations, accelerators: Accelerators) -> Lesson:
    """What the organisation's workloads teach this one, without what this very workload contributed."""
    level = level_of(known, model.scales)
    lesson = model.lesson_for(known.unit, level)
    if digest(observations) not in model.taught_by:
        return lesson
    own = lesson_of(known, accelerators, model.scales)
    return lesson.plus(own, -own.likeness(known.unit, level, model.scales))


def _shared(mix: _Mix, covariance: Floats) -> tuple[Floats, Floats]:
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
