"""Stage and kind come from what a workload did, and each says why."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.history import History, Run
from engine.lifecycle import infer_kind, infer_stage, rhythm
from tests.engine.measured_worlds import MONDAY, run, seen

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


def amdahl(count: int, serial: float) -> float:
    return 1 / (serial + (1 - serial) / count)


@pytest.mark.parametrize(("serial", "kind"), [(0.0, "ai"), (0.02, "ai"), (0.3, "traditional"), (1.0, "traditional")])
def test_the_parallel_fraction_is_read_off_the_scaling(serial: float, kind: str) -> None:
    counts = (1, 2, 4, 8)
    found, fraction, why = infer_kind(seen(*(run("A100", n, 10 * amdahl(n, serial), n) for n in counts)))
    assert found == kind
    assert fraction is not None
    assert fraction.p05 - 0.02 <= 1 - serial <= fraction.p95 + 0.02
    assert "1, 2, 4 and 8 accelerators" in why


def test_one_count_says_nothing_of_kind() -> None:
    assert infer_kind(seen(run("A100", 2, 10.0), run("H100", 4, 30.0, 1)))[:2] == (None, None)


def test_counts_on_different_parts_or_precisions_are_not_compared() -> None:
    known = seen(run("A100", 1, 10.0, 0, precision="fp16"), run("A100", 8, 20.0, 1, precision="fp32"))
    assert infer_kind(known)[0] is None


def test_each_part_has_its_own_level() -> None:
    known = seen(*(run(part, n, speed * n, n + speed) for part, speed in (("T4", 1.0), ("H100", 9.0)) for n in (1, 4)))
    found, fraction, _ = infer_kind(known)
    assert found == "ai"
    assert fraction is not None
    assert fraction.p50 > 0.95


def test_more_counts_narrow_the_interval() -> None:
    def width(*counts: int) -> float:
        _, fraction, _ = infer_kind(seen(*(run("A100", n, amdahl(n, 0.2), n) for n in counts)))
        assert fraction is not None
        return fraction.p95 - fraction.p05

    assert width(1, 2, 4, 8, 16) < width(1, 2)


@given(st.floats(0.0, 1.0), st.floats(0.001, 1e6))
def test_the_interval_is_ordered_and_does_not_depend_on_the_unit(serial: float, base: float) -> None:
    _, fraction, _ = infer_kind(seen(*(run("A100", n, base * amdahl(n, serial), n) for n in (1, 2, 8))))
    _, again, _ = infer_kind(seen(*(run("A100", n, amdahl(n, serial), n) for n in (1, 2, 8))))
    assert fraction is not None
    assert again is not None
    assert 0 <= fraction.p05 <= fraction.p50 <= fraction.p95 <= 1
    assert fraction.p50 == pytest.approx(again.p50, abs=1e-2)
