"""What an organisation's runs have taught: the model that predictions start from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any, Self

import numpy as np

from engine.scales import PHYSICS, Scales
from engine.units import Floats

__all__ = ["Model", "Sums"]


@dataclass(frozen=True, eq=False, slots=True)
class Sums:
    """What workloads add up to about p slopes and g effects: the sufficient statistics of a linear regression.

    With design X (n, p + g), residuals r (n,) from the expected slopes, and the covariance S (n, n) of what is a
    workload's own at unit noise: `gathered` is X' S^-1 X, `learned` X' S^-1 r, `squares` r' S^-1 r, `freedom` the
    number of measurements less one a workload, which its level takes, and `workloads` how many had any freedom.
    """

    gathered: Floats
    learned: Floats
    squares: float
    freedom: float
    workloads: float

    @classmethod
    def none(cls, size: int) -> Self:
        """What no workload adds about `size` unknowns."""
        return cls(np.zeros((size, size)), np.zeros(size), 0.0, 0.0, 0.0)

    def plus(self, other: Self, weight: float = 1.0) -> Self:
        """These and `weight` times the `other`; a weight of -1 takes back."""
        pairs = ((getattr(self, field.name), getattr(other, field.name)) for field in fields(self))
        return type(self)(*(ours + weight * theirs for ours, theirs in pairs))

    def limited(self, workloads: float) -> Self:
        """These, weighed down to what `workloads` of their kind would teach where there are more."""
        weight = workloads / max(self.workloads, workloads)
        return type(self)(*(weight * getattr(self, field.name) for field in fields(self)))


@dataclass(frozen=True, eq=False)
class Model:
    """What an organisation's workloads add up to, over the slopes and then the effects of its `accelerators`.

    `noise` is the organisation's scale of what is a workload's own, `widening` how much wider than Gaussian intervals
    must be because that scale is itself uncertain. `taught_by` has the digests of the observations behind the sums,
    so that no workload is taken as evidence for itself.
    """

    scales: Scales
    accelerators: tuple[str, ...]
    sums: Sums
    noise: float
    widening: float
    taught_by: frozenset[str]

    @cached_property
    def version(self) -> str:
        """Twelve hexadecimal digits over everything that predictions depend on."""
        return hashlib.sha256(json.dumps(self.as_document(), sort_keys=True).encode()).hexdigest()[:12]

    def as_document(self) -> dict[str, Any]:
        """JSON-able, equal for equal models."""
        return {
            "scales": asdict(self.scales),
            "accelerators": list(self.accelerators),
            "gathered": self.sums.gathered.tolist(),
            "learned": self.sums.learned.tolist(),
            "squares": self.sums.squares,
            "freedom": self.sums.freedom,
            "workloads": self.sums.workloads,
            "noise": self.noise,
            "widening": self.widening,
            "taught_by": sorted(self.taught_by),
        }

    @staticmethod
    def is_current(document: Mapping[str, Any]) -> bool:
        """Whether this version of the engine, with its features and constants, fitted what `document` holds."""
        return bool(document.get("scales") == json.loads(json.dumps(asdict(PHYSICS))))

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """What `as_document` wrote, equal to the last bit.

        Raises:
            KeyError, TypeError, ValueError: another version of the engine wrote it; see `is_current`.
        """
        scales: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in document["scales"].items()
        }
        gathered, learned = (np.array(document[name], dtype=np.float64) for name in ("gathered", "learned"))
        return cls(
            scales=Scales(**scales),
            accelerators=tuple(document["accelerators"]),
            sums=Sums(gathered, learned, *(document[name] for name in ("squares", "freedom", "workloads"))),
            noise=document["noise"],
            widening=document["widening"],
            taught_by=frozenset(document["taught_by"]),
        )
