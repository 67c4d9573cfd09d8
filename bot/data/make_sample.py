"""Makes the sample history: speeds that others published, a cadence that is made up.

`python -m bot.data.make_sample` writes the same files every time. Whoever reads them adds `bot.data.sample_shift`, so
that the last run ended within the last day.
"""

import csv
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

__all__ = ["main", "sample_runs", "sample_sources"]

_END = datetime(2026, 11, 1, tzinfo=UTC)  # midnight after the last day
_SEED = 20261101
_SPREAD = 0.02  # of the speed of one configuration from run to run, natural log
_PAUSE_MINUTES = 4  # between runs back to back

_LAMBDA = "LambdaLabsML/lambda-diffusers@8571d8d benchmarks/benchmark.csv (MIT)"
_TRTLLM = "NVIDIA/TensorRT-LLM v0.9 docs/source/performance/perf-overview.md (Apache-2.0)"
_MOSAIC = "mosaicml/llm-foundry@8c8dd48 scripts/train/benchmarking/README.md (Apache-2.0)"
_GAVEL = "stanford-futuredata/gavel@c4fa400 scheduler/physical_cluster_throughputs.json (MIT)"
_XDIT = "xdit-project/xDiT@175e0bf docs/performance/sana.md (Apache-2.0)"


@dataclass(frozen=True, slots=True)
class Machine:
    """What a run rents, in the words of the shipped price list."""

    provider: str
    region: str
    instance_type: str
    accelerator: str
    accelerator_count: int
    pricing_category: str = "standard"


G4DN = Machine("aws", "us-east-1", "g4dn.xlarge", "T4-16GB", 1)
G5 = Machine("aws", "us-east-1", "g5.xlarge", "A10G-24GB", 1)
G5_12 = Machine("aws", "us-east-1", "g5.12xlarge", "A10G-24GB", 4)
G6E_12 = Machine("aws", "us-east-1", "g6e.12xlarge", "L40S-48GB", 4)
P3_2 = Machine("aws", "us-east-1", "p3.2xlarge", "V100-16GB", 1)
P3_8 = Machine("aws", "us-east-1", "p3.8xlarge", "V100-16GB", 4)
P3_16 = Machine("aws", "us-east-1", "p3.16xlarge", "V100-16GB", 8)
P4D = Machine("aws", "us-east-1", "p4d.24xlarge", "A100-40GB", 8)
P4DE = Machine("aws", "us-east-1", "p4de.24xlarge", "A100-80GB", 8)
A3_4 = Machine("gcp", "us-central1", "a3-highgpu-4g", "H100-80GB", 4)
N1_P100 = Machine("gcp", "unspecified", "n1-highmem-8+1xP100", "P100-16GB", 1, "dynamic")
N1_2P100 = Machine("gcp", "unspecified", "n1-highmem-16+2xP100", "P100-16GB", 2, "dynamic")
NV_A10 = Machine("azure", "eastus", "Standard_NV36ads_A10_v5", "A10-24GB", 1)
NC_A100 = Machine("azure", "eastus", "Standard_NC24ads_A100_v4", "A100-80GB-PCIe", 1)


@dataclass(frozen=True, slots=True)
class Speed:
    """A published throughput, in units per second over all accelerators, and where it stands."""

    machine: Machine
    per_second: float
    source: str
    how: str
    precision: str = ""
    batch_size: int | None = None
    memory_used_gib: float | None = None
    node_count: int = 1


@dataclass(frozen=True, slots=True)
class Phase:
    """Days during which a workload runs in one rhythm; `first` and `last` count back from the end of the sample."""

    first: int
    last: int
    speed: Speed
    stage: str
    runs_a_day: int
    minutes: int  # a run
    starts_at: int = 9  # o'clock
    every: int = 1  # days
    at_weekends: bool = False
    status: str = "succeeded"
    failing: float = 0.0  # share of the runs


