"""Histories written as a few numbers, and the spec sheets of real parts that they ran on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from engine.accelerators import Accelerators
from engine.history import History, Run
from engine.observations import Observations, observe
from engine.shapes import Shapes
from engine.units import PRECISIONS
from tests.engine.instances import sheet

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)

# Published rates; the numbers only have to be in proportion.
T4 = sheet("T4", 16.0, year=2018, memory_bandwidth_gb_per_s=320.0, fp32_tflops=8.1, tf32_tflops=None,
           fp16_tflops=65.0, link_gb_per_s=32.0, architecture="Turing")  # fmt: skip
A10G = sheet("A10G", 24.0, year=2021, memory_bandwidth_gb_per_s=600.0, fp32_tflops=35.0, tf32_tflops=35.0,
             fp16_tflops=70.0, link_gb_per_s=64.0, architecture="Ampere")  # fmt: skip
A100 = sheet("A100", 80.0, year=2020, memory_bandwidth_gb_per_s=2039.0, fp32_tflops=19.5, tf32_tflops=156.0,
             fp16_tflops=312.0, link_gb_per_s=600.0, architecture="Ampere")  # fmt: skip
H100 = sheet("H100", 80.0, year=2022, memory_bandwidth_gb_per_s=3350.0, fp32_tflops=67.0, tf32_tflops=495.0,
             fp16_tflops=990.0, fp8_tflops=1979.0, link_gb_per_s=900.0, architecture="Hopper")  # fmt: skip
PARTS = Accelerators([T4, A10G, A100, H100])


def run(accelerator: str, count: int, units_per_hour: float, hour: float = 0.0, **changes: Any) -> Run:
    """One hour of work on one node, unless changed, that begins `hour` hours after a Monday morning."""
    started = MONDAY + timedelta(hours=hour)
    stated: dict[str, Any] = {
        "workload": "video-gen",
        "run_id": f"{accelerator}-{count}-{hour}",
        "started_at": started,
        "ended_at": started + timedelta(hours=1),
        "units": units_per_hour,
        "accelerator": accelerator,
        "accelerator_count": count,
    }
    return Run(**stated | changes)


def seen(*runs: Run, workload: str = "video-gen") -> Observations:
    """What those runs teach."""
    return observe(History.of(workload, runs), PARTS)


def shapes(*asked: tuple[str, int], nodes: int = 1, **changes: Any) -> Shapes:
    """(accelerator, count per node) pairs as a question, precision and batch as the workload runs today."""
    names, n = list(PARTS), len(asked)
    return Shapes(
        accelerator=np.array([names.index(name) for name, _ in asked], dtype=np.int64),
        accelerator_count=np.array([count for _, count in asked], dtype=np.int64),
        node_count=np.full(n, nodes, dtype=np.int64),
        interconnect_gbps=np.full(n, np.nan),
        precision=np.full(n, PRECISIONS.index(changes["precision"]) if "precision" in changes else -1),
        batch_size=np.full(n, changes.get("batch_size", np.nan)),
    )


def below(z: float) -> float:
    """Probability that Student's t of four degrees, scaled to variance one, is below `z`: its density, added up."""
    grid = np.linspace(0.0, abs(z), 20_001)
    density = np.sqrt(2.0) * 0.375 * (1.0 + grid**2 / 2.0) ** -2.5
    return float(0.5 + np.copysign(np.trapezoid(density, grid), z))
