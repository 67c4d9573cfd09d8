"""What an organisation's runs have taught: the model that predictions start from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from engine.scales import Scales
from engine.units import Floats

__all__ = ["Model"]


@dataclass(frozen=True, eq=False)
class Model:
    """A Gaussian over the organisation's slopes and the effects of its accelerators, in information form.

    With p slopes and g `accelerators`: `precision` is (p + g, p + g), the inverse covariance; `information` (p + g,) is
    `precision @ mean`. Both are sums of the prior and of one contribution a workload. `taught_by` has the digests of
    the observations behind it, so that a workload is never counted as evidence for itself.
    """

    scales: Scales
    accelerators: tuple[str, ...]
    precision: Floats
    information: Floats
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
            "precision": self.precision.tolist(),
            "information": self.information.tolist(),
            "taught_by": sorted(self.taught_by),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """What `as_document` wrote, equal to the last bit."""
        scales: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in document["scales"].items()
        }
        return cls(
            scales=Scales(**scales),
            accelerators=tuple(document["accelerators"]),
            precision=np.array(document["precision"], dtype=np.float64),
            information=np.array(document["information"], dtype=np.float64),
            taught_by=frozenset(document["taught_by"]),
        )
