"""The stage that a workload's history shows, and how long it has shown it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import numpy as np

from engine.history import History
from engine.units import SECONDS_PER_DAY, SECONDS_PER_HOUR, STAGES, Bools, Floats, Stage

__all__ = ["Rhythm", "infer_stage", "rhythm"]

_LOOKBACK_DAYS = 28  # whole weeks, so that weekends weigh the same in every window
_FEWEST_RUNS, _FEWEST_DAYS = 5, 3  # below either there is no rhythm to speak of: a burst is not a campaign
_BACK_TO_BACK_SECONDS = 900.0  # a pause this short, or a quarter of the run before, still counts as consecutive
# People wait for production: it runs every day, long, at weekends, around the clock, often. A validation campaign runs
# back to back, several times a day, on many days. Most of the signs decide, so that no single one can.
_SUSTAINED = MappingProxyType(
    {"active_share": 0.8, "duty": 0.25, "weekend_share": 0.15, "quiet_share": 0.1, "runs_per_active_day": 24.0}
)
_CAMPAIGN = MappingProxyType({"consecutive_share": 0.4, "runs_per_active_day": 4.0, "active_share": 0.4})
_SUSTAINED_ENOUGH, _CAMPAIGN_ENOUGH = 3, 2
_SEVERAL = 1.5  # runs at once, on average over the busy time
_TREND_RUNS, _TREND_SHARE = 12, 0.2  # twelve runs, 70 % of them in one half: by chance once in ten times
_HOLDS_DAYS = 7  # a look must last a whole week, weekend included, before it is the stage
_LONGEST_DAYS = 56  # how far back a look that held is sought
_THURSDAY, _SATURDAY = 3, 5  # Monday is 0; 1970-01-01 was a Thursday


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a workload ran over its window; shares lie in 0..1.

    `quiet_share` is the share of runs that start in the quietest eight hours of the day, one third when the clock
    does not matter; it needs no time zone. `concurrency` is how many run at once while any does, `later_share` the
    share of runs in the later half of the window, one half where there is no trend.
    """

    runs: int
    days: int
    active_days: int
    consecutive_share: float
    duty: float
    weekend_share: float
    quiet_share: float
    concurrency: float
    later_share: float

    @property
    def active_share(self) -> float:
        """Share of the window's days with at least one run."""
        return self.active_days / self.days

    @property
    def runs_per_active_day(self) -> float:
        """Runs on a day that has any."""
        return self.runs / self.active_days


def infer_stage(history: History, now: datetime) -> tuple[Stage | None, str]:
    """The stage that history shows, and why; None for a workload that never ran.

    Every day has a look: what the four weeks before it say. The stage rises when a week of looks is higher, and falls
    when a week of them is lower; what has not lasted changes nothing. Without runs in the last four weeks the weeks
    before the last run decide.
    """
    if not len(history):
        return None, "no runs yet"
    end = _end(history, now)
    looks = _looks(history, end)
    stage, found = STAGES[_held(looks)], _rhythm(history, end)
    words = _words(found) if _has_rhythm(found) else f"{_words(found)}: too few for anything but prototyping"
    latest = STAGES[looks[0]]
    if latest == stage:
        return stage, words
    days = next((day for day, look in enumerate(looks) if look != looks[0]), len(looks))
    lasted = "1 day" if days == 1 else f"{days} days"
    return stage, f"{words}; {latest} by its look for {lasted}, and a change takes {_HOLDS_DAYS}"


def _end(history: History, now: datetime) -> float:
    """When the window ends: now, or the end of the last run where the four weeks before are empty."""
    end = now.timestamp()
    is_empty = history.ended.max() < end - _LOOKBACK_DAYS * SECONDS_PER_DAY or history.started.min() >= end
    return float(history.ended.max()) if is_empty else end


