"""What would have been predicted of what is known by now: never from itself, and from no more than is asked for."""

from dataclasses import replace

import numpy as np
import pytest

from engine.fit import fit
from engine.hindsight import Hindsight, leave_one_out
from engine.observations import Observations
from engine.predict import predict
from tests.engine.measured_worlds import PARTS, run, seen, shapes

SPEEDS = {"T4": 20.0, "A10G": 55.0, "A100": 210.0, "H100": 600.0}


def workload(name: str, *parts: str, factor: float = 1.0) -> Observations:
    """A workload that ran once on one of each part."""
    return seen(*(run(part, 1, factor * SPEEDS[part], hour) for hour, part in enumerate(parts)), workload=name)


FLEET = [workload(f"w{number}", "A10G", "A100", "H100", factor=1.0 + 0.1 * number) for number in range(4)]


def checked(*known: Observations, most: int = 100) -> list[Hindsight]:
    return list(leave_one_out(fit(known, PARTS), known, PARTS, most))


def test_each_configuration_is_predicted_from_the_others_and_held_against_what_it_measured() -> None:
    found = checked(*FLEET)
    assert [(each.workload, each.accelerator) for each in found[:3]] == [("w0", "A10G"), ("w0", "A100"), ("w0", "H100")]
    assert len(found) == 12
    assert [each.measured for each in found[:3]] == pytest.approx([55.0, 210.0, 600.0])
    for each in found:
        assert each.predicted.p05 < each.predicted.p50 < each.predicted.p95


def test_it_equals_what_a_model_that_never_saw_the_configuration_says() -> None:
    rest = workload("w0", "A10G", "A100")
    said = predict(fit([rest, *FLEET[1:]], PARTS), rest, shapes(("H100", 1)), PARTS)
    [last] = [each for each in checked(*FLEET) if (each.workload, each.accelerator) == ("w0", "H100")]
    assert last.predicted.p50 == pytest.approx(float(np.exp(said.log_units_per_hour[0])), rel=1e-3)
    assert last.predicted.p95 == pytest.approx(float(np.exp(said.quantile(0.95)[0])), rel=1e-3)


def test_what_was_measured_changes_nothing_of_what_would_have_been_predicted() -> None:
    honest = checked(seen(run("A10G", 1, 55.0), run("H100", 1, 600.0, 1)))
    lying = checked(seen(run("A10G", 1, 55.0), run("H100", 1, 6_000.0, 1)))
    assert honest[1].predicted.p50 == pytest.approx(lying[1].predicted.p50, rel=1e-6)
    assert lying[1].measured == pytest.approx(6_000.0)


def test_a_workload_that_ran_on_one_configuration_says_nothing() -> None:
    assert checked(workload("lone", "A10G"), seen()) == []
    assert checked() == []


def test_a_part_without_a_spec_sheet_is_neither_predicted_nor_a_ground() -> None:
    known = workload("w0", "A10G", "T4")
    unknown = [replace(known, accelerator=np.array(["A10G", "made-up"], dtype=np.object_))]
    assert list(leave_one_out(fit(FLEET, PARTS), unknown, PARTS)) == []


def test_a_large_fleet_is_looked_at_in_places_that_are_spread_over_it() -> None:
    found = checked(*FLEET, workload("lone", "A10G"), most=2)
    assert [each.workload for each in found] == ["w0"] * 3 + ["w3"] * 3
    wide = [seen(*(run("A10G", count, 50.0 * count, count) for count in range(1, 10)))]
    assert len(list(leave_one_out(fit(wide, PARTS), wide, PARTS))) == 4
