"""What decides speed, as numbers: the columns phi of the log-linear model."""

from dataclasses import dataclass
from math import isnan, nan

import numpy as np

from engine.accelerators import Accelerators
from engine.shapes import Shapes
from engine.units import PRECISIONS, Floats

__all__ = ["FEATURES", "Traits", "features"]

FEATURES = (
    "compute",
    "bandwidth",
    "fp32",
    "year",
    "strength",
    "count",
    "ring",
    "poor_link",
    "nodes",
    "batch",
    "decoding_count",
    "decoding_balance",
    "busy_compute",
    "busy_bandwidth",
)

_TYPICAL_LINK_GB_PER_S = 600.0  # NVLink 3, over which the ring of common models hides behind their backward pass
_TYPICAL_TENSOR, _TYPICAL_DRAM = 0.25, 0.40  # activity at which compute and bandwidth gain what they gain everybody
_TYPICAL_TFLOPS, _TYPICAL_GB_PER_S = 100.0, 1000.0  # where activity moves no level, only slopes
_PCIE_GB_PER_S = 64.0  # generation 4 by 16, both directions: where a sheet states no link
# What published measurements say of a part beyond its sheet, natural log: effects of parts over fourteen public sources
# (docs/engine-model.md names them), shrunk towards none. A part that is not listed is as its sheet says.
_STRENGTH = {
    "K80-12GB": -0.17,
    "P100-16GB": 0.11,
    "V100-32GB": 0.07,
    "T4-16GB": -0.03,
    "RTX6000-24GB": 0.04,
    "RTX3090-24GB": 0.06,
    "RTX4090-24GB": 0.07,
    "RTXA4000-16GB": -0.05,
    "RTXA5000-24GB": -0.02,
    "RTXA6000-48GB": 0.02,
    "RTX4000Ada-20GB": -0.07,
    "RTX6000Ada-48GB": -0.05,
    "A10-24GB": -0.08,
    "A10G-24GB": 0.05,
    "A100-40GB": 0.06,
    "A100-80GB": 0.03,
    "A100-80GB-PCIe": -0.04,
    "L40S-48GB": -0.13,
    "H100-80GB": 0.14,
    "H100-80GB-PCIe": -0.03,
    "H100-94GB-NVL": -0.07,
    "H200-141GB": 0.05,
    "GH200-96GB": 0.08,
    "B200-180GB": 0.09,
    "GB200-186GB": 0.03,
    "RTXPRO6000-96GB": 0.13,
    "MI300X-192GB": -0.34,
}
_FP32, _TF32 = PRECISIONS.index("fp32"), PRECISIONS.index("tf32")


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of a workload itself: `decoding` (0 to 1) is how far it makes one token after another.

    `tensor_active` and `dram_active` are the shares of time in which tensor units and memory were busy; NaN: unknown.
    """

    decoding: float = 0.0
    tensor_active: float = nan
    dram_active: float = nan


def features(shapes: Shapes, accelerators: Accelerators, traits: Traits) -> Floats:
    """(n, len(FEATURES)): natural logarithms, except year (since 2020), the ring terms and products with traits.

    The ring term is the traffic of an all-reduce per accelerator, 2(n-1)/n of the payload (Patarasuk and Yuan, 2009).
    Frameworks run fp32 products on TF32 units where there are any. The batch counts per accelerator; an unknown one is
    0, so that it teaches nothing within one workload. Decoding waits for memory and for links, not for compute (Pope et
    al., 2022). What is busy for a share of the time is what a faster one makes faster by as much (Amdahl, 1967).
    """
    sheets, part = accelerators.columns, shapes.accelerator
    compute = np.log(sheets.tflops[part, np.where(shapes.precision == _FP32, _TF32, shapes.precision)])
    bandwidth = np.log(sheets.memory_bandwidth_gb_per_s[part])
    count = shapes.total.astype(np.float64)
    ring = 2.0 * (count - 1.0) / count
    poverty = np.log(_TYPICAL_LINK_GB_PER_S / np.nan_to_num(sheets.link_gb_per_s[part], nan=_PCIE_GB_PER_S))
    columns = (
        compute,
        bandwidth,
        np.log(sheets.tflops[part, _FP32]),
        sheets.year[part] - 2020.0,
        np.array([_STRENGTH.get(name, 0.0) for name in accelerators])[part],
        np.log(count),
        ring,
        ring * np.maximum(poverty, 0.0),
        np.log(shapes.node_count),
        np.nan_to_num(np.log(shapes.batch_size / count)),
        traits.decoding * np.log(count),
        traits.decoding * (bandwidth - compute),
        _above(traits.tensor_active, _TYPICAL_TENSOR) * (compute - np.log(_TYPICAL_TFLOPS)),
        _above(traits.dram_active, _TYPICAL_DRAM) * (bandwidth - np.log(_TYPICAL_GB_PER_S)),
    )
    return np.column_stack(columns)


def _above(active: float, typical: float) -> float:
    return 0.0 if isnan(active) else active - typical
