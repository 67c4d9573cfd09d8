"""What the owner of a workload asks for, and the defaults of the workspace around it."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.units import SECONDS_PER_HOUR, Kind, PricingCategory, Stage

__all__ = ["Constraints", "Deadline", "Filters", "Policy", "Quota", "Workload"]


@dataclass(frozen=True, slots=True)
class Deadline:
    """So many units done by a time with a zone, running without a break from the moment of asking."""

    units: float
    at: datetime

    def least_units_per_hour(self, now: datetime) -> float:
        """The throughput that keeps it from `now` on.

        Raises:
            ValueError: the time has come, and no throughput keeps it.
        """
        left_seconds = (self.at - now).total_seconds()
        if left_seconds <= 0.0:
            raise ValueError(f"the deadline {self.at.isoformat()} has passed")
        return self.units * SECONDS_PER_HOUR / left_seconds


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
    deadline: Deadline | None = None  # asks for a floor: the higher of both binds

    def asked_at(self, now: datetime) -> "Constraints":
        """The same limits at a moment, with the floor that the deadline asks for then.

        Raises:
            ValueError: the deadline has passed.
        """
        if self.deadline is None:
            return self
        floor = max(self.deadline.least_units_per_hour(now), self.floor_units_per_hour or 0.0)
        return replace(self, floor_units_per_hour=floor, deadline=None)


@dataclass(frozen=True, slots=True)
class Quota:
    """At most so many accelerators in one configuration, over all its nodes, of the offers that it names; None: any."""

    max_accelerators: int
    provider: str | None = None
    region: str | None = None
    accelerator: str | None = None
    pricing_category: PricingCategory | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which offers may be used at all; an empty tuple allows every one. Quotas bound how many of an offer's nodes."""

    providers: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    pricing_categories: tuple[PricingCategory, ...] = ()
    terms: tuple[str, ...] = ()
    accelerators: tuple[str, ...] = ()
    quotas: tuple[Quota, ...] = ()  # every one that names an offer binds it


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
    price_noise: float = 0.03  # from one day to the next prices move this far up or down without meaning anything
    switching_hours: float = 4.0  # of an engineer, to move one workload to another configuration
    usd_per_engineering_hour: float = 100.0
    production_pricing_categories: tuple[PricingCategory, ...] = ()  # where nobody asks for any; (): all

    @property
    def switching_usd(self) -> float:
        """What moving one workload costs, once."""
        return self.switching_hours * self.usd_per_engineering_hour

    @property
    def price_band(self) -> float:
        """How far a ratio of two prices may be off, either way, when each is off by `price_noise`."""
        return (1.0 + self.price_noise) / (1.0 - self.price_noise)
