"""Count the digests of every IANA zone x 800 days x 24 daily schedules: each local date must have exactly one.

Run it as `python -m tests.benchmarks.count_periods [DAYS]`; it takes some minutes and exits 1 at the first wrong count.
"""

import sys
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from bot.usecases.digests.periods import Schedule, due, next_period

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
SCHEDULES = [
    time(hour, 30) for hour in range(24)
]  # half past: where most clocks jump at a full hour, some by 30 minutes


def dates_shown(zone: ZoneInfo, end: datetime) -> set[date]:
    """Every local date that the zone's clock shows between START and `end`, looked at each quarter of a day."""
    quarters = int((end - START) / timedelta(hours=6))
    return {(START + quarter * timedelta(hours=6)).astimezone(zone).date() for quarter in range(quarters + 1)}


def dates_sent(schedule: Schedule, end: datetime) -> list[date]:
    """The local date of every digest from START to `end`, ticking exactly when the next one is due."""
    sent: list[date] = []
    now = START
    while (period := next_period(schedule, now)).at <= end:
        if due(schedule, now, period.at).send != period:
            raise SystemExit(f"{schedule}: {period} was next but not due")
        sent.append(date.fromisoformat(period.key[:10]))
        now = period.at
    return sent


def count(name: str, days: int) -> int:
    """How many digests the 24 schedules of one zone send; ends the program where a date has none or two."""
    end = START + timedelta(days=days)
    shown = dates_shown(ZoneInfo(name), end)
    total = 0
    for at in SCHEDULES:
        sent = dates_sent(Schedule(frozenset(range(7)), at, name), end)
        edges = {min(shown), max(shown)}
        if len(sent) != len(set(sent)) or set(sent) - edges != shown - edges:
            raise SystemExit(f"{name} at {at}: {len(sent)} digests on {len(shown)} dates")
        total += len(sent)
    return total


def main() -> None:
    """Count all zones and say how many digests there were."""
    days = int(sys.argv[1]) if len(sys.argv) > 1 else 800
    zones = sorted(name for name in available_timezones() if name not in {"localtime", "Factory"})
    total = sum(count(name, days) for name in zones)
    sys.stdout.write(f"{len(zones)} zones x {days} days x {len(SCHEDULES)} schedules: {total} digests, one a date\n")


if __name__ == "__main__":
    main()
