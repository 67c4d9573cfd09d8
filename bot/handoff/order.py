"""What is handed over, and what comes out."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from engine import OfferedDocument

__all__ = ["Order", "Snippet"]

_NAMED = re.compile(r"(?P<model>.+?)-(?P<memory>(?:\d+x)?\d+GB)(?:-(?P<form>.+))?")
_UNSPECIFIED = "unspecified"  # price lists say so where a provider names no region
# "4x A100 (80 GB)" is a line of a price list, no type. As a label of Kubernetes a name has at most 63 characters.
_API_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._+-]{0,61}[A-Za-z0-9])?")
_PAID = {"standard": "on-demand", "dynamic": "spot", "committed": "reserved"}


@dataclass(frozen=True, slots=True)
class Snippet:
    """A patch: its text, the name of a file to keep it in, and the command that uses it."""

    text: str
    filename: str
    command: str


@dataclass(frozen=True, slots=True)
class Order:
    """A configuration to be run. None: not known, or left to the tool. Counts are per node; the price is too."""

    workload: str
    provider: str | None
    region: str | None
    instance_type: str | None
    accelerator: str
    accelerator_count: int
    node_count: int
    pricing_category: str | None
    term: str | None
    price_usd_per_hour: float | None
    precision: str | None = None
    batch_size: float | None = None

    @classmethod
    def of(cls, workload: str, configuration: OfferedDocument) -> Self:
        """From the configuration of an advice document."""
        placed: OfferedDocument = {**configuration}
        if placed["region"] == _UNSPECIFIED:
            placed["region"] = None
        return cls(workload, **placed)

    @property
    def environment(self) -> dict[str, str]:
        """What the task itself has to heed, for it to read: no tool has a word for precision or batch size."""
        batch = None if self.batch_size is None else f"{Decimal(str(self.batch)):f}"  # a shell knows no exponents
        found = {"GPU_ADVISE_PRECISION": self.precision, "GPU_ADVISE_BATCH_SIZE": batch}
        return {name: value for name, value in found.items() if value is not None}

    @property
    def batch(self) -> float | None:
        """The batch size, a whole number where it is one."""
        is_whole = self.batch_size is not None and float(self.batch_size).is_integer()
        return int(self.batch_size or 0) if is_whole else self.batch_size

    @property
    def is_spot(self) -> bool:
        """Whether the provider may take the machines back."""
        return self.pricing_category == "dynamic"

    @property
    def is_amd(self) -> bool:
        """Whether the accelerators are AMD's; every other one is NVIDIA's."""
        return self.accelerator.startswith("MI")

    @property
    def model(self) -> str:
        """The accelerator without its memory and form: `A100` of `A100-80GB-PCIe`."""
        found = _NAMED.fullmatch(self.accelerator)
        return found["model"] if found else self.accelerator

    @property
    def memory(self) -> str | None:
        """The memory in the accelerator's name: `80GB`."""
        found = _NAMED.fullmatch(self.accelerator)
        return found["memory"] if found else None

    @property
    def machine_type(self) -> str | None:
        """The instance type where it is a name that an API takes; Google's `n1-highmem-16+2xT4` without its GPUs."""
        name = self.instance_type or ""
        return name.partition("+")[0] if _API_NAME.fullmatch(name) else None

    @property
    def place(self) -> str | None:
        """The region where it is a name that an API takes."""
        return self.region if _API_NAME.fullmatch(self.region or "") else None

    @property
    def has_attached_accelerators(self) -> bool:
        """Whether the GPUs are attached to a machine type that has none of its own (Google's N1)."""
        return "+" in (self.instance_type or "")

    @property
    def summary(self) -> str:
        """The whole on one line, as it was said on the card."""
        nodes = f"{self.node_count} nodes of " if self.node_count > 1 else ""
        paid = " ".join(word for word in (_PAID.get(self.pricing_category or ""), self.term) if word)
        where = " ".join(word for word in (self.provider, self.instance_type) if word)
        price = None if self.price_usd_per_hour is None else f"${self.price_usd_per_hour:,.4g}/h a node"
        rented = f"{nodes}{self.accelerator_count} x {self.accelerator}"
        return ", ".join(part for part in (rented, where, self.region, paid, price) if part)
