"""The kind is read off the scaling, with an interval that covers, and says why."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.scaling import infer_kind
from tests.engine.measured_worlds import run, seen


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


def usl(count: int, contention: float, coherency: float) -> float:
    """The obvious form of the law: how many times as fast as one."""
    return count / (1 + contention * (count - 1) + coherency * count * (count - 1))


@pytest.mark.parametrize("coherencies", [(0.0,), (0.001, 0.01, 0.05)])
@pytest.mark.parametrize("counts", [(1, 4), (1, 2, 4, 8)])
def test_the_interval_covers_the_fraction_of_simulated_worlds(
    counts: tuple[int, ...], coherencies: tuple[float, ...]
) -> None:
    chance, covered = np.random.default_rng(5), []
    for world in range(120):
        contention, coherency = 10.0 ** chance.uniform(-3.0, 0.0), coherencies[world % len(coherencies)]
        noisy = [usl(n, contention, coherency) * chance.lognormal(0.0, 0.07) for n in counts]
        _, fraction, _ = infer_kind(seen(*(run("A100", n, speed, n) for n, speed in zip(counts, noisy, strict=True))))
        assert fraction is not None
        covered.append(fraction.p05 - 1e-9 <= 1.0 - contention <= fraction.p95 + 1e-9)
    assert np.mean(covered) >= 0.85


def test_work_that_gets_in_its_own_way_is_traditional_however_parallel() -> None:
    """No serial part at all, yet each accelerator waits for all others: eight are slower than four."""
    kind, fraction, why = infer_kind(seen(*(run("A100", n, usl(n, 0.0, 0.08), n) for n in (1, 2, 4, 8))))
    assert kind == "traditional"
    assert fraction is not None
    assert fraction.p95 > 0.95
    assert "8 are 0.7 times as fast as 4" in why


def test_the_reason_names_the_share_and_its_interval() -> None:
    _, _, why = infer_kind(seen(*(run("A100", n, amdahl(n, 0.3), n) for n in (1, 2, 4, 8))))
    assert why == (
        "at 1, 2, 4 and 8 accelerators 71 % of the work ran in parallel, 62 % to 82 %: 8 are 1.2 times as fast as 4"
    )


@pytest.mark.parametrize(("serial", "said"), [(0.0, "100 % of"), (0.006, "99.4 % of"), (0.5, "50 % of")])
def test_a_share_near_the_whole_has_a_tenth(serial: float, said: str) -> None:
    counts = (1, 2, 4, 8, 16, 64, 256)
    assert said in infer_kind(seen(*(run("A100", n, amdahl(n, serial), n) for n in counts)))[2]
