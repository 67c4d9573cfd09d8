"""From what an organisation's workloads did to the model that all of them share."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import log

import numpy as np

from engine.accelerators import Accelerators
from engine.equations import Equations, digest, equations
from engine.model import Lesson, Model, Sums
from engine.observations import Observations
from engine.regimes import regimes_of, shares_of
from engine.scales import PHYSICS, Scales
from engine.units import Floats

__all__ = [
    "LOG_NOISE",
    "contribution",
    "fit",
    "learn",
    "lessons_of",
    "level_of",
    "log_volume",
    "noise_evidence",
    "noise_of",
    "own_covariance",
    "own_slopes_and_effects",
    "prior_covariance",
    "shared_posterior",
]

_A_DIFFERENCE = 2  # configurations
_UNTAUGHT = 0.001  # probability of a regime: it learns nothing from such a workload
LOG_NOISE = np.linspace(-2.5, 2.5, 101)  # candidates for the logarithm of an organisation's noise


def fit(observations: Sequence[Observations], accelerators: Accelerators, scales: Scales = PHYSICS) -> Model:
    """Add up what each workload teaches of the organisation's slopes, effects and noise; one small solve a workload."""
    nobody = Model(scales, accelerators.version, (), frozenset())
    return learn(nobody, (), observations, accelerators)


def learn(
    model: Model, before: Sequence[Observations], now: Sequence[Observations], accelerators: Accelerators
) -> Model:
    """`model` after some histories grew: what `before` taught is taken out, what `now` teaches is put in.

    Equal to the last bit to a `fit` of everything, at the price of these workloads alone. The `accelerators` must be
    those that `model` was fitted with; what it was never taught is not taken out.
    """
    lessons, taught_by = {each.key: each for each in model.lessons}, set(model.taught_by)
    for each in (each for each in before if digest(each) in taught_by):
        _add(lessons, lessons_of(equations(each, accelerators), accelerators, model.scales), -1.0)
        taught_by.remove(digest(each))
    for each in now:
        _add(lessons, lessons_of(equations(each, accelerators), accelerators, model.scales), 1.0)
        taught_by.add(digest(each))
    kept = (lessons[key].trimmed for key in sorted(lessons) if lessons[key].sums.workloads)
    return Model(model.scales, model.sheets, tuple(kept), frozenset(taught_by))


def _add(lessons: dict[tuple[str, str, int], Lesson], told: Iterable[Lesson], weight: float) -> None:
    for lesson in told:
        n_slopes = len(lesson.sums.learned) - len(lesson.accelerators)
        nothing = replace(lesson, accelerators=(), sums=Sums.none(n_slopes))
        lessons[lesson.key] = lessons.get(lesson.key, nothing).plus(lesson, weight)


def lessons_of(known: Equations, accelerators: Accelerators, scales: Scales) -> tuple[Lesson, ...]:
    """What one workload teaches, and whom: those that count in its unit at about its level, regime by regime.

    Each regime learns from it by how likely the workload is of it. That is judged by its own measurements alone, one
    step of expectation (Dempster, Laird and Rubin, 1977), so that lessons add up in whatever order they come. What it
    tells of how common a regime is, is what its measurements add to the shares that were expected of it.
    """
    names, parts = list(accelerators), np.unique(known.accelerator).tolist()
    about = tuple(names[part] for part in parts)
    level = level_of(known, scales) or 0.0  # without a measurement it teaches nothing anyway
    regimes = regimes_of(scales, known.unit, known.traits)
    sums = [contribution(known, parts, regime.scales) for regime in regimes]
    shares = shares_of(
        [
            log(regime.share) + _log_likelihood(known, each, about, regime.scales, accelerators)
            for regime, each in zip(regimes, sums, strict=True)
        ]
    )
    undecided = min(share / regime.share for regime, share in zip(regimes, shares, strict=True))
    return tuple(
        Lesson.at(regime.name, known.unit, level, about, each.counting(share, share - undecided * regime.share)).trimmed
        for regime, each, share in zip(regimes, sums, shares, strict=True)
        if share >= _UNTAUGHT
    )


def _log_likelihood(
    known: Equations, sums: Sums, about: Sequence[str], scales: Scales, accelerators: Accelerators
) -> float:
    """Natural log density of a workload's differences, but for a constant; it has none below two configurations."""
    if len(known) < _A_DIFFERENCE:
        return 0.0
    evidence = noise_evidence(sums, scales, prior_covariance(scales, about, accelerators))
    return float(np.logaddexp.reduce(evidence)) - log_volume(known, scales)


def level_of(known: Equations, scales: Scales) -> float | None:
    """A workload's natural log of units per hour with the expected gain from its hardware taken out; None: unknown."""
    if not len(known):
        return None
    return float((known.log_units_per_hour - known.phi @ np.array(scales.slopes)).mean())


def contribution(known: Equations, parts: Sequence[int], scales: Scales) -> Sums:
    """What one workload teaches of the slopes and of the effects of `parts`, everything of its own integrated out."""
    if not len(known):
        return Sums.none(len(scales.slopes) + len(parts))
    effects = known.accelerator[:, None] == np.array(parts)[None, :]
    left = known.log_units_per_hour - known.phi @ np.array(scales.slopes)
    columns = np.column_stack([np.ones(len(known)), known.phi, effects, left])
    products = columns.T @ np.linalg.solve(own_covariance(known, scales), columns)
    products -= np.outer(products[:, 0], products[0]) / products[0, 0]  # any level is as likely: project it out
    gathered, learned, squares = products[1:-1, 1:-1], products[1:-1, -1], float(products[-1, -1])
    return Sums(gathered, learned, squares, len(known) - 1.0, float(len(known) > 1))


