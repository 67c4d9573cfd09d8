"""The next trial: the one short run that is expected to teach the most about the choice."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np

from engine.advice import Trial
from engine.cost import Spending
from engine.outlook import Outlook
from engine.picks import Found, configuration_at
from engine.search import Limits, tests_of
from engine.strategy import Preference
from engine.units import EVIDENCES, Bools, Floats

__all__ = ["Aim", "next_trial"]

_VERIFIED = EVIDENCES.index("verified")
_LONGEST_HOURS = 0.25  # a rate settles long before a job ends
_WORTH_KNOWING = 0.01  # an expected improvement below 1 % is within the noise between two equal machines
_FAVOUR = 2.0  # of expected improvement: another must promise more than so much to be tried before the favourite
_MOSTLY = 0.8  # of the variance: fewer nodes must explain as much to be tried instead
_TIE = 1e-9  # natural log
_EVEN = 0.5  # of price against throughput, in logarithms
_UNPROVEN = math.log(2.0)  # nothing verified keeps the limits: the first that does counts as a doubling


@dataclass(frozen=True, slots=True)
class Aim:
    """What a trial is for: `hope` is the utility of the pick under `preference`, None where nothing is feasible."""

    limits: Limits
    preference: Preference
    hope: float | None

    @classmethod
    def at(cls, found: Found, value_of_time_usd_per_hour: float | None) -> Self:
        """The aim of a search that found its optimum.

        The ends between which the bargain is struck are predictions themselves, so a trial does not follow its slope:
        value without a value of time is then the least cost per unit times time per unit, price / throughput^2.
        """
        preference = Preference(found.objective, value_of_time_usd_per_hour, _EVEN, None)
        hope = float(preference.utility(found.usd_per_hour, math.log(found.units_per_hour)))
        return cls(found.limits, preference, hope)


def next_trial(aim: Aim, outlook: Outlook, spent: Spending, run_hours: float, horizon_days: float) -> Trial | None:
    """The unverified configuration that promises the most and whose trial does not cost more than it can gain.

    Expected improvement (Mockus 1975; with an uncertain constraint, Gardner et al. 2014) over the best verified
    configuration, under the aim's preference. A trial lasts as long as a run does, at most a quarter of an hour; what
    it can gain is the relative improvement of what the workload spends over `horizon_days`. Where fewer nodes teach
    nearly as much of the same machine, they are tried.
    """
    gains = np.expm1(expected_improvement(aim, outlook))
    usd = outlook.usd_per_hour * min(run_hours, _LONGEST_HOURS)
    budget = 0.0 if spent.usd_per_day is None else spent.usd_per_day * horizon_days
    is_worth_it = (gains >= _WORTH_KNOWING) & (usd <= gains * budget)
    if not is_worth_it.any():
        return None
    wanted = _wanted(aim, outlook, np.where(is_worth_it, gains, 0.0))
    taught = gains[wanted] * outlook.prediction.explained(wanted)[: outlook.today]
    shape = _fewest_nodes(outlook, wanted, (taught >= _MOSTLY * gains[wanted]) & (usd <= taught * budget))
    return Trial(configuration_at(outlook, shape), float(taught[shape]), float(usd[shape]))


def _wanted(aim: Aim, outlook: Outlook, gains: Floats) -> int:
    """The favourite, that is the best one at the median, unless another promises more than twice as much.

    What is most promising is as a rule what is least known. Where both promise about the same, a run on the favourite
    settles as well whether the advice holds.
    """
    most, usd = int(gains.argmax()), outlook.usd_per_hour
    medians = outlook.prediction.log_units_per_hour[: outlook.today]
    keeps = _can_be_tried(aim.limits.relaxed, outlook) & (medians >= _least(aim, outlook) - _TIE)
    if not keeps.any():
        return most
    favourite = int(np.where(keeps, aim.preference.utility(usd, medians), -np.inf).argmax())
    return favourite if gains[favourite] * _FAVOUR >= gains[most] else most


def _fewest_nodes(outlook: Outlook, wanted: int, teaches: Bools) -> int:
    """The same machine, run the same way, on the fewest nodes of those that teach; `wanted` where none has fewer."""
    shapes, inside = outlook.shapes, slice(0, outlook.today)
    alike = teaches & (outlook.prediction.evidence[inside] != _VERIFIED) & outlook.prediction.fits[inside]
    for name in ("accelerator", "accelerator_count", "precision"):
        alike &= getattr(shapes, name)[inside] == getattr(shapes, name)[wanted]
    batches = (shapes.batch_size / shapes.total)[inside]
    alike &= np.isclose(batches, batches[wanted], equal_nan=True)
    nodes = np.where(alike, shapes.node_count[inside], shapes.node_count[wanted])
    return int(nodes.argmin()) if nodes.min() < shapes.node_count[wanted] else wanted


def expected_improvement(aim: Aim, outlook: Outlook) -> Floats:
    """(n_shapes,) expected gain of utility over the best verified shape, 0 where nothing can be learned.

    With t the log throughput, in each regime a Student's t, utility is `w t - burden` and counts only where t keeps
    the limits: E[(w t - burden - best) 1(t >= bound)] has a closed form, bound being the larger of limit and
    break-even. Where nothing keeps the limits, neither verified nor predicted, the chance of being the first to keep
    them counts.
    """
    prediction, usd = outlook.prediction, outlook.usd_per_hour
    inside = slice(0, outlook.today)
    least = _least(aim, outlook)
    is_open = _can_be_tried(aim.limits.relaxed, outlook) & (prediction.evidence[inside] != _VERIFIED)
    best = _best_verified(aim, outlook, least)
    if best is None:
        return np.where(is_open, _inside(outlook, prediction.probability_at_least, least) * _UNPROVEN, 0.0)
    burden, weight = aim.preference.burden(usd), aim.preference.speed_weight
    bound = np.maximum(least, (best + burden) / weight) if weight > 0.0 else least
    gain = weight * _inside(outlook, prediction.mean_beyond, bound)
    gain -= (burden + best) * _inside(outlook, prediction.probability_at_least, bound)
    return np.where(is_open, np.maximum(gain, 0.0), 0.0)


def _least(aim: Aim, outlook: Outlook) -> Floats:
    """(n_shapes,) natural log of the units per hour that each shape needs to keep the limits."""
    return np.log(np.maximum(aim.limits.least_units_per_hour(outlook.usd_per_hour), np.finfo(np.float64).tiny))


def _inside(outlook: Outlook, measure: Callable[[Floats], Floats], bound: Floats) -> Floats:
    """(n_shapes,) what a prediction says of `bound` (n_shapes,), a log throughput each; today's is not asked for."""
    return measure(np.append(bound, 0.0))[: outlook.today]


