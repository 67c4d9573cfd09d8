"""The stage comes from what a workload did for long enough, and says why."""

import itertools
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.history import History, Run
from engine.lifecycle import _held, _rhythm, _stage, infer_stage, rhythm
from engine.units import STAGES
from tests.engine.measured_worlds import MONDAY, run

NOW = MONDAY + timedelta(days=28)
WEEKDAYS = [day for day in range(28) if day % 7 < 5]


def job(start_hour: float, hours: float, **changes: Any) -> Run:
    started = MONDAY + timedelta(hours=start_hour)
    return run("A10G", 1, 10.0, start_hour, ended_at=started + timedelta(hours=hours), **changes)


def history(jobs: Iterable[Run]) -> History:
    return History.of("video-gen", list(jobs))


# A Monday is MONDAY, 9 o'clock: office hours are 0 to 8 after it.
TRIES = [job(24 * day + 2, 0.5) for day in (1, 4, 9, 16, 23)]
CAMPAIGN = [job(24 * day + 0.6 * i, 0.5) for day in WEEKDAYS[5:18] for i in range(8)]
SERVICE = [job(hour, 0.8) for hour in range(24 * 28)]


@pytest.mark.parametrize(("jobs", "stage"), [(TRIES, "prototyping"), (CAMPAIGN, "validation"), (SERVICE, "production")])
def test_the_rhythm_of_the_last_four_weeks_decides(jobs: list[Run], stage: str) -> None:
    found, why = infer_stage(history(jobs), NOW)
    assert found == stage
    assert f"{len(jobs)} runs on" in why


def test_a_workload_that_never_ran_has_no_stage() -> None:
    assert infer_stage(history([]), NOW) == (None, "no runs yet")


def test_two_runs_are_prototyping_and_say_so() -> None:
    found, why = infer_stage(history(TRIES[:2]), NOW)
    assert found == "prototyping"
    assert "too few" in why


def test_a_burst_on_one_day_is_prototyping_however_long() -> None:
    assert infer_stage(history(job(0.1 * i, 0.1) for i in range(40)), NOW)[0] == "prototyping"


def test_the_very_moment_in_which_the_first_run_begins_is_no_division_by_nothing() -> None:
    stage, why = infer_stage(history([job(0, 2)]), MONDAY)
    assert stage == "prototyping"
    assert "1 run" in why


def test_one_run_is_put_in_the_singular() -> None:
    assert infer_stage(history(TRIES[:1]), NOW)[1].startswith("1 run on 1 of")


def test_a_nightly_batch_every_day_is_production_without_being_busy_by_day() -> None:
    nightly = [job(24 * day + 16 + i, 1.0) for day in range(28) for i in range(8)]
    assert infer_stage(history(nightly), NOW)[0] == "production"


def test_what_was_long_ago_does_not_count_while_there_is_something_newer() -> None:
    old = [job(hour - 24 * 40, 0.8) for hour in range(24 * 10)]
    assert infer_stage(history([*old, *TRIES]), NOW)[0] == "prototyping"


def test_a_service_that_stopped_is_judged_by_its_last_weeks() -> None:
    assert infer_stage(history(SERVICE), NOW + timedelta(days=90))[0] == "production"


def test_the_day_a_service_began_does_not_dilute_it() -> None:
    young = [job(24 * 18 + hour, 0.8) for hour in range(24 * 10)]
    assert infer_stage(history(young), NOW)[0] == "production"


def test_one_long_service_run_is_busy_all_the_time_whenever_it_is_looked_at() -> None:
    for days_later in (0, 100):
        found = rhythm(history([job(-24 * 60, 24 * 80)]), NOW + timedelta(days=days_later))
        assert (found.runs, found.days) == (1, 28)
        assert found.duty > 0.7


def test_failed_runs_are_part_of_the_rhythm() -> None:
    failing = [job(hour, 0.8, status="failed" if hour % 2 else "succeeded") for hour in range(24 * 28)]
    assert infer_stage(history(failing), NOW)[0] == "production"


def test_shares_are_measured_by_hand() -> None:
    found = rhythm(history([job(0, 1), job(1.1, 1), job(30, 1), job(24 * 5, 2), job(24 * 6 + 23, 1)]), NOW)
    assert (found.runs, found.days, found.active_days) == (5, 28, 4)
    assert found.consecutive_share == pytest.approx(1 / 4)
    assert found.duty == pytest.approx(6 / (24 * 28))
    assert found.weekend_share == pytest.approx(1 / 5)  # the last begins on Monday morning


def test_overlapping_runs_are_busy_once() -> None:
    assert rhythm(history([job(0, 10), job(1, 2), job(5, 10)]), NOW).duty == pytest.approx(15 / (24 * 28))


# Two weeks of single tries, then a service: its look turns to production some days in.
GROWN = [job(24 * day + 2, 0.5) for day in range(0, 14, 2)] + [job(hour, 0.9) for hour in range(24 * 14, 24 * 56)]


