"""What decides throughput, as columns: the question that the search puts to the model."""

from dataclasses import dataclass, fields
from typing import Self

from engine.units import Floats, Integers

__all__ = ["Shapes"]


@dataclass(frozen=True, eq=False, slots=True)
class Shapes:
    """(n,) each: everything about a configuration that its speed depends on; price is not here.

    `accelerator` indexes the catalogue's spec sheets in their order, `precision` indexes PRECISIONS (-1: as today),
    `accelerator_count` is per node, `batch_size` is global (NaN: as today, in proportion to the count). Today is the
    workload's most recent successful run. NaN elsewhere: unknown.
    """

    accelerator: Integers
    accelerator_count: Integers
    node_count: Integers
    interconnect_gbps: Floats
    precision: Integers
    batch_size: Floats

    def __len__(self) -> int:
        return len(self.accelerator)

    @property
    def total(self) -> Integers:
        """(n,) accelerators over all nodes."""
        return self.accelerator_count * self.node_count

    def take(self, rows: Integers) -> Self:
        """The shapes at `rows`, in that order."""
        return type(self)(*(getattr(self, field.name)[rows] for field in fields(self)))
