"""What a workload is: the stage that its history shows, and how parallel its scaling is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import numpy as np

from engine.history import History
from engine.observations import Observations
from engine.units import SECONDS_PER_DAY, SECONDS_PER_HOUR, Bools, Floats, Integers, Interval, Kind, Stage

__all__ = ["Rhythm", "infer_kind", "infer_stage", "rhythm"]

_LOOKBACK_DAYS = 28  # whole weeks, so that weekends weigh the same in every window
_FEWEST_RUNS, _FEWEST_DAYS = 5, 2  # below either there is no rhythm to speak of: a burst is not a campaign
_BACK_TO_BACK_SECONDS = 900.0  # a pause this short, or a quarter of the run before, still counts as consecutive
# People wait for production: it runs every day, long, at weekends, around the clock, often. A validation campaign runs
# back to back, several times a day, on many days. Most of the signs decide, so that no single one can.
_SUSTAINED = MappingProxyType(
    {"active_share": 0.8, "duty": 0.25, "weekend_share": 0.15, "quiet_share": 0.1, "runs_per_active_day": 24.0}
)
_CAMPAIGN = MappingProxyType({"consecutive_share": 0.4, "runs_per_active_day": 4.0, "active_share": 0.4})
_SUSTAINED_ENOUGH, _CAMPAIGN_ENOUGH = 3, 2
_PARALLEL_FROM = 0.9  # Amdahl: at this fraction, going from 4 to 8 accelerators still gives 1.5 times the throughput
_THURSDAY, _SATURDAY = 3, 5  # Monday is 0; 1970-01-01 was a Thursday
_SPEED_NOISE = 0.08  # of one configuration against the scaling law, natural log
_SERIAL = np.concatenate([[0.0], np.geomspace(1e-4, 1.0, 400)])  # candidate serial fractions, evenly likely in log


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a workload ran over its window; shares lie in 0..1.

    `quiet_share` is the share of runs that start in the quietest eight hours of the day, one third when the clock
    does not matter; it needs no time zone.
    """

    runs: int
    days: int
    active_days: int
    consecutive_share: float
    duty: float
    weekend_share: float
    quiet_share: float

    @property
    def active_share(self) -> float:
        """Share of the window's days with at least one run."""
        return self.active_days / self.days

    @property
    def runs_per_active_day(self) -> float:
        """Runs on a day that has any."""
        return self.runs / self.active_days


def infer_stage(history: History, now: datetime) -> tuple[Stage | None, str]:
    """The stage that the last four weeks show, and why; None for a workload that never ran.

    Without runs in the last four weeks the four weeks before the last run decide.
    """
    if not len(history):
        return None, "no runs yet"
    found = rhythm(history, now)
    if found.runs < _FEWEST_RUNS or found.active_days < _FEWEST_DAYS:
        return "prototyping", f"{_words(found)}: too few for anything but prototyping"
    return _stage(found), _words(found)


