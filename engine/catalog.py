"""What can be rented, where, and at what price."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from engine.accelerators import Accelerators
from engine.units import PricingCategory

__all__ = ["Catalog", "Offer"]


@dataclass(frozen=True, slots=True)
class Offer:
    """One price of one machine. `accelerator_count` is per node; money is US dollars per node and hour."""

    provider: str
    region: str
    instance_type: str
    accelerator: str
    accelerator_count: int
    accelerator_memory_gib: float
    vcpus: float | None
    memory_gib: float | None
    interconnect_gbps: float | None
    pricing_category: PricingCategory
    term: str | None
    price_usd_per_hour: float
    as_of: datetime
    source: str


@dataclass(frozen=True)
class Catalog:
    """The offers of one day and the spec sheets they refer to; equal content has an equal `version`."""

    offers: tuple[Offer, ...]
    accelerators: Accelerators

    @classmethod
    def of(cls, offers: Iterable[Offer], accelerators: Accelerators) -> "Catalog":
        """The catalogue of `offers`, each with a known accelerator.

        Raises:
            UnknownAccelerator: an offer names a part without a spec sheet.
        """
        kept = tuple(offers)
        for name in {offer.accelerator for offer in kept}:
            accelerators.resolve(name)
        return cls(kept, accelerators)

    @cached_property
    def version(self) -> str:
        """Twelve hexadecimal digits over every offer and spec sheet, in their order."""
        digest = hashlib.sha256()
        for row in (*self.offers, *self.accelerators.values()):
            digest.update(repr(row).encode())
        return digest.hexdigest()[:12]
