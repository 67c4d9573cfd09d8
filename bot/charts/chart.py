"""What a chart shows, in words and numbers that are ready to be drawn."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Axis", "Chart", "Hue", "Mark", "Spot"]

Hue: TypeAlias = Literal["cost", "value", "performance", "today"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the chart; both are more than 0."""

    seconds_per_unit: float
    usd_per_unit: float


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that is named in the chart: a pick or today.

    `interval` is the two ends of its 90 % interval: at one price, time and cost per unit rise and fall together.
    """

    hue: Hue
    title: str
    subtitle: str
    at: Spot
    interval: tuple[Spot, Spot] | None
    is_recommended: bool = False
    is_verified: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """A logarithmic axis: what it measures, from where to where, and which of its values are written out."""

    title: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Cost per unit (`up`) against time per unit (`across`)."""

    across: Axis
    up: Axis
    frontier: tuple[Spot, ...]
    marks: tuple[Mark, ...]
    note: str
