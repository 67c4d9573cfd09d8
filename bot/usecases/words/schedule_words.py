"""People's words for a schedule: `monday 09:00 Europe/Berlin`, `weekdays 9:00`, `mon,thu 5pm berlin`, `0 9 * * 1`."""

import re
from collections.abc import Mapping, Sequence
from datetime import time
from functools import cache
from typing import TypeVar
from zoneinfo import available_timezones

from bot.usecases.digests.periods import DAYS, Schedule
from bot.usecases.words.problems import Unreadable
from bot.usecases.words.wording import closest

__all__ = ["DEFAULT", "has_zone", "parse_schedule", "spell_days", "spell_time", "zones_like"]

DEFAULT = Schedule(frozenset({0}), time(9), "UTC")
"""Mondays at nine."""

_GROUPS: Mapping[str, frozenset[int]] = {
    "weekdays": frozenset(range(5)),
    "weekday": frozenset(range(5)),
    "weekends": frozenset({5, 6}),
    "weekend": frozenset({5, 6}),
    "daily": frozenset(range(7)),
    "everyday": frozenset(range(7)),
    "day": frozenset(range(7)),
}
_FILLERS = frozenset({"at", "on", "every", "each", "and", "in"})
_TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?(am|pm)?")
_SHORTEST_DAY_NAME = 3
_CRON_FIELDS = 5
_CRON_SUNDAY = 7  # crontab counts Sunday as 0 and as 7; with 1 for Monday both agree with ISO 8601
_LONGEST_MONTH = 31
_LONGEST_MONTHS = {"2": 29, "feb": 29, **dict.fromkeys(("4", "6", "9", "11", "apr", "jun", "sep", "nov"), 30)}
_HALF_DAY_HOURS = 12
_LONGEST = 60  # characters quoted back

_Value = TypeVar("_Value")


def parse_schedule(words: Sequence[str], default: Schedule = DEFAULT) -> Schedule:
    """The schedule that `words` mean; as `default` where they do not say.

    Raises:
        Unreadable: a word that is no day, time or zone; two times or zones; a schedule that never fires.
    """
    if "*" in words:
        return _from_crontab(words, default.timezone)
    days: frozenset[int] = frozenset()
    times: list[time] = []
    zones: list[str] = []
    for word in _split(words):
        if (found := _days(word)) is not None:
            days |= found
        elif match := _TIME.fullmatch(word.lower()):
            times.append(_time(match, word))
        else:
            zones.append(_zone(word))
    at, timezone = _only(times, "time"), _only(zones, "time zone")
    return Schedule(days or default.weekdays, default.at if at is None else at, timezone or default.timezone)


def has_zone(words: Sequence[str]) -> bool:
    """Whether `words`, which `parse_schedule` has read, name a time zone."""
    return any(word.lower() in _zones() for word in _split(words))


def spell_days(weekdays: frozenset[int]) -> str:
    """`weekdays` in the words that `parse_schedule` reads: `monday`, `weekdays`, `monday,thursday`."""
    for name in ("daily", "weekdays", "weekends"):
        if weekdays == _GROUPS[name]:
            return name
    return ",".join(DAYS[day] for day in sorted(weekdays))


def spell_time(at: time) -> str:
    """`09:00`."""
    return at.isoformat(timespec="minutes")


def zones_like(text: str, limit: int) -> list[str]:
    """Time zones whose names hold `text`, those first whose city or name begins with it."""
    wanted = text.strip().casefold().replace(" ", "_")
    found = sorted({name for spelling, name in _zones().items() if wanted in spelling})
    return sorted(found, key=lambda name: not name.rpartition("/")[2].casefold().startswith(wanted))[:limit]


def _split(words: Sequence[str]) -> list[str]:
    parts = re.split(r"[\s,;]+", " ".join(words).strip())
    joined = re.sub(r"(\d) +(am|pm)\b", r"\1\2", " ".join(parts), flags=re.IGNORECASE)
    return [part for part in joined.split() if part.lower() not in _FILLERS]


def _only(values: Sequence[_Value], what: str) -> _Value | None:
    """The one value given, or None; equal repetitions are one."""
    if len(set(values)) > 1:
        said = " and ".join(str(value) for value in values)
        raise Unreadable(
            f"two answers for the {what}: {said}", f"give one {what}; “digest add NAME …” makes another digest"
        )
    return values[0] if values else None


