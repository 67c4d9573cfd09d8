"""Memory: measured peaks and failures decide what fits, and silence decides nothing."""

import numpy as np
import pytest

from engine.fit import fit
from engine.memory import memory_fits, memory_needed
from engine.predict import predict
from tests.engine.measured_worlds import PARTS, run, seen, shapes

EVERY_ONE = shapes(("T4", 1), ("A10G", 1), ("A100", 1))


def test_without_peaks_or_failures_everything_fits() -> None:
    known = seen(run("A10G", 1, 10.0))
    assert np.isnan(memory_needed(known, EVERY_ONE, PARTS)).all()
    assert memory_fits(known, EVERY_ONE, PARTS).all()


def test_a_measured_peak_rules_out_what_is_smaller() -> None:
    known = seen(run("A100", 1, 10.0, memory_used_gib=30.0))
    assert memory_needed(known, EVERY_ONE, PARTS).tolist() == [30.0, 30.0, 30.0]
    assert memory_fits(known, EVERY_ONE, PARTS).tolist() == [False, False, True]


def test_a_peak_at_a_larger_count_is_the_need_from_there_on() -> None:
    known = seen(run("A100", 1, 10.0, 0, memory_used_gib=60.0), run("A100", 4, 30.0, 1, memory_used_gib=20.0))
    asked = shapes(("A10G", 1), ("A10G", 2), ("A10G", 4), ("A10G", 8))
    assert memory_needed(known, asked, PARTS).tolist() == [60.0, 60.0, 20.0, 20.0]
    assert memory_fits(known, asked, PARTS).tolist() == [False, False, True, True]


def test_below_the_smallest_count_its_peak_is_the_best_guess() -> None:
    known = seen(run("A100", 4, 30.0, memory_used_gib=20.0))
    assert memory_needed(known, shapes(("A10G", 1)), PARTS).tolist() == [20.0]


def test_running_out_of_memory_rules_out_as_few_and_as_small_but_not_more() -> None:
    known = seen(run("A10G", 2, 0.0, status="oom"))
    asked = shapes(("T4", 1), ("A10G", 1), ("A10G", 2), ("A10G", 4), ("A100", 1))
    assert memory_fits(known, asked, PARTS).tolist() == [False, False, False, True, True]
    assert memory_needed(known, asked, PARTS)[1] == pytest.approx(24.0 * 1.15)


def test_a_success_on_the_same_configuration_outweighs_its_failures() -> None:
    known = seen(run("A10G", 1, 0.0, 0, status="oom"), run("A10G", 1, 10.0, 1))
    assert memory_fits(known, shapes(("A10G", 1)), PARTS).all()


def test_what_ran_fits_whatever_its_peak_says() -> None:
    known = seen(run("A10G", 1, 10.0, memory_used_gib=25.0))  # counted with spilling to the host
    found = predict(fit([known], PARTS), known, shapes(("A10G", 1), ("T4", 1)), PARTS)
    assert found.fits.tolist() == [True, False]
