"""People's words for a schedule, and what they are told when the words make none."""

from contextlib import suppress
from datetime import time
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.usecases.digests.periods import Schedule
from bot.usecases.words.problems import Unreadable
from bot.usecases.words.schedule_words import parse_schedule, spell_days, spell_time

WEEKDAYS = frozenset(range(5))
ZONES = sorted(name for name in available_timezones() if name not in {"localtime", "Factory"})


@pytest.mark.parametrize(
    ("words", "schedule"),
    [
        ("monday 09:00 Europe/Berlin", Schedule(frozenset({0}), time(9), "Europe/Berlin")),
        ("weekdays 9:00", Schedule(WEEKDAYS, time(9), "UTC")),
        ("Mon,Thu 5pm berlin", Schedule(frozenset({0, 3}), time(17), "Europe/Berlin")),
        ("every day at 12am in new_york", Schedule(frozenset(range(7)), time(0), "America/New_York")),
        ("fri-mon 12 pm", Schedule(frozenset({4, 5, 6, 0}), time(12), "UTC")),
        ("mondays and tuesdays 7:45", Schedule(frozenset({0, 1}), time(7, 45), "UTC")),
        ("ASIA/KOLKATA", Schedule(frozenset({0}), time(9), "Asia/Kolkata")),
        ("23", Schedule(frozenset({0}), time(23), "UTC")),
        ("", Schedule(frozenset({0}), time(9), "UTC")),
        ("weekend weekend 9:00 09:00", Schedule(frozenset({5, 6}), time(9), "UTC")),
    ],
)
def test_words_are_read_as_they_are_meant(words: str, schedule: Schedule) -> None:
    assert parse_schedule(words.split()) == schedule


@pytest.mark.parametrize(
    ("crontab", "days"),
    [
        ("0 9 * * 1", "monday"),
        ("0 9 * * 0", "sunday"),
        ("0 9 * * 7", "sunday"),
        ("0 9 * * 1-5", "weekdays"),
        ("0 9 * * sat,0", "weekends"),
        ("0 9 * * *", "daily"),
    ],
)
def test_crontab_numbers_mean_the_days_that_crontab_means(crontab: str, days: str) -> None:
    schedule = parse_schedule([*crontab.split(), "berlin"])
    assert (spell_days(schedule.weekdays), spell_time(schedule.at)) == (days, "09:00")
    assert schedule.timezone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("words", "what", "hint"),
    [
        ("monday 25:00", "25:00 never comes", "between 00:00 and 23:59"),
        ("monday 9:60", "9:60 never comes", "between 00:00 and 23:59"),
        ("13pm", "13pm is no time of day", "17:30"),
        ("0am", "0am is no time of day", "17:30"),
        ("9:00 10:00", "two answers for the time", "one time"),
        ("paris berlin", "two answers for the time zone: Europe/Paris and Europe/Berlin", "one time zone"),
        ("moday", "'moday' is no day, time or time zone", "did you mean “monday”"),
        ("europe/berlyn", "is no day, time or time zone", "“Europe/Berlin”"),
        ("zzzzzzzzzzzz", "is no day, time or time zone", "monday 09:00 Europe/Berlin"),
        ("a-b-c-d", "is no day, time or time zone", ""),
        ("../../etc/passwd", "is no day, time or time zone", ""),
        ("0 9 31 2 *", "never fires: no such month has a day 31", "weekly"),
        ("0 9 30 feb *", "never fires: no such month has a day 30", "weekly"),
        ("0 9 0 * *", "never fires: no such month has a day 0", "weekly"),
        ("0 9 1 * *", "is no weekly schedule", "weekly"),
        ("0 9 *", "is no weekly schedule", "weekly"),
        ("* 9 * * 1", "not one time of day", "one minute of one hour"),
        ("*/5 * * * 1", "not one time of day", "one minute of one hour"),
        ("75 9 * * 1", "9:75 never comes", "between 00:00 and 23:59"),
        ("0 9 * * 8", "day 8 never comes", "1 is Monday"),
        ("0 9 * * 1,funday", "names no weekdays", "1-5"),
    ],
)
def test_words_that_make_no_schedule_are_answered_with_a_hint(words: str, what: str, hint: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_schedule(words.split())
    problem = caught.value.problem
    assert what in problem.what
    assert hint in problem.hint
    assert "`" not in problem.what + problem.hint, "backticks are no code in a plain text"


@given(
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    at=st.builds(time, hour=st.integers(0, 23), minute=st.integers(0, 59)),
    zone=st.sampled_from(ZONES),
)
def test_what_is_spelt_is_read_back(weekdays: frozenset[int], at: time, zone: str) -> None:
    schedule = Schedule(weekdays, at, zone)
    words = [spell_days(weekdays), spell_time(at), zone]
    assert parse_schedule(words) == schedule


@given(st.text(max_size=80))
def test_any_text_is_a_schedule_or_a_problem(text: str) -> None:
    with suppress(Unreadable):
        schedule = parse_schedule(text.split())
        assert parse_schedule([spell_days(schedule.weekdays)]).weekdays == schedule.weekdays
