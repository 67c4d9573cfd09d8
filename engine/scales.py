"""The constants of the performance model: what physics expects, and how far reality strays from it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from math import isfinite
from typing import Any, Self

__all__ = ["PHYSICS", "Scales"]


@dataclass(frozen=True, slots=True)
class Scales:
    """Slopes of log throughput in the order of FEATURES, and standard deviations in natural log units.

    `slopes` is the prior mean; `organisation` says how far an organisation's slopes stray from it, `workload` how far a
    workload's stray from its organisation's. What is a workload's own (`workload`, `workload_architecture`,
    `workload_accelerator`, `configuration`) is in units of its organisation's noise, itself 1 give or take a factor of
    exp(`noise`).
    """

    slopes: tuple[float, ...]
    organisation: tuple[float, ...]
    workload: tuple[float, ...]
    level: float  # a workload's own unit of work: as good as unknown
    architecture: float  # how far an organisation's parts of one architecture stray together from their spec sheets
    accelerator: float  # and each of them by itself
    workload_architecture: float  # one workload on the parts of one architecture
    workload_accelerator: float  # on one part
    configuration: float  # one workload on one configuration
    counted: float  # workloads' worth of evidence at most for medians: variants of one model teach the same thing
    independent: float  # and for how certain they make an organisation's slopes and effects
    noise: float  # of the logarithm of an organisation's noise
    alike: float  # of the distance of two levels: workloads as fast as this one teach it more than others do
    stranger: float  # what a workload of quite another level or unit teaches, in proportion
    freedom: float  # how firmly a workload is held to its organisation's noise: in measurements of its own
    run: float  # one run against the next on the same configuration
    undivided: float  # share of token workloads that more accelerators make no faster
    host_bound: float  # share of other workloads that other accelerators make no faster
    foreseen: float  # in workloads that told: how firmly these shares are believed of an organisation

    @staticmethod
    def shipped() -> "Scales":
        """The constants that the project fitted."""
        return PHYSICS

    def as_document(self) -> dict[str, Any]:
        """JSON-able: one number or one list of numbers a constant."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """What `as_document` wrote.

        Raises:
            ValueError: naming the constants that are missing, unknown, no numbers, or no shares where they should be.
        """
        odd = {field.name for field in fields(cls)} ^ set(document)
        if odd:
            raise ValueError(f"{', '.join(sorted(odd))}: missing, or of another version")
        stated: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in document.items()
        }
        for name, value in stated.items():
            _check(name, value)
        return cls(**stated)


def _check(name: str, value: Any) -> None:
    """That a constant is one a model can be made of."""
    numbers = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(each, int | float) and isfinite(each) for each in numbers):
        raise ValueError(f"{name} is not made of numbers")
    if isinstance(value, tuple) != (name in _BY_FEATURE) or len(numbers) != (len(_TABLE) if name in _BY_FEATURE else 1):
        raise ValueError(f"{name} has not as many numbers as it should")
    if name in _SHARES and not 0.0 <= value < 1.0:
        raise ValueError(f"{name} is a share of workloads: from 0 to less than 1")
    if name in _DIVISORS and value <= 0.0:
        raise ValueError(f"{name} has to be more than 0")


# feature: slope expected, straying of an organisation, straying of a workload. Nodes, batch and activity are physics'
# guesses: the measurements behind the others ran on one node, compare no batches and come without telemetry.
_TABLE = {
    "compute": (0.25, 0.034, 0.069),
    "bandwidth": (0.40, 0.107, 0.13),
    "fp32": (0.08, 0.057, 0.051),
    "year": (0.02, 0.011, 0.02),
    "strength": (1.00, 0.20, 0.20),
    "count": (0.89, 0.15, 0.036),
    "ring": (0.00, 0.028, 0.02),
    "poor_link": (-0.04, 0.021, 0.017),
    "nodes": (-0.05, 0.07, 0.10),
    "batch": (0.30, 0.21, 0.20),
    "decoding_count": (-0.75, 0.075, 0.30),
    "decoding_balance": (0.20, 0.122, 0.12),
    "busy_compute": (0.70, 0.30, 0.20),
    "busy_bandwidth": (0.70, 0.30, 0.20),
}
_BY_FEATURE, _SHARES = frozenset({"slopes", "organisation", "workload"}), ("undivided", "host_bound")
_DIVISORS = ("level", "configuration", "counted", "independent", "noise", "alike", "freedom", "foreseen")
_SLOPES, _ORGANISATION, _WORKLOAD = zip(*_TABLE.values(), strict=True)

PHYSICS = Scales(
    slopes=_SLOPES,
    organisation=_ORGANISATION,
    workload=_WORKLOAD,
    level=10.0,
    architecture=0.10,
    accelerator=0.10,
    workload_architecture=0.13,
    workload_accelerator=0.08,
    configuration=0.085,
    counted=5.0,
    independent=3.0,
    noise=0.36,
    alike=1.0,
    stranger=0.03,
    freedom=6.0,
    run=0.03,
    undivided=0.30,
    host_bound=0.03,
    foreseen=1.0,
)
