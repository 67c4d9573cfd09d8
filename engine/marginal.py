"""Fitting the model's constants to measurements: how likely they make what many organisations measured."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from engine.accelerators import Accelerators
from engine.equations import Equations, equations
from engine.fit import LOG_NOISE, contribution, log_volume, noise_evidence, prior_covariance
from engine.model import Sums
from engine.observations import Observations
from engine.scales import PHYSICS, Scales
from engine.units import Floats

__all__ = ["Measured", "fit_scales", "gather", "log_likelihood", "refit"]

_STEP = 1.4  # of a deviation, up or down; a slope moves by a third of how far organisations stray
_WORTH = 0.01  # a smaller gain in log likelihood is no reason to move a constant
_REGIMES = ("undivided", "host_bound", "foreseen")  # what is fitted is the usual one
# Not told by one mean a configuration, nor by what one workload says of another.
_FIXED = ("level", "run", "counted", "independent", "alike", "stranger", "freedom", *_REGIMES)
_PER_FEATURE = ("slopes", "organisation", "workload")


@dataclass(frozen=True, eq=False, slots=True)
class Measured:
    """The equations of one organisation's workloads, prepared once: they do not depend on the constants."""

    workloads: tuple[Equations, ...]
    parts: tuple[int, ...]
    accelerators: Accelerators


def fit_scales(
    organisations: Sequence[Sequence[Observations]],
    accelerators: Accelerators,
    scales: Scales = PHYSICS,
    sweeps: int = 3,
) -> Iterator[tuple[Scales, float]]:
    """The constants that make what each organisation observed likeliest, beginning at `scales`.

    Yields the constants and their natural log likelihood: where it began, then after each sweep, ending early when one
    changes nothing. A sweep takes about a hundred evaluations; one takes milliseconds a workload.
    """
    measured = [gather(each, accelerators) for each in organisations]
    yield scales, log_likelihood(measured, scales)
    yield from refit(measured, scales, sweeps)


def gather(observations: Sequence[Observations], accelerators: Accelerators) -> Measured:
    """What an organisation measured; workloads with fewer than two configurations say nothing of the constants."""
    every = [equations(each, accelerators) for each in observations]
    useful = tuple(each for each in every if len(each) > 1)
    parts = sorted({int(part) for each in useful for part in each.accelerator})
    return Measured(useful, tuple(parts), accelerators)


def log_likelihood(organisations: Sequence[Measured], scales: Scales) -> float:
    """Natural log of the density of all differences within workloads, everything else integrated out.

    The marginal likelihood of the hierarchical model (type II maximum likelihood; Rasmussen and Williams, 2006, ch. 5):
    workloads' own parts as Gaussians, slopes and effects as the sums' regression, noise over its candidates. Each
    organisation weighs at most `scales.independent` workloads, as in `fit`.
    """
    return sum(_of_organisation(each, scales) for each in organisations)


def refit(organisations: Sequence[Measured], scales: Scales, sweeps: int = 3) -> Iterator[tuple[Scales, float]]:
    """Climb from `scales`, one constant after another; yields the constants and their log likelihood after each sweep.

    It ends early when a sweep improves nothing. A weak prior (a factor of e is one deviation) holds what the
    measurements do not tell near where it began.
    """
    begin, best = scales, _score(organisations, scales, scales)
    for _ in range(sweeps):
        before = best
        for move in _moves(scales):
            scales, best = _climb(organisations, begin, scales, best, move)
        yield scales, log_likelihood(organisations, scales)
        if best <= before:
            return


_Move = tuple[str, int | None, float]


def _moves(scales: Scales) -> list[_Move]:
    """(constant, its place, direction) of every step worth trying."""
    single = [field.name for field in fields(scales) if field.name not in (*_PER_FEATURE, *_FIXED)]
    places = [(name, place) for name in _PER_FEATURE for place in range(len(scales.slopes))]
    return [(name, place, way) for name, place in [*((s, None) for s in single), *places] for way in (1.0, -1.0)]


def _climb(
    organisations: Sequence[Measured], begin: Scales, scales: Scales, best: float, move: _Move
) -> tuple[Scales, float]:
    """Repeat one move while it helps."""
    while (score := _score(organisations, begin, tried := _moved(begin, scales, move))) > best + _WORTH:
        scales, best = tried, score
    return scales, best


def _moved(begin: Scales, scales: Scales, move: _Move) -> Scales:
    name, place, way = move
    if place is None:
        return replace(scales, **{name: getattr(scales, name) * _STEP**way})
    values = list(getattr(scales, name))
    slope = values[place] + way * begin.organisation[place] / 3.0
    values[place] = slope if name == "slopes" else values[place] * _STEP**way
    changed: dict[str, Any] = {name: tuple(values)}
    return replace(scales, **changed)


def _score(organisations: Sequence[Measured], begin: Scales, scales: Scales) -> float:
    return log_likelihood(organisations, scales) - 0.5 * float(np.sum(_strayed(begin, scales) ** 2))


def _strayed(begin: Scales, scales: Scales) -> Floats:
    """How far each constant is from where it began, in deviations of the weak prior."""
    slopes = (np.array(scales.slopes) - begin.slopes) / (3.0 * np.array(begin.organisation))
    names = [field.name for field in fields(scales) if field.name not in ("slopes", *_FIXED)]
    now, then = (np.concatenate([np.atleast_1d(getattr(each, name)) for name in names]) for each in (scales, begin))
    return np.concatenate([slopes, np.log(now / then)])


def _of_organisation(measured: Measured, scales: Scales) -> float:
    sums, volume = Sums.none(len(scales.slopes) + len(measured.parts)), 0.0
    for each in measured.workloads:
        sums = sums.plus(contribution(each, measured.parts, scales))
        volume += log_volume(each, scales)
    weight = scales.independent / max(sums.workloads, scales.independent)
    names = list(measured.accelerators)
    covariance = prior_covariance(scales, [names[part] for part in measured.parts], measured.accelerators)
    log = noise_evidence(sums.limited(scales.independent), scales, covariance)
    prior = np.log(np.exp(-0.5 * (LOG_NOISE / scales.noise) ** 2).sum())
    return float(np.logaddexp.reduce(log) - prior - weight * volume)
