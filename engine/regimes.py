"""The ways in which work meets hardware: the usual one, and those in which some of the hardware makes nothing faster.

A straying slope is not enough for these. A model split over its layers gains nothing from more accelerators, and a job
that waits for its host nothing from faster ones, while others of the same kind gain what physics says: what is believed
before a run tells has two humps, not one wide one. So a prediction is a mixture of few Gaussian models, each in closed
form, weighed by how likely it makes what was measured (Jacobs et al., 1991; McLachlan and Peel, 2000, chapter 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp

from engine.features import FEATURES, Traits
from engine.scales import Scales
from engine.units import RegimeName

__all__ = ["Regime", "is_tokens", "regimes_of", "shares_of"]

_TOKENS = frozenset({"token", "tok"})
_COUNTS = frozenset({"count", "ring", "poor_link", "decoding_count"})
_PARTS = frozenset({"compute", "bandwidth", "fp32", "year", "strength", "busy_compute", "busy_bandwidth"})
_LATE = 6.0  # the share fades where less than one part in so many of the way from training to one stream is gone
_SLOPE, _SPREAD = 0.1, 0.3  # of the usual slope and of its straying, where a feature makes next to nothing faster


@dataclass(frozen=True, slots=True)
class Regime:
    """One of the ways: `share` is the probability that a workload is so, and `scales` hold for it then.

    `name` is usual, undivided (more accelerators make nothing faster) or host_bound (other ones make nothing faster).
    Neighbours that are so count by `likely`, 0 to 1: how far it can be so at all.
    """

    name: RegimeName
    share: float
    scales: Scales
    likely: float = 1.0


def is_tokens(unit: str) -> bool:
    """Whether a workload counts tokens of any sort, but no bundles; `unit` is in lower case and singular."""
    words = unit.split()
    return all(word.isalpha() for word in words) and not _TOKENS.isdisjoint(words)


def regimes_of(scales: Scales, unit: str, traits: Traits) -> tuple[Regime, ...]:
    """The regimes that are worth considering for what counts in `unit`, before any run; their shares add up to one.

    Only language models are served layer by layer, and they alone have hardly anything to load. Who makes tokens as
    fast as training reads them has divided the work.
    """
    if is_tokens(unit):
        likely = min(1.0, _LATE * traits.decoding)
        other = Regime("undivided", likely * scales.undivided, _without(scales, _COUNTS), likely)
    else:
        other = Regime("host_bound", scales.host_bound, _without(scales, _PARTS))
    usual = Regime("usual", 1.0 - other.share, scales)
    return (usual, other) if other.share > 0.0 else (usual,)


def shares_of(log_weights: Sequence[float]) -> list[float]:
    """Probabilities in proportion to weights whose natural logarithms are given."""
    highest = max(log_weights)
    weights = [exp(each - highest) for each in log_weights]
    return [each / sum(weights) for each in weights]


@lru_cache(maxsize=16)
def _without(scales: Scales, idle: frozenset[str]) -> Scales:
    """`scales` where the features of those names make next to nothing faster."""

    def changed(values: Sequence[float], factor: float) -> tuple[float, ...]:
        return tuple(factor * value if name in idle else value for name, value in zip(FEATURES, values, strict=True))

    return replace(
        scales,
        slopes=changed(scales.slopes, _SLOPE),
        organisation=changed(scales.organisation, _SPREAD),
        workload=changed(scales.workload, _SPREAD),
    )