def own_covariance(known: Equations, scales: Scales) -> Floats:
    """(n, n) of what is the workload's own at unit noise, but for its level: slopes, parts and configurations."""
    same_part = known.accelerator[:, None] == known.accelerator[None, :]
    akin = known.architecture[:, None] == known.architecture[None, :]
    covariance: Floats = (known.phi * np.array(scales.workload) ** 2) @ known.phi.T
    covariance += scales.workload_architecture**2 * akin + scales.workload_accelerator**2 * same_part
    return covariance + np.diag(scales.configuration**2 + scales.run**2 / known.n_runs)


def log_volume(known: Equations, scales: Scales) -> float:
    """Half the log determinant of the workload's own covariance, its free level projected out."""
    covariance = own_covariance(known, scales)
    level = np.linalg.solve(covariance, np.ones(len(known))).sum()
    return 0.5 * float(np.linalg.slogdet(covariance)[1] + np.log(level) + (len(known) - 1) * np.log(2.0 * np.pi))


def prior_covariance(scales: Scales, names: Sequence[str], accelerators: Accelerators) -> Floats:
    """(p + g, p + g) of an organisation's slopes and of the effects of the parts with those `names`."""
    shared = (scales.architecture, scales.accelerator)
    return _slopes_and_effects(scales.organisation, shared, names, accelerators)


def own_slopes_and_effects(scales: Scales, names: Sequence[str], accelerators: Accelerators) -> Floats:
    """(p + g, p + g) of how far one workload's slopes and effects stray from its organisation's, at unit noise."""
    own = (scales.workload_architecture, scales.workload_accelerator)
    return _slopes_and_effects(scales.workload, own, names, accelerators)


def _slopes_and_effects(
    slopes: Sequence[float], deviations: tuple[float, float], names: Sequence[str], accelerators: Accelerators
) -> Floats:
    """Independent slopes; effects with a deviation that an architecture shares and another that is each part's own.

    What a sheet leaves out, caches, instructions and how well libraries are tuned to them, comes with the architecture.
    A part without a sheet, because it was withdrawn since the fit, shares nothing.
    """
    places, built = {name: place for place, name in enumerate(accelerators)}, accelerators.columns.architecture
    part = np.array([places.get(name, -1 - i) for i, name in enumerate(names)], dtype=np.int64)
    number = np.array([built[place] if place >= 0 else place for place in part], dtype=np.int64)
    together, apart = deviations
    covariance = np.diag(np.concatenate([np.square(slopes), np.zeros(len(names))]))
    effects = together**2 * (number[:, None] == number) + apart**2 * (part[:, None] == part)
    covariance[len(slopes) :, len(slopes) :] = effects
    return covariance


def shared_posterior(sums: Sums, scales: Scales, prior: Floats, noise: float) -> tuple[Floats, Floats]:
    """Mean (p + g,) of slopes and effects, and their covariance, given `sums` and the organisation's noise.

    Both come from sums weighed down, the covariance from lighter ones: what variants of one model agree on is a good
    guess for the next model, but they agree with one another more than with it (composite likelihoods are adjusted
    likewise: Pauli, Racugno and Ventura, 2011).
    """
    expected = np.zeros(len(prior))
    expected[: len(scales.slopes)] = scales.slopes
    certain = np.linalg.inv(prior)
    for_mean, for_spread = sums.limited(scales.counted), sums.limited(scales.independent)
    mean = np.linalg.solve(certain + for_mean.gathered / noise**2, for_mean.learned / noise**2)
    covariance = np.linalg.inv(certain + for_spread.gathered / noise**2).astype(np.float64, copy=False)
    return expected + mean, covariance


def noise_evidence(sums: Sums, scales: Scales, prior: Floats) -> Floats:
    """(len(LOG_NOISE),) log likelihood of each candidate for the organisation's noise times its prior.

    With s the noise, everything of a workload's own scales with s, so the likelihood of s needs the sums alone: in the
    eigenbasis of R'X'S^-1X R, RR' the prior covariance, it is a product over one-dimensional regressions.
    """
    root = np.linalg.cholesky(prior)
    values, vectors = np.linalg.eigh(root.T @ sums.gathered @ root)
    values, along = np.maximum(values, 0.0)[None, :], (sums.learned @ root @ vectors)[None, :] ** 2
    variance = np.exp(2.0 * LOG_NOISE)[:, None]
    explained = (along / variance**2 / (1.0 + values / variance)).sum(axis=1)
    evidence: Floats = 0.5 * explained - sums.freedom * LOG_NOISE - 0.5 * sums.squares / variance[:, 0]
    evidence -= 0.5 * np.log1p(values / variance).sum(axis=1) + 0.5 * (LOG_NOISE / scales.noise) ** 2
    return evidence


def noise_of(sums: Sums, scales: Scales, prior: Floats) -> float:
    """The organisation's noise; that it is uncertain itself is part of a prediction's heavy tails."""
    evidence = noise_evidence(sums.limited(scales.independent), scales, prior)
    weights = np.exp(evidence - evidence.max())
    return float(np.exp(weights @ LOG_NOISE / weights.sum()))