_CLIP = "one clip = 16 frames of Stable Diffusion 1.4, 512 px, 50 steps, batch 16"
_A10G = Speed(
    G5, 1 / 24.65, _LAMBDA, f"{_CLIP}: 24.65 s on the A10, whose chip and memory the A10G shares", "fp16", 16, 19.86
)
_FOUR_A10G = Speed(
    G5_12,
    4 * 0.98 / 24.65,
    _LAMBDA,
    f"{_CLIP}; a clip an accelerator, 2 % lost to sharing (assumed)",
    "fp16",
    16,
    19.86,
)
_T4 = Speed(G4DN, 0.0, _LAMBDA, f"{_CLIP}: needs 19.86 GB, does not fit into 16", "fp16", 16, 15.7)
_L40S_LLM = Speed(G6E_12, 1912, _TRTLLM, "LLaMA-70B, input 128, output 2048, TP4", "fp8", 256)
_A100_LLM = Speed(P4DE, 5472, _TRTLLM, "LLaMA-70B, input 128, output 2048, TP8", "fp16", 512)
_H100_LLM = Speed(A3_4, 10900, _TRTLLM, "LLaMA-70B, input 128, output 2048, TP4", "fp8", 512)
_A100_MPT = Speed(P4D, 29436, _MOSAIC, "MPT-7B, sequences of 2048", "bf16", 384)
_A100_MPT_TWO = Speed(P4D, 58322, _MOSAIC, "MPT-7B, sequences of 2048, two nodes", "bf16", 256, node_count=2)
_A100_80_MPT = Speed(P4DE, 37130, _MOSAIC, "MPT-7B, sequences of 2048", "bf16", 96)
_A10_DRAFT = Speed(NV_A10, 0.497512, _LAMBDA, "Stable Diffusion 1.4, 512 px, 50 steps, batch 1", "fp16", 1, 3.13)
_A100_DRAFT = Speed(NC_A100, 0.854701, _LAMBDA, "Stable Diffusion 1.4, 512 px, 50 steps, batch 1", "fp16", 1, 3.19)
_V100_FEATURES = Speed(P3_2, 12.2169, _GAVEL, "ResNet-50, batch 16 per accelerator", "fp32")
_FOUR_V100_FEATURES = Speed(P3_8, 23.1956, _GAVEL, "ResNet-50, batch 16 per accelerator", "fp32")
_EIGHT_V100_FEATURES = Speed(P3_16, 27.7991, _GAVEL, "ResNet-50, batch 16 per accelerator", "fp32")
_V100_RL = Speed(P3_2, 7.47962, _GAVEL, "A3C", "fp32")
_P100_TRANSLATION = Speed(N1_P100, 5.09183, _GAVEL, "Transformer, batch 64 per accelerator", "fp32")
_TWO_P100_TRANSLATION = Speed(N1_2P100, 7.88675, _GAVEL, "Transformer, batch 64 per accelerator", "fp32")
_A100_POSTER = Speed(NC_A100, 0.0569768, _XDIT, "Sana 1600M, 4096 px, one accelerator", "bf16", 1)

WORKLOADS: Mapping[str, tuple[str, tuple[Phase, ...]]] = {
    "video-gen": (
        "clip",
        (
            Phase(70, 70, _T4, "prototyping", 1, 3, starts_at=14, status="oom", at_weekends=True),
            Phase(69, 50, _A10G, "prototyping", 1, 25, starts_at=15, every=3, failing=0.2),
            Phase(49, 31, _A10G, "validation", 5, 40, every=2, failing=0.05),
            Phase(40, 34, _FOUR_A10G, "validation", 3, 30, starts_at=14, every=2),
            Phase(30, 1, _A10G, "production", 11, 120, starts_at=0, at_weekends=True, failing=0.02),
        ),
    ),
    "llm-serving": (
        "token",
        (
            Phase(60, 52, _A100_LLM, "validation", 4, 60, every=2),
            Phase(51, 46, _H100_LLM, "validation", 4, 30, every=2),
            Phase(45, 1, _L40S_LLM, "production", 4, 330, starts_at=0, at_weekends=True, failing=0.01),
        ),
    ),
    "finetune-7b": (
        "token",
        (
            Phase(40, 36, _A100_80_MPT, "prototyping", 1, 45, starts_at=11, every=2),
            Phase(27, 1, _A100_MPT, "validation", 5, 90, failing=0.06),
            Phase(9, 3, _A100_MPT_TWO, "validation", 2, 60, starts_at=19, every=2),
        ),
    ),
    "image-drafts": (
        "image",
        (
            Phase(45, 30, _A10_DRAFT, "prototyping", 1, 20, starts_at=10, every=5),
            Phase(26, 1, _A100_DRAFT, "prototyping", 2, 20, starts_at=13, every=5, failing=0.1),
        ),
    ),
    "feature-index": (
        "batch",
        (
            Phase(66, 62, _V100_FEATURES, "validation", 4, 60, every=2),
            Phase(60, 57, _EIGHT_V100_FEATURES, "validation", 4, 40, every=2),
            Phase(55, 1, _FOUR_V100_FEATURES, "production", 3, 165, starts_at=1, at_weekends=True),
        ),
    ),
    "rl-sandbox": ("step", (Phase(24, 1, _V100_RL, "prototyping", 1, 35, starts_at=16, every=4, failing=0.3),)),
    "translate-batch": (
        "step",
        (
            Phase(50, 46, _TWO_P100_TRANSLATION, "prototyping", 2, 30, starts_at=15, every=2),
            Phase(40, 1, _P100_TRANSLATION, "prototyping", 8, 150, starts_at=0, at_weekends=True, failing=0.03),
        ),
    ),
    "poster-4k": ("image", (Phase(2, 2, _A100_POSTER, "", 1, 30, starts_at=11, at_weekends=True),)),
}
"""By workload: its unit, and how it came to where it is."""