def _looks(history: History, end: float) -> list[int]:
    """Each day's look as a position in STAGES, the latest first, as far back as decides, or as the history goes."""
    looks: list[int] = []
    while len(looks) < _LONGEST_DAYS and not _is_decided(looks):
        at = end - len(looks) * SECONDS_PER_DAY
        if looks and not _has_runs(history, at):
            break  # nothing before it, or a silence of four weeks
        looks.append(STAGES.index(_stage(_rhythm(history, at))))
    return looks


def _has_runs(history: History, end: float) -> bool:
    """Whether anything ran in the four weeks before `end`."""
    return bool(np.any((history.ended >= end - _LOOKBACK_DAYS * SECONDS_PER_DAY) & (history.started < end)))


def _is_decided(looks: list[int]) -> bool:
    """Whether days before these could change nothing."""
    low, high = _bounds(looks)
    return low == high


def _bounds(looks: list[int]) -> tuple[int, int]:
    """Between what the stage lies after these days, whatever it was before them.

    A day moves the stage into the range of the week of looks that it ends; after that, the days behind it do. Such
    moves, one after another, are one move into one range, which is found from the latest day backwards.
    """
    low, high = 0, len(STAGES) - 1
    for first in range(len(looks) - _HOLDS_DAYS):  # from one day to the same day of the next week are eight looks
        week = looks[first : first + _HOLDS_DAYS + 1]
        low, high = _into(min(week), low, high), _into(max(week), low, high)
    return low, high


def _held(looks: list[int]) -> int:
    """The stage after these days: it began as the earliest of them looked, or as most of a long history does."""
    began = looks[-1] if len(looks) < _LONGEST_DAYS else max(looks, key=looks.count)
    return _into(began, *_bounds(looks))


def _into(value: int, low: int, high: int) -> int:
    return min(max(value, low), high)


def rhythm(history: History, now: datetime) -> Rhythm:
    """Measure the four weeks up to `now`, or up to the last run where these are empty; needs at least one run."""
    return _rhythm(history, _end(history, now))


def _rhythm(history: History, end: float) -> Rhythm:
    window = _LOOKBACK_DAYS * SECONDS_PER_DAY
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
        concurrency=float((ended - started).sum()) / _busy_seconds(started, ended),
        later_share=float((started >= end - span / 2.0).mean()),
    )


def _has_rhythm(found: Rhythm) -> bool:
    return found.runs >= _FEWEST_RUNS and found.active_days >= _FEWEST_DAYS


def _stage(found: Rhythm) -> Stage:
    if not _has_rhythm(found):
        return "prototyping"
    if _signs(found, _SUSTAINED) >= _SUSTAINED_ENOUGH:
        return "production"
    return "validation" if _signs(found, _CAMPAIGN) >= _CAMPAIGN_ENOUGH else "prototyping"


def _signs(found: Rhythm, least: Mapping[str, float]) -> int:
    return sum(getattr(found, name) >= bound for name, bound in least.items())


def _words(found: Rhythm) -> str:
    runs = "1 run" if found.runs == 1 else f"{found.runs} runs"
    shares = (
        f"{_percent(found.consecutive_share)} back to back",
        f"busy {_percent(found.duty)} of the time",
        f"{_percent(found.weekend_share)} at weekends",
    )
    at_once = [f"{found.concurrency:.1f} at once"] if found.concurrency >= _SEVERAL else []
    return ", ".join([f"{runs} on {found.active_days} of {found.days} days", *shares, *at_once, *_trend(found)])


def _trend(found: Rhythm) -> list[str]:
    """Whether there are more runs lately than before, where there are enough to tell."""
    if found.runs < _TREND_RUNS or abs(found.later_share - 0.5) < _TREND_SHARE:
        return []
    return ["rising" if found.later_share > 0.5 else "falling"]  # noqa: PLR2004 - one half is no trend


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %"


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
    until = np.concatenate([[0], np.cumsum(np.concatenate([counts, counts[:7]]))])
    return float((until[8:] - until[:-8]).min() / len(started))