def _days(word: str) -> frozenset[int] | None:
    lower = word.lower()
    if lower in _GROUPS:
        return _GROUPS[lower]
    ends = [_day(name) for name in lower.split("-")]
    if None in ends or len(ends) > len("ab"):
        return None
    first, last = ends[0] or 0, ends[-1] or 0
    return frozenset((first + step) % len(DAYS) for step in range((last - first) % len(DAYS) + 1))


def _day(name: str) -> int | None:
    """`mon`, `monday`, `mondays`: 0."""
    if len(name) < _SHORTEST_DAY_NAME:
        return None
    return next((index for index, day in enumerate(DAYS) if f"{day}s".startswith(name)), None)


def _time(match: re.Match[str], word: str) -> time:
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half and not 1 <= hour <= _HALF_DAY_HOURS:
        raise Unreadable(f"{word} is no time of day", "write “9am”, “5:30pm” or “17:30”")
    if half:
        hour = hour % _HALF_DAY_HOURS + (_HALF_DAY_HOURS if half == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise Unreadable(f"{word} never comes", "a time of day is between 00:00 and 23:59") from None


def _zone(word: str) -> str:
    """The IANA name that `word` spells in any case, or whose city it names alone."""
    named = _zones().get(word.lower())
    if named is None:
        spellings = dict(_zones()) | {day: day for day in (*DAYS, "weekdays", "daily")}
        names = " or ".join(f"“{name}”" for name in dict.fromkeys(spellings[key] for key in closest(word, spellings)))
        hint = f"did you mean {names}?" if names else "write for example “monday 09:00 Europe/Berlin”"
        raise Unreadable(f"{word[:_LONGEST]!r} is no day, time or time zone", hint)
    return named


@cache
def _zones() -> Mapping[str, str]:
    """Lower-case spelling → IANA name; a city's name alone counts where only one zone of the tables has it."""
    names = sorted(name for name in available_timezones() if name not in {"localtime", "Factory"})
    cities: dict[str, set[str]] = {}
    for name in names:
        cities.setdefault(name.rpartition("/")[2].lower(), set()).add(name)
    alone = {city: min(found) for city, found in cities.items() if len(found) == 1}
    return alone | {name.lower(): name for name in names}


def _from_crontab(words: Sequence[str], default_timezone: str) -> Schedule:
    """`0 9 * * 1 [zone]`: Monday at 09:00, as crontab(5) counts and not as APScheduler does (0 is Monday there)."""
    fields, rest = words[:_CRON_FIELDS], words[_CRON_FIELDS:]
    if len(fields) < _CRON_FIELDS or list(fields[2:4]) != ["*", "*"]:
        raise Unreadable(_why_not_weekly(fields), "digests repeat weekly: “MINUTE HOUR * * DAYS”, as in “0 9 * * 1-5”")
    at = _cron_time(fields[1], fields[0])
    zone = _only([_zone(word) for word in rest], "time zone") or default_timezone
    return Schedule(_cron_days(fields[4]), at, zone)


def _why_not_weekly(fields: Sequence[str]) -> str:
    spelt = f"“{' '.join(fields)[:_LONGEST]}”"
    day, month = (fields[2], fields[3]) if len(fields) == _CRON_FIELDS else ("", "")
    if day.isdecimal() and (int(day) > _LONGEST_MONTHS.get(month, _LONGEST_MONTH) or int(day) < 1):
        return f"{spelt} never fires: no such month has a day {day}"
    return f"{spelt} is no weekly schedule"


def _cron_time(hour: str, minute: str) -> time:
    match = _TIME.fullmatch(f"{hour}:{minute:0>2}")
    if match is None:
        raise Unreadable(f"{minute} {hour} is not one time of day", "a digest comes at one minute of one hour")
    return _time(match, f"{hour}:{minute:0>2}")


def _cron_days(field: str) -> frozenset[int]:
    """Crontab's days: names, numbers (0 and 7: Sunday), lists and ranges."""
    if field == "*":
        return _GROUPS["daily"]
    named = [re.sub(r"\d+", _cron_day, part) for part in field.split(",")]
    found = [_days(part) for part in named]
    if any(days is None for days in found):
        raise Unreadable(f"“{field}” names no weekdays", "write “1”, “1-5”, “mon,thu”; 1 is Monday, 0 and 7 are Sunday")
    return frozenset().union(*(days or frozenset() for days in found))


def _cron_day(number: re.Match[str]) -> str:
    day = int(number[0])
    if day > _CRON_SUNDAY:
        raise Unreadable(f"day {day} never comes", "1 is Monday, 0 and 7 are Sunday")
    return DAYS[(day - 1) % len(DAYS)]