def stages(jobs: list[Run], days: range) -> list[str | None]:
    """What each day would have said, knowing nothing of the days after it."""
    known = [
        (at, [each for each in jobs if each.started_at <= at]) for at in (MONDAY + timedelta(days=d) for d in days)
    ]
    return [infer_stage(history(past), at)[0] for at, past in known]


def looks(jobs: list[Run], days: range) -> list[str]:
    """The same without the memory."""
    at = [(MONDAY + timedelta(days=day)).timestamp() for day in days]
    return [_stage(_rhythm(history(each for each in jobs if each.started_at.timestamp() <= end), end)) for end in at]


def test_a_stage_changes_when_its_look_has_lasted_a_week_and_then_at_once() -> None:
    days = range(10, 50)
    turned, changed = looks(GROWN, days).index("production"), stages(GROWN, days).index("production")
    assert changed == turned + 7
    assert set(stages(GROWN, days)[changed:]) == {"production"}


def test_a_look_that_has_not_lasted_is_said_with_its_days() -> None:
    turned = range(10, 50)[looks(GROWN, range(10, 50)).index("production")]
    at = MONDAY + timedelta(days=turned + 2)
    stage, why = infer_stage(history(each for each in GROWN if each.started_at <= at), at)
    assert stage != "production"
    assert why.endswith("production by its look for 3 days, and a change takes 7")


def test_a_pause_of_some_days_does_not_end_production() -> None:
    paused = [each for each in SERVICE if not 12 <= (each.started_at - MONDAY).days < 17]
    assert set(stages(paused, range(12, 28))) == {"production"}


def test_after_four_weeks_of_silence_history_begins_anew() -> None:
    again = MONDAY + timedelta(days=28 + 40)
    back = [*SERVICE, *(job(24 * (28 + 40 + day), 0.5) for day in (0, 1, 2, 3, 4))]
    assert infer_stage(history(back), again + timedelta(days=5))[0] == "prototyping"


def test_looks_that_differ_but_are_all_higher_raise_the_stage_to_the_lowest_of_them() -> None:
    flapping = [2, 1] * 10
    assert _held([*flapping, *[0] * 9]) == 1
    assert _held([*[0, 1] * 10, *[2] * 9]) == 1
    assert _held([*flapping, *[2] * 9]) == 2


def replayed(looks: list[int]) -> int:
    """The obvious twin: from the first day on, a week of looks at a time moves the stage into its range."""
    stage = looks[-1]
    for last in range(len(looks) - 8, -1, -1):
        week = looks[last : last + 8]
        stage = min(max(stage, min(week)), max(week))
    return stage


@given(st.lists(st.sampled_from([0, 0, 0, 1, 1, 2]), min_size=1, max_size=50))
def test_looking_backwards_finds_what_living_forwards_does(looks: list[int]) -> None:
    assert _held(looks) == replayed(looks)


@settings(max_examples=15)
@given(st.lists(st.tuples(st.floats(0, 24 * 40), st.floats(0.1, 8)), min_size=5, max_size=60))
def test_no_change_is_taken_back_within_a_week_whatever_ran(tried: list[tuple[float, float]]) -> None:
    found = stages([job(*each) for each in tried], range(1, 40))
    known = [STAGES.index(stage) for stage in found if stage is not None]
    changes = [(day, known[day] - known[day - 1]) for day in range(1, len(known)) if known[day] != known[day - 1]]
    for (earlier, way), (later, back) in itertools.pairwise(changes):
        assert way * back > 0 or later - earlier >= 7


def test_several_runs_at_once_and_a_trend_are_part_of_the_evidence() -> None:
    rising = [job(24 * day + i / 4, 2.0) for day in (3, 16, 20, 22, 24, 26) for i in range(4)]
    why = infer_stage(history(rising), NOW)[1]
    assert "at once, rising; " in why
    assert "at once" not in infer_stage(history(CAMPAIGN), NOW)[1]


@given(st.lists(st.tuples(st.floats(0, 600), st.floats(0.01, 60)), min_size=1, max_size=20))
def test_every_share_is_a_share(jobs: list[tuple[float, float]]) -> None:
    found = rhythm(history(job(start, hours) for start, hours in jobs), NOW)
    shares = (found.active_share, found.consecutive_share, found.duty, found.weekend_share)
    assert all(0 <= share <= 1 for share in shares)
    assert 0 <= found.quiet_share <= 1 / 3


@given(st.integers(0, 23))
def test_the_time_zone_of_office_hours_does_not_matter(shift: int) -> None:
    moved: datetime = NOW + timedelta(hours=shift)
    jobs = [job(24 * day + shift + 2 * i, 0.5) for day in WEEKDAYS for i in range(3)]
    assert infer_stage(history(jobs), moved)[0] == "prototyping"
