"""What the owner of a workload asks for, and the defaults of the workspace around it."""

from dataclasses import dataclass, field

from engine.units import Kind, PricingCategory, Stage

__all__ = ["Constraints", "Filters", "Policy", "Workload"]


@dataclass(frozen=True, slots=True)
class Constraints:
    """Limits that bind all three objectives; None: not asked for, the default of its kind applies."""

    floor_units_per_hour: float | None = None
    max_seconds_per_unit: float | None = None
    max_usd_per_day: float | None = None
    max_usd_per_unit: float | None = None
    max_accelerators: int | None = None  # over all nodes
    max_nodes: int | None = None
    memory_required_gib: float | None = None  # per accelerator
    confidence: float | None = None  # keep each constraint with this probability; None: at the median


@dataclass(frozen=True, slots=True)
class Filters:
    """Which offers may be used at all; an empty tuple allows every one."""

    providers: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    pricing_categories: tuple[PricingCategory, ...] = ()
    terms: tuple[str, ...] = ()
    accelerators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workload:
    """One workload and what is asked about it. `stage` and `kind` are tags; None: infer them from history."""

    name: str
    stage: Stage | None = None
    kind: Kind | None = None
    is_critical: bool = False
    value_of_time_usd_per_hour: float | None = None
    constraints: Constraints = field(default_factory=Constraints)
    filters: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class Policy:
    """A workspace's defaults, which its administrators can change."""

    guardrail_factor: float = 1.10  # performance may cost this much of today's USD per unit
    max_accelerators: int = 8
    max_nodes: int = 1
    flat_below: float = 0.10  # spread of cost per unit that still counts as flat
    worth_moving_factor: float = 1.10  # a finding must bring this much more work, or save this much money
    stale_prices_after_days: int = 90
    lookback_days: int = 30
