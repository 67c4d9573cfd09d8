"""How the numbers of one workload are written, so that any two of them on a card compare at a glance."""

from dataclasses import dataclass
from typing import Self

from bot.views.numbers import (
    cost_per_unit,
    cost_per_unit_range,
    duration,
    duration_range,
    plural,
    singular,
    throughput,
    throughput_range,
)
from engine import AdviceDocument, IntervalDocument

__all__ = ["Measure"]


@dataclass(frozen=True, slots=True)
class Measure:
    """The unit of work, and the cost and the throughput that decide the scale; None: each number decides for itself."""

    unit: str
    usd: float | None = None
    per_hour: float | None = None

    @classmethod
    def of(cls, document: AdviceDocument) -> Self:
        """By the cheapest unit and the fastest configuration of an advice document."""
        picks = [pick for pick in document["objectives"].values() if "infeasible" not in pick]
        costs: list[float | None] = [pick["usd_per_unit"]["p50"] for pick in picks]
        speeds = [pick["units_per_hour"]["p50"] for pick in picks]
        if document["current"]:
            costs.append(document["current"]["usd_per_unit"])
            speeds.append(document["current"]["units_per_hour"]["p50"])
        return cls(document["unit"], min(filter(None, costs), default=None), max(speeds, default=None))

    @property
    def one(self) -> str:
        """One unit."""
        return singular(self.unit)

    @property
    def several(self) -> str:
        """Several units."""
        return plural(self.unit)

    def speed(self, per_hour: float) -> str:
        """A throughput."""
        return throughput(per_hour, self.unit, self.per_hour)

    def speeds(self, interval: IntervalDocument) -> str:
        """A throughput with its 90 % interval."""
        low, middle, high = interval["p05"], interval["p50"], interval["p95"]
        return f"{self.speed(middle)} ({throughput_range(low, high, middle, self.per_hour)})"

    def waits(self, interval: IntervalDocument) -> str:
        """The time one unit takes, with its 90 % interval."""
        return f"{duration(interval['p50'])} per {self.one} ({duration_range(interval['p05'], interval['p95'])})"

    def cost(self, usd: float | None) -> str:
        """A cost per unit."""
        return cost_per_unit(usd, self.unit, self.usd) if usd is not None else "cost per unit unknown"

    def costs(self, interval: IntervalDocument) -> str:
        """A cost per unit with its 90 % interval."""
        like = interval["p50"] if self.usd is None else self.usd
        return f"{self.cost(interval['p50'])} ({cost_per_unit_range(interval['p05'], interval['p95'], like)})"
