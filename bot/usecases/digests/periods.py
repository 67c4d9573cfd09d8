"""When a digest is due: pure calendar arithmetic, one period for each scheduled local date and time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = ["CATCH_UP", "DAYS", "LOOK_BACK", "Due", "Period", "Schedule", "due", "next_period"]

DAYS: tuple[str, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CATCH_UP = timedelta(hours=12)  # a digest later than this is old news: recorded as skipped
LOOK_BACK = timedelta(days=31)  # misses older than this are not even recorded
_A_DAY = timedelta(days=1)
_SEARCHED_DAYS = 17  # a week, the week after it where a zone left out the date, and the edges


@dataclass(frozen=True, slots=True)
class Schedule:
    """On which weekdays (0: Monday), at what local time, in which IANA zone.

    Raises:
        ValueError: no weekday, or one outside 0 to 6: such a schedule would never fire.
        ZoneInfoNotFoundError: no such zone (`ValueError` where the name is not even a zone's).
    """

    weekdays: frozenset[int]
    at: time
    timezone: str

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= set(range(len(DAYS))):
            raise ValueError(f"a schedule needs weekdays from 0 (Monday) to 6, not {sorted(self.weekdays)}")
        ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One scheduled instant (UTC). `key` is its local date and time, which no daylight saving repeats or skips."""

    at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class Due:
    """What a tick found: the period to send now, if any, and those it came too late for, oldest first."""

    send: Period | None
    skipped: tuple[Period, ...]


def next_period(schedule: Schedule, after: datetime) -> Period:
    """The first period later than `after`."""
    return next(period for period in _from(schedule, after, days=_SEARCHED_DAYS) if period.at > after)


def due(schedule: Schedule, after: datetime, now: datetime, catch_up: timedelta = CATCH_UP) -> Due:
    """The periods in (after, now]: the latest is to be sent unless older than `catch_up`; all others are skipped.

    Sending only the latest is what a person wants after downtime: one digest about today, not a pile about the past.
    """
    start = max(after, now - LOOK_BACK)
    missed = sorted(
        period for period in _from(schedule, start, days=(now - start).days + 4) if start < period.at <= now
    )
    if missed and now - missed[-1].at <= catch_up:
        return Due(missed[-1], tuple(missed[:-1]))
    return Due(None, tuple(missed))


def _from(schedule: Schedule, start: datetime, days: int) -> Iterator[Period]:
    """The periods of `days` local dates, from the date before the one that `start` falls on."""
    zone = ZoneInfo(schedule.timezone)
    first = start.astimezone(zone).date() - _A_DAY
    for offset in range(days):
        day = first + offset * _A_DAY
        period = _on(day, schedule.at, zone) if day.weekday() in schedule.weekdays else None
        if period is not None:
            yield period


def _on(day: date, at: time, zone: ZoneInfo) -> Period | None:
    """The period of one local date; None where the zone left the whole date out (Samoa, 30 December 2011).

    `fold=0` means the first of two equal wall times, and the shifted one (02:30 becomes 03:30) of a missing one.
    """
    wall = datetime.combine(day, at)
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    is_date_missing = instant.astimezone(zone).replace(tzinfo=None) - wall >= _A_DAY
    return None if is_date_missing else Period(instant, wall.isoformat(timespec="minutes"))
