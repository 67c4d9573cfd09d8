"""Parts answer to every spelling that people use, and to no other part's."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.accelerators import Accelerators
from engine.errors import InvalidRow, UnknownAccelerator
from engine.units import PRECISIONS
from tests.engine.instances import sheet

H100 = sheet("H100-80GB", aliases=("H100", "NVIDIA H100 80GB HBM3"), fp8_tflops=1979.0)
A10G = sheet("A10G-24GB", aliases=("A10G",), tf32_tflops=None, fp8_tflops=None, link_gb_per_s=None)
GAUDI = sheet("Gaudi2-96GB", fp32_tflops=None, tf32_tflops=None, fp16_tflops=432.0)
PARTS = Accelerators([H100, A10G, GAUDI])


@pytest.mark.parametrize(
    "spelling", ["H100", "h100-80gb", "NVIDIA H100 80GB HBM3", "Nvidia  H100_80GB", "tesla h100 80gb", "H100 80GB"]
)
def test_every_spelling_means_the_same_part(spelling: str) -> None:
    assert PARTS.resolve(spelling) is H100
    assert PARTS.knows(spelling)


@given(st.sampled_from(["H100", "A10G", "gaudi2-96gb"]), st.sampled_from([str.upper, str.lower, str.title]))
def test_case_does_not_matter(name: str, written: object) -> None:
    assert PARTS.resolve(written(name)).name.lower().startswith(name.lower()[:4])  # type: ignore[operator]


def test_an_unknown_name_comes_back_with_the_closest_known_ones() -> None:
    with pytest.raises(UnknownAccelerator, match="did you mean H100-80GB") as refused:
        PARTS.resolve("H10")
    assert refused.value.name == "H10"
    assert not PARTS.knows("H10")


def test_nothing_is_close_to_nonsense() -> None:
    with pytest.raises(UnknownAccelerator) as refused:
        PARTS.resolve("xyzzy")
    assert refused.value.closest == ()


def test_one_spelling_cannot_name_two_parts() -> None:
    with pytest.raises(InvalidRow, match="names both"):
        Accelerators([H100, sheet("H200", aliases=("h100",))])


def test_a_missing_rate_falls_back_to_the_next_wider_format() -> None:
    assert A10G.tflops("fp8") == A10G.tflops("fp16") == 800.0
    assert A10G.tflops("tf32") == A10G.tflops("fp32") == 60.0
    assert H100.tflops("fp4") == 1979.0
    assert H100.tflops(None) == H100.tflops("bf16") == 800.0


def test_a_part_without_fp32_units_uses_what_it_has() -> None:
    assert GAUDI.tflops("fp32") == GAUDI.tflops("tf32") == 432.0


def test_a_part_without_any_rate_has_none() -> None:
    assert math.isnan(sheet("FPGA", fp32_tflops=None, tf32_tflops=None, fp16_tflops=None).tflops("fp16"))


def test_columns_hold_the_sheets_in_their_order() -> None:
    columns = PARTS.columns
    assert columns.tflops.shape == (3, len(PRECISIONS) + 1)
    for row, part in enumerate(PARTS.values()):
        assert columns.tflops[row].tolist() == [part.tflops(name) for name in (*PRECISIONS, None)]
    assert np.isnan(columns.link_gb_per_s).tolist() == [False, True, False]


def test_parts_are_a_mapping_in_the_order_given() -> None:
    assert list(PARTS) == ["H100-80GB", "A10G-24GB", "Gaudi2-96GB"]
    assert PARTS["A10G-24GB"] is A10G
    assert len(PARTS) == 3
