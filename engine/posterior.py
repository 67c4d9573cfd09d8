"""What is believed of one workload in one regime: its level, slopes and effects, as one Gaussian."""

from dataclasses import dataclass

import numpy as np

from engine.accelerators import Accelerators
from engine.equations import Equations
from engine.fit import noise_of, own_slopes_and_effects, prior_covariance, shared_posterior
from engine.model import Lesson
from engine.scales import Scales
from engine.units import Bools, Floats, Integers

__all__ = ["Latent", "Mix", "believe"]

_MAJORITY, _OUTLYING = 3, 4.0  # measurements; deviations from what the others say, beyond which one is doubted


@dataclass(frozen=True, eq=False, slots=True)
class Mix:
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


@dataclass(frozen=True, eq=False, slots=True)
class Latent:
    """Level, slopes, effects of parts, effects of known configurations: mean (n,) and covariance (n, n).

    `own_variance` is a new configuration's own. `stretch` is how much wider than its organisation's noise the
    workload's runs say that it strays; `log_likelihood` is the natural log of how likely they were, but for a constant.
    """

    mean: Floats
    covariance: Floats
    own_variance: float
    stretch: float = 1.0
    log_likelihood: float = 0.0


def believe(scales: Scales, taught: Lesson, known: Equations, parts: Integers, accelerators: Accelerators) -> Latent:
    """What a workload's own runs make of what its organisation's others say of it; effects are those of `parts`.

    The workload's latent vector is Gaussian, so conditioning on n measured configurations is one solve of size n.
    """
    names = list(accelerators)
    shared = _organisation(scales, taught, [names[part] for part in parts], accelerators)
    return _posterior(_prior(scales, shared, known), known, parts, scales)


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


def _prior(scales: Scales, shared: _Organisation, known: Equations) -> Latent:
    """Level, slopes, effects of parts and of known configurations, before the workload's own runs are looked at."""
    inner = slice(1, 1 + len(shared.mean))
    n = inner.stop + len(known)
    mean, covariance = np.zeros(n), np.zeros((n, n))
    mean[inner], covariance[inner, inner] = shared.mean, shared.covariance
    covariance[0, 0] = scales.level**2
    tail, own_variance = np.arange(inner.stop, n), (shared.noise * scales.configuration) ** 2
    covariance[tail, tail] = own_variance
    return Latent(mean, covariance, own_variance)


def _posterior(prior: Latent, known: Equations, parts: Integers, scales: Scales) -> Latent:
    """What the workload's own runs make of the prior.

    They tell how far it strays as well as where to: with an inverse-gamma scale of `freedom` measurements, n - 1
    differences at Mahalanobis distance d stretch everything by (freedom + d^2) / (freedom + n - 1), the conjugate
    update of a Student-t process (Shah, Wilson and Ghahramani, 2014).
    """
    if not len(known):
        return prior
    mix = Mix(known.phi, np.searchsorted(parts, known.accelerator), np.eye(len(known), dtype=np.bool_))
    reach = mix.of(prior.covariance)
    seen = mix.of(reach.T) + np.diag(scales.run**2 / known.n_runs)
    mean = prior.mean.copy()
    mean[0] = (known.log_units_per_hour - mix.of(mean)).mean()  # any level is as likely: begin at a likely one
    left = known.log_units_per_hour - mix.of(mean)
    seen += np.diag(_own_noise(seen, left, scales.freedom))
    likelihood = _log_likelihood(seen, left, scales.freedom)
    solved = np.linalg.solve(seen, np.column_stack([reach, left]))
    distance, freedom = float(left @ solved[:, -1]), scales.freedom
    stretch = np.sqrt((freedom + distance) / (freedom + len(known) - 1.0))
    covariance = prior.covariance - reach.T @ solved[:, :-1]
    return Latent(mean + reach.T @ solved[:, -1], covariance, prior.own_variance, float(stretch), likelihood)


def _log_likelihood(seen: Floats, left: Floats, freedom: float) -> float:
    """Natural log density of n - 1 differences, a multivariate t (Shah et al., 2014), but for a constant."""
    differences = len(left) - 1.0
    distance = float(left @ np.linalg.solve(seen, left))
    return -0.5 * float(np.linalg.slogdet(seen)[1] + (freedom + differences) * np.log1p(distance / freedom))


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
