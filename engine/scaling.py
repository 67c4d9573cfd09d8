"""How parallel a workload is: what history shows of the same part at several counts."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from engine.observations import Observations
from engine.units import Floats, Integers, Interval, Kind

__all__ = ["infer_kind"]

_WORTHWHILE = 1.5  # 4 -> 8 accelerators: what a parallel fraction of 0.9 gives (1.53); below, returns diminish
_SPEED_NOISE = 0.08  # of one configuration against the scaling law, natural log
# Candidates. Contention is Amdahl's serial fraction, evenly likely in its logarithm; half of all workloads have no
# coherency to speak of, for the others it is evenly likely in its logarithm.
_CONTENTION = np.concatenate([[0.0], np.geomspace(1e-4, 1.0, 240)])
_COHERENCY = np.concatenate([[0.0], np.geomspace(1e-4, 0.3, 24)])
_LOG_PRIOR = np.log(np.concatenate([[0.5], np.full(24, 0.5 / 24)]))


def infer_kind(observations: Observations) -> tuple[Kind | None, Interval | None, str]:
    """The kind, the parallel fraction with its 90 % interval, and why; None where history shows one count only.

    The Universal Scalability Law (Gunther 1993): n accelerators give n / (1 + s (n - 1) + k n (n - 1)) times the
    throughput of one, s the contention and k the coherency; without coherency it is Amdahl's law (1967), whose parallel
    fraction is 1 - s. The level of each (accelerator, precision) is integrated out, s and k run over a grid.
    """
    groups = [rows for rows in _comparable(observations) if len(np.unique(_counts(observations)[rows])) > 1]
    if not groups:
        return None, None, "history shows no accelerator at two counts"
    counts = _counts(observations)
    fitted = _Fitted.to([(observations.log_units_per_hour[rows], counts[rows]) for rows in groups])
    gained = fitted.gained(4.0, 8.0)
    kind: Kind = "ai" if gained >= _WORTHWHILE else "traditional"
    seen = sorted({int(n) for rows in groups for n in counts[rows]})
    fraction = fitted.parallel_fraction
    low, middle, high = map(_percent, (fraction.p05, fraction.p50, fraction.p95))
    where = f"at {', '.join(map(str, seen[:-1]))} and {seen[-1]} accelerators"
    why = f"{where} {middle} of the work ran in parallel, {low} to {high}: 8 are {gained:.1f} times as fast as 4"
    return kind, fraction, why


@dataclass(frozen=True, eq=False, slots=True)
class _Fitted:
    """(contention, coherency) how likely each pair of candidates is; sums to one."""

    likelihood: Floats

    @classmethod
    def to(cls, groups: list[tuple[Floats, Floats]]) -> Self:
        """The posterior given (log throughput, count) of each group that shares a level."""
        misfit = np.sum([_misfit(*group) for group in groups], axis=0)
        log = _LOG_PRIOR[None, :] - 0.5 * misfit / _SPEED_NOISE**2
        likelihood = np.exp(log - log.max())
        return cls(likelihood / likelihood.sum())

    @property
    def parallel_fraction(self) -> Interval:
        """1 - contention, whatever the coherency."""
        share = np.cumsum(self.likelihood.sum(axis=1))
        low, middle, high = (1.0 - float(_CONTENTION[np.searchsorted(share, q * share[-1])]) for q in (0.95, 0.5, 0.05))
        return Interval(low, middle, high)

    def gained(self, few: float, many: float) -> float:
        """The median of how many times as fast `many` accelerators are as `few`."""
        laws = _law(np.array([few, many]))
        ratios = np.exp(laws[..., 1] - laws[..., 0]).ravel()
        order = np.argsort(ratios)
        share = np.cumsum(self.likelihood.ravel()[order])
        return float(ratios[order][np.searchsorted(share, 0.5 * share[-1])])


def _law(counts: Floats) -> Floats:
    """(contention, coherency, n) log throughput at each count, against that of one accelerator."""
    s, k, n = _CONTENTION[:, None, None], _COHERENCY[None, :, None], counts[None, None, :]
    law: Floats = np.log(n) - np.log1p(s * (n - 1.0) + k * n * (n - 1.0))
    return law


def _misfit(logs: Floats, counts: Floats) -> Floats:
    """(contention, coherency) squared distance of `logs` from the law, at the best level."""
    left = logs - _law(counts)
    squares: Floats = ((left - left.mean(axis=2, keepdims=True)) ** 2).sum(axis=2)
    return squares


def _comparable(observations: Observations) -> list[Integers]:
    """Measured rows that differ in their count only, as indices."""
    keys = list(zip(observations.accelerator, observations.precision, strict=True))
    measured = np.flatnonzero(observations.is_measured)
    return [np.array([row for row in measured if keys[row] == key], dtype=np.int64) for key in dict.fromkeys(keys)]


def _counts(observations: Observations) -> Floats:
    return observations.total.astype(np.float64)


def _percent(share: float) -> str:
    """Whole per cents, a tenth near the whole: 99.5 is not 100, and 99.97 is."""
    return f"{100.0 * share:.1f} %" if 0.99 <= share < 0.9995 else f"{100.0 * share:.0f} %"  # noqa: PLR2004 - as said
