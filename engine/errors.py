"""What can go wrong in the engine, as a small tree that carries its data.

EngineError
├── UnknownAccelerator(name, closest)
├── InvalidRow(column, reason)
└── MixedUnits(workload, units)
"""

__all__ = ["EngineError", "InvalidRow", "MixedUnits", "UnknownAccelerator"]


class EngineError(Exception):
    """Root of every error that the engine raises on purpose."""


class UnknownAccelerator(EngineError):
    """A name that no spec sheet and no alias has; `closest` holds the nearest known names, best first."""

    def __init__(self, name: str, closest: tuple[str, ...]) -> None:
        self.name, self.closest = name, closest
        hint = f"; did you mean {', '.join(closest)}?" if closest else ""
        super().__init__(f"unknown accelerator {name!r}{hint}")


class InvalidRow(EngineError):
    """A value that breaks the contract: which column, and why."""

    def __init__(self, column: str, reason: str) -> None:
        self.column, self.reason = column, reason
        super().__init__(f"{column}: {reason}")


class MixedUnits(EngineError):
    """One workload, runs counted in two units: their throughput cannot be compared."""

    def __init__(self, workload: str, units: tuple[str, ...]) -> None:
        self.workload, self.units = workload, units
        super().__init__(f"workload {workload!r} counts its work in {', '.join(units)}; one workload has one unit")
