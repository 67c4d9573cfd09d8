"""What decides speed, as numbers: the columns phi of the log-linear model."""

import numpy as np

from engine.accelerators import Accelerators
from engine.shapes import Shapes
from engine.units import PRECISIONS, Floats

__all__ = ["FEATURES", "features"]

FEATURES = (
    "compute",
    "bandwidth",
    "fp32",
    "year",
    "count",
    "ring",
    "poor_link",
    "nodes",
    "batch",
    "decoding_count",
    "decoding_balance",
)

_TYPICAL_LINK_GB_PER_S = 600.0  # NVLink 3, over which the ring of common models hides behind their backward pass
_PCIE_GB_PER_S = 64.0  # generation 4 by 16, both directions: where a sheet states no link
_FP32, _TF32 = PRECISIONS.index("fp32"), PRECISIONS.index("tf32")


def features(shapes: Shapes, accelerators: Accelerators, decoding: float = 0.0) -> Floats:
    """(n, len(FEATURES)): natural logarithms, except year (since 2020) and the ring terms.

    The ring term is the traffic of an all-reduce per accelerator, 2(n-1)/n of the payload (Patarasuk and Yuan, 2009).
    Frameworks run fp32 products on TF32 units where there are any. The batch counts per accelerator; an unknown one is
    0, so that it teaches nothing within one workload. `decoding` (0..1) says how far the workload makes one token after
    another: it then waits for memory and for its links, not for compute (Pope et al., 2022).
    """
    sheets, part = accelerators.columns, shapes.accelerator
    compute = np.log(sheets.tflops[part, np.where(shapes.precision == _FP32, _TF32, shapes.precision)])
    bandwidth = np.log(sheets.memory_bandwidth_gb_per_s[part])
    count = (shapes.accelerator_count * shapes.node_count).astype(np.float64)
    ring = 2.0 * (count - 1.0) / count
    poverty = np.log(_TYPICAL_LINK_GB_PER_S / np.nan_to_num(sheets.link_gb_per_s[part], nan=_PCIE_GB_PER_S))
    columns = (
        compute,
        bandwidth,
        np.log(sheets.tflops[part, _FP32]),
        sheets.year[part] - 2020.0,
        np.log(count),
        ring,
        ring * np.maximum(poverty, 0.0),
        np.log(shapes.node_count),
        np.nan_to_num(np.log(shapes.batch_size / count)),
        decoding * np.log(count),
        decoding * (bandwidth - compute),
    )
    return np.column_stack(columns)
