"""Shapes are columns of what speed depends on."""

import numpy as np

from tests.engine.measured_worlds import shapes


def test_shapes_can_be_taken_apart() -> None:
    both = shapes(("T4", 1), ("H100", 8), nodes=2)
    assert both.total.tolist() == [2, 16]
    last = both.take(np.array([1]))
    assert (len(last), last.total.tolist()) == (1, [16])