def sample_runs() -> Iterator[dict[str, object]]:
    """Every run in the columns of the `runs` format, workload by workload."""
    for workload, (unit, phases) in WORKLOADS.items():
        chance = random.Random(f"{_SEED}/{workload}")  # noqa: S311  # a sample, not a secret
        runs = sorted((run for phase in phases for run in _runs(phase, chance)), key=lambda run: str(run["started_at"]))
        for number, run in enumerate(runs, 1):
            yield {"workload": workload, "run_id": f"sample-{workload}-{number:04d}", "unit": unit} | run


def sample_sources() -> Iterator[dict[str, object]]:
    """Where each speed stands: one row a workload and machine."""
    for workload, (unit, phases) in WORKLOADS.items():
        for speed in dict.fromkeys(phase.speed for phase in phases):
            yield {
                "workload": workload,
                "instance_type": speed.machine.instance_type,
                "node_count": speed.node_count,
                "unit": unit,
                "units_per_second": f"{speed.per_second:.6g}",
                "measured": speed.how,
                "source": speed.source,
            }


def _runs(phase: Phase, chance: random.Random) -> Iterator[dict[str, object]]:
    for days_before in range(phase.first, phase.last - 1, -phase.every):
        day = _END - timedelta(days=days_before)
        if phase.at_weekends or day.weekday() < 5:  # noqa: PLR2004  # Monday to Friday
            yield from _runs_of_a_day(phase, day, chance)


def _runs_of_a_day(phase: Phase, day: datetime, chance: random.Random) -> Iterator[dict[str, object]]:
    start = day + timedelta(hours=phase.starts_at, minutes=chance.randrange(5))
    for _ in range(phase.runs_a_day):
        end = start + timedelta(seconds=round(phase.minutes * 60 * chance.uniform(0.85, 1.0)))
        status = "failed" if phase.status == "succeeded" and chance.random() < phase.failing else phase.status
        yield _run(phase, start, end, status, chance)
        start = end + timedelta(minutes=_PAUSE_MINUTES)


def _run(phase: Phase, start: datetime, end: datetime, status: str, chance: random.Random) -> dict[str, object]:
    speed, seconds = phase.speed, (end - start).total_seconds()
    units = speed.per_second * seconds * chance.lognormvariate(0, _SPREAD)
    return {
        "started_at": _written(start),
        "ended_at": _written(end),
        "units": max(1, round(units)) if status == "succeeded" else 0,
        **{field.name: getattr(speed.machine, field.name) for field in fields(Machine)},
        "node_count": speed.node_count,
        "precision": speed.precision,
        "batch_size": speed.batch_size or "",
        "memory_used_gib": speed.memory_used_gib or "",
        "status": status,
        "stage": phase.stage,
    }


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def main(folder: Path = Path(__file__).parent) -> None:
    """Write `sample_runs.csv` and `sample_sources.csv` into `folder`."""
    _write(folder / "sample_runs.csv", sample_runs())
    _write(folder / "sample_sources.csv", sample_sources())


def _write(path: Path, rows: Iterable[dict[str, object]]) -> None:
    listed = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(listed[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(listed)


if __name__ == "__main__":
    main()
