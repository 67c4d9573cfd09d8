"""What decides speed, as numbers: the columns phi of the log-linear model."""

import numpy as np

from engine.accelerators import Accelerators
from engine.shapes import Shapes
from engine.units import PRECISIONS, Floats

__all__ = ["FEATURES", "features"]

FEATURES = ("compute", "bandwidth", "fp32", "year", "count", "ring", "poor_link", "nodes", "batch")

_TYPICAL_LINK_GB_PER_S = 600.0  # NVLink 3, over which the ring of common models hides behind their backward pass
_PCIE_GB_PER_S = 64.0  # generation 4 by 16, both directions: where a sheet states no link


def features(shapes: Shapes, accelerators: Accelerators) -> Floats:
    """(n, len(FEATURES)): natural logarithms, except year (since 2020) and the ring terms.

    The ring term is the traffic of an all-reduce per accelerator, 2(n-1)/n of the payload (Patarasuk and Yuan, 2009).
    The batch counts per accelerator; an unknown one is 0, so that it teaches nothing within one workload.
    """
    part, sheets = shapes.accelerator, list(accelerators.values())
    rates = np.array([[sheet.tflops(name) for name in (*PRECISIONS, None)] for sheet in sheets])
    link = np.array([sheet.link_gb_per_s or _PCIE_GB_PER_S for sheet in sheets])[part]
    count = (shapes.accelerator_count * shapes.node_count).astype(np.float64)
    ring = 2.0 * (count - 1.0) / count
    columns = (
        np.log(rates[part, shapes.precision]),  # an unknown precision, -1, is the last column
        np.log(np.array([sheet.memory_bandwidth_gb_per_s for sheet in sheets])[part]),
        np.log(rates[part, PRECISIONS.index("fp32")]),
        np.array([sheet.year - 2020.0 for sheet in sheets])[part],
        np.log(count),
        ring,
        ring * np.maximum(np.log(_TYPICAL_LINK_GB_PER_S / link), 0.0),
        np.log(shapes.node_count),
        np.nan_to_num(np.log(shapes.batch_size / count)),
    )
    return np.column_stack(columns)