def rhythm(history: History, now: datetime) -> Rhythm:
    """Measure the four weeks up to `now`, or up to the last run where these are empty; needs at least one run."""
    end, window = now.timestamp(), _LOOKBACK_DAYS * SECONDS_PER_DAY
    if history.ended.max() < end - window or history.started.min() > end:
        end = float(history.ended.max())
    inside = (history.ended >= end - window) & (history.started <= end)
    started, ended = np.maximum(history.started[inside], end - window), np.minimum(history.ended[inside], end)
    span = max(end - float(started[0]), 7 * SECONDS_PER_DAY)
    days = int(np.ceil(span / SECONDS_PER_DAY))
    return Rhythm(
        runs=len(started),
        days=days,
        active_days=len(np.unique(np.minimum((end - started) // SECONDS_PER_DAY, days - 1))),
        consecutive_share=_consecutive_share(started, ended),
        duty=_busy_seconds(started, ended) / span,
        weekend_share=float(_is_weekend(started).mean()),
        quiet_share=_quiet_share(started),
    )


def _stage(found: Rhythm) -> Stage:
    if _signs(found, _SUSTAINED) >= _SUSTAINED_ENOUGH:
        return "production"
    return "validation" if _signs(found, _CAMPAIGN) >= _CAMPAIGN_ENOUGH else "prototyping"


def _signs(found: Rhythm, least: Mapping[str, float]) -> int:
    return sum(getattr(found, name) >= bound for name, bound in least.items())


def _words(found: Rhythm) -> str:
    runs = "1 run" if found.runs == 1 else f"{found.runs} runs"
    return (
        f"{runs} on {found.active_days} of {found.days} days, {found.consecutive_share:.0%} back to back, "
        f"busy {found.duty:.0%} of the time, {found.weekend_share:.0%} at weekends"
    )


def _consecutive_share(started: Floats, ended: Floats) -> float:
    """Share of the runs after the first that start while or soon after an earlier one ran."""
    if len(started) == 1:
        return 0.0
    patience = np.maximum(_BACK_TO_BACK_SECONDS, 0.25 * (ended - started))
    until = np.maximum.accumulate(ended + patience)
    return float((started[1:] <= until[:-1]).mean())


def _busy_seconds(started: Floats, ended: Floats) -> float:
    """Length of the union of all runs; `started` ascends."""
    reached = np.concatenate([[started[0]], np.maximum.accumulate(ended)[:-1]])
    return float(np.maximum(ended - np.maximum(started, reached), 0.0).sum())


def _is_weekend(started: Floats) -> Bools:
    weekday = (started // SECONDS_PER_DAY + _THURSDAY) % 7
    return np.asarray(weekday >= _SATURDAY, dtype=np.bool_)


def _quiet_share(started: Floats) -> float:
    hours = ((started % SECONDS_PER_DAY) // SECONDS_PER_HOUR).astype(np.int64)
    counts = np.bincount(hours, minlength=24)
    spans = np.lib.stride_tricks.sliding_window_view(np.concatenate([counts, counts[:7]]), 8).sum(axis=1)
    return float(spans.min() / len(started))


def infer_kind(observations: Observations) -> tuple[Kind | None, Interval | None, str]:
    """The kind, the parallel fraction with its 90 % interval, and why; None where history shows one count only.

    Amdahl (1967): n accelerators give 1 / (s + (1 - s) / n) times the throughput of one, s the serial fraction. The
    level of each (accelerator, precision) is integrated out and s runs over a grid, evenly likely in its logarithm.
    """
    groups = [rows for rows in _comparable(observations) if len(np.unique(_counts(observations)[rows])) > 1]
    if not groups:
        return None, None, "history shows no accelerator at two counts"
    counts = _counts(observations)
    misfit = np.sum([_misfit(observations.log_units_per_hour[rows], counts[rows]) for rows in groups], axis=0)
    likelihood = np.exp(-0.5 * (misfit - np.min(misfit)) / _SPEED_NOISE**2)
    share = np.cumsum(likelihood) / likelihood.sum()
    low, middle, high = (1.0 - float(_SERIAL[np.searchsorted(share, q)]) for q in (0.95, 0.5, 0.05))
    kind: Kind = "ai" if middle >= _PARALLEL_FROM else "traditional"
    seen = sorted({int(n) for rows in groups for n in counts[rows]})
    why = f"at {', '.join(map(str, seen[:-1]))} and {seen[-1]} accelerators {middle:.1%} of the work ran in parallel"
    return kind, Interval(low, middle, high), why


def _comparable(observations: Observations) -> list[Integers]:
    """Measured rows that differ in their count only, as indices."""
    keys = list(zip(observations.accelerator, observations.precision, strict=True))
    measured = np.flatnonzero(observations.is_measured)
    return [np.array([row for row in measured if keys[row] == key], dtype=np.int64) for key in dict.fromkeys(keys)]


def _counts(observations: Observations) -> Floats:
    return (observations.accelerator_count * observations.node_count).astype(np.float64)


def _misfit(logs: Floats, counts: Floats) -> Floats:
    """(candidates,) squared distance of `logs` from Amdahl's law at each serial fraction, at the best level."""
    law = -np.log(_SERIAL[:, None] + (1.0 - _SERIAL[:, None]) / counts[None, :])
    left = logs[None, :] - law
    squares: Floats = ((left - left.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    return squares
