"""One digest a period, in every zone the tables know, whatever daylight saving does."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.usecases.digests.periods import CATCH_UP, LOOK_BACK, Period, Schedule, due, next_period

ZONES = sorted(name for name in available_timezones() if name not in {"localtime", "Factory"})
EVERY_DAY = frozenset(range(7))
MONDAY = frozenset({0})

schedules = st.builds(
    Schedule,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    at=st.builds(time, hour=st.integers(0, 23), minute=st.integers(0, 59)),
    timezone=st.sampled_from(ZONES),
)
instants = st.datetimes(datetime(1975, 1, 1), datetime(2037, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them naive


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def sent_by_ticking(schedule: Schedule, ticks: list[datetime]) -> tuple[list[Period], list[Period]]:
    """What one subscription sends and skips when its last period is remembered from tick to tick, as the store does."""
    sent: list[Period] = []
    skipped: list[Period] = []
    after = ticks[0]
    for now in ticks[1:]:
        found = due(schedule, after, now)
        skipped += found.skipped
        sent += [found.send] if found.send else []
        after = max([after, *(period.at for period in (*found.skipped, *sent[-1:]))])
    return sent, skipped


def dates_that_exist(schedule: Schedule, start: datetime, end: datetime) -> set[date]:
    """The slow twin: look at the zone's clock every three hours and note each local date it ever shows."""
    zone = ZoneInfo(schedule.timezone)
    steps = range(int((end - start) / timedelta(hours=3)) + 1)
    shown = {(start + step * timedelta(hours=3)).astimezone(zone).date() for step in steps}
    return {day for day in shown if day.weekday() in schedule.weekdays}


@given(schedule=schedules, start=instants, days=st.integers(1, 15), data=st.data())
def test_every_scheduled_date_of_every_zone_gets_exactly_one_digest(
    schedule: Schedule, start: datetime, days: int, data: st.DataObject
) -> None:
    end = start + timedelta(days=days)
    ticks = [start]
    while ticks[-1] < end:
        ticks.append(ticks[-1] + timedelta(minutes=data.draw(st.integers(1, 600), label="minutes between ticks")))
    sent, skipped = sent_by_ticking(schedule, ticks)
    keys = [period.key for period in (*sent, *skipped)]
    assert len(keys) == len(set(keys))
    dates = {date.fromisoformat(key[:10]) for key in keys}
    inner = dates_that_exist(schedule, start + timedelta(days=1), ticks[-1] - timedelta(days=1))
    whole = dates_that_exist(schedule, start - timedelta(days=1), ticks[-1] + timedelta(days=1))
    edges = {day for day in whole if day not in inner} | {min(inner, default=None), max(inner, default=None)}
    assert inner - edges <= dates <= whole


@given(schedule=schedules, after=instants)
def test_the_next_period_is_the_one_that_becomes_due(schedule: Schedule, after: datetime) -> None:
    period = next_period(schedule, after)
    assert due(schedule, after, period.at - timedelta(microseconds=1)).send is None
    found = due(schedule, after, period.at)
    assert found.send == period
    assert found.skipped == ()


@given(schedule=schedules, after=instants)
def test_the_digest_comes_at_the_wall_time_asked_for_unless_the_clock_jumps(
    schedule: Schedule, after: datetime
) -> None:
    period = next_period(schedule, after)
    shown = period.at.astimezone(ZoneInfo(schedule.timezone)).replace(tzinfo=None)
    wanted = datetime.fromisoformat(period.key)
    assert wanted.time() == schedule.at
    assert timedelta(0) <= shown - wanted < timedelta(days=1)


def test_the_hour_that_comes_twice_gives_one_digest() -> None:
    schedule = Schedule(EVERY_DAY, time(1, 30), "America/New_York")
    sent, skipped = sent_by_ticking(schedule, [utc("2026-10-31T12:00") + timedelta(minutes=10 * i) for i in range(280)])
    assert [period.key for period in sent] == ["2026-11-01T01:30", "2026-11-02T01:30"]
    assert [period.at for period in sent] == [utc("2026-11-01T05:30"), utc("2026-11-02T06:30")]
    assert skipped == []


def test_the_hour_that_never_comes_gives_one_digest_at_the_shifted_time() -> None:
    schedule = Schedule(EVERY_DAY, time(2, 30), "Europe/Berlin")
    sent, _ = sent_by_ticking(schedule, [utc("2026-03-28T12:00") + timedelta(minutes=10 * i) for i in range(200)])
    assert [period.key for period in sent] == ["2026-03-29T02:30"]
    assert sent[0].at.astimezone(ZoneInfo("Europe/Berlin")).time() == time(3, 30)


def test_a_date_that_a_zone_left_out_has_no_digest() -> None:
    schedule = Schedule(EVERY_DAY, time(9), "Pacific/Apia")
    sent, skipped = sent_by_ticking(schedule, [utc("2011-12-29T00:00") + timedelta(hours=i) for i in range(96)])
    assert [period.key[:10] for period in sent] == ["2011-12-29", "2011-12-31", "2012-01-01", "2012-01-02"]
    assert skipped == []


def test_downtime_within_the_catch_up_window_sends_the_digest_late() -> None:
    schedule = Schedule(MONDAY, time(9), "UTC")
    found = due(schedule, utc("2026-11-02T08:00"), utc("2026-11-02T20:59"))
    assert found.send == Period(utc("2026-11-02T09:00"), "2026-11-02T09:00")
    assert due(schedule, utc("2026-11-02T08:00"), utc("2026-11-02T09:00") + CATCH_UP).send is not None


def test_downtime_past_the_catch_up_window_skips_the_digest() -> None:
    schedule = Schedule(MONDAY, time(9), "UTC")
    found = due(schedule, utc("2026-11-02T08:00"), utc("2026-11-02T21:01"))
    assert found.send is None
    assert [period.key for period in found.skipped] == ["2026-11-02T09:00"]


def test_a_week_of_downtime_sends_only_the_latest() -> None:
    schedule = Schedule(EVERY_DAY, time(9), "UTC")
    found = due(schedule, utc("2026-11-01T10:00"), utc("2026-11-05T10:00"))
    assert found.send is not None
    assert found.send.key == "2026-11-05T09:00"
    assert [period.key[:10] for period in found.skipped] == ["2026-11-02", "2026-11-03", "2026-11-04"]


def test_years_of_downtime_do_not_record_every_missed_day() -> None:
    found = due(Schedule(EVERY_DAY, time(9), "UTC"), utc("2020-01-01T10:00"), utc("2026-11-05T23:00"))
    assert len(found.skipped) == LOOK_BACK.days


def test_nothing_is_due_twice() -> None:
    schedule = Schedule(MONDAY, time(9), "UTC")
    assert due(schedule, utc("2026-11-02T09:00"), utc("2026-11-02T09:30")).send is None


@pytest.mark.parametrize("weekdays", [frozenset(), frozenset({7}), frozenset({-1, 3})])
def test_a_schedule_that_never_fires_cannot_be_made(weekdays: frozenset[int]) -> None:
    with pytest.raises(ValueError, match="weekdays"):
        Schedule(weekdays, time(9), "UTC")


def test_a_zone_that_does_not_exist_cannot_be_scheduled() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        Schedule(MONDAY, time(9), "Mars/Olympus")
