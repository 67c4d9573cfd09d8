"""One question to the engine, at each of the sizes that are compared."""

from dataclasses import dataclass

from engine.search import Candidates, Limits, Points, cheapest, fastest, find_points, shortlist
from engine.space import CatalogIndex, Usable
from engine.strategy import value_of
from engine.workload import Filters
from tests.benchmarks.made_up import SIZES, Speed, learn, limits_of
from tests.benchmarks.rivals import VALUE_OF_TIME, Answer

__all__ = ["Question", "ask", "read"]


def ask(known: Candidates, usable: Usable, limits: Limits) -> Answer:
    """One question to the engine: three exact optima."""
    return read(find_points(shortlist(known, limits), usable))


def read(points: Points) -> Answer:
    """What a question wants of the points: USD per hour and units per hour of each optimum."""
    picks = (cheapest(points), fastest(points), value_of(points, VALUE_OF_TIME))
    pairs = [(float(points.usd_per_hour[pick]), float(points.units_per_hour[pick])) for pick in picks]
    return (*pairs[0], *pairs[1], *pairs[2])


@dataclass(frozen=True, eq=False)
class Question:
    """A size of the space with a made-up workload in it."""

    name: str
    prepared: CatalogIndex
    speed: Speed
    limits: Limits
    known: Candidates

    @classmethod
    def of(cls, name: str, prepared: CatalogIndex) -> "Question":
        """The workload of that size over `prepared`."""
        speed = Speed.of(prepared, *SIZES[name])
        return cls(name, prepared, speed, limits_of(speed, prepared), learn(speed, prepared))

    @property
    def size(self) -> int:
        """How many configurations it implies."""
        return len(self.prepared.prices) * self.speed.base.size // len(self.speed.base) * len(self.speed.curve)

    def ask(self, prepared: CatalogIndex, filters: Filters) -> Answer:
        """The engine's answer, by an index that may know the filters or not."""
        return ask(self.known, prepared.usable(filters), self.limits)