def _best_verified(aim: Aim, outlook: Outlook, least: Floats) -> float | None:
    """The utility that is already certain; half of the pick's where nothing verified keeps the limits."""
    inside = slice(0, outlook.today)
    means = outlook.prediction.log_units_per_hour[inside]
    is_certain = (outlook.prediction.evidence[inside] == _VERIFIED) & _can_be_tried(aim.limits.relaxed, outlook)
    is_certain &= means >= least - _TIE
    if is_certain.any():
        return float(aim.preference.utility(outlook.usd_per_hour, means)[is_certain].max())
    return None if aim.hope is None else aim.hope - _UNPROVEN


def _can_be_tried(limits: Limits, outlook: Outlook) -> Bools:
    """(n_shapes,) which shapes keep every limit that no trial could change: size, memory and USD a day."""
    space = outlook.space
    totals, memories = space.total_accelerators[:, :, None], space.memories_gib[:, None, None]
    speeds = outlook.speeds(None)
    tests = tests_of(limits, totals, speeds.fits, memories, speeds.median)
    passing = np.broadcast_to(space.can_be_had[:, :, None], space.size)
    for name in ("max_accelerators", "memory", "memory_required_gib", "max_usd_per_day"):
        if name in tests:
            passing = passing & tests[name](space.usd_per_hour[:, :, None])
    return passing.ravel()
