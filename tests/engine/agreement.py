"""Where the search and trying everything differ: nowhere, which is what the tests and the long proof ask of it."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from engine.catalog import Offer
from engine.certificate import certify
from engine.search import Candidates, Points, candidates_of, find_points, frontier_of, shortlist
from engine.space import Space, Usable, index
from engine.strategy import best
from engine.units import OBJECTIVES, Objective
from engine.workload import Filters
from tests.engine import brute_force
from tests.engine.brute_force import Candidate, Instance
from tests.engine.instances import (
    Table,
    limits_of,
    random_filters,
    random_instance,
    random_limits,
    shapes_of,
    space_of,
    speeds_of,
)

Answer = tuple[Offer, int, int, float, float]  # offer, nodes, way, USD per hour, units per hour


@dataclass(frozen=True)
class Asked:
    """One question as the engine sees it: the points that are feasible, in a space, under what may be rented."""

    instance: Instance
    space: Space
    usable: Usable
    points: Points

    @classmethod
    def alone(cls, instance: Instance) -> "Asked":
        """A question with a catalogue of its own."""
        space = space_of(instance)
        listed = shortlist(candidates_of(space, speeds_of(instance, space)), limits_of(instance))
        return cls(instance, space, space.usable, find_points(listed, space.usable))

    def answer(self, objective: Objective) -> Answer | None:
        """What the engine picks, by content."""
        if not len(self.points):
            return None
        position = best(objective, self.points, self.instance.value_of_time)
        place, shape = _shape_at(self, int(self.points.shape[position]))
        row = self.usable.cheapest_row(place, shape[1] * shape[3])
        usd, speed = float(self.points.usd_per_hour[position]), float(self.points.units_per_hour[position])
        return self.space.index.offer(row), shape[3], shape[4], usd, speed


def _shape_at(asked: Asked, position: int) -> tuple[int, brute_force.Shape]:
    _, n_nodes, n_ways = asked.space.size
    place = int(asked.space.usable.classes[position // (n_nodes * n_ways)])
    return place, shapes_of(asked.instance, asked.space)[position]


def content(found: Candidate | None) -> Answer | None:
    """What trying everything picks, in the same terms."""
    return None if found is None else (found.offer, found.nodes, found.way, found.usd_per_hour, found.units_per_hour)


def differences(instance: Instance) -> list[str]:
    """What differs in one question: an optimum, the frontier, a count of the certificate."""
    everything, asked = brute_force.candidates(instance), Asked.alone(instance)
    optima = {name: content(brute_force.optimum(instance, name, everything)) for name in OBJECTIVES}
    found: list[str] = [name for name in OBJECTIVES if asked.answer(name) != optima[name]]
    if _frontier(asked.points) != brute_force.frontier(_feasible(everything)):
        found.append("frontier")
    speeds = speeds_of(instance, asked.space)
    certificate = certify(asked.space, speeds, limits_of(instance), 0.0)
    counted = (certificate.configurations, certificate.feasible, dict(certificate.excluded))
    return found if counted == brute_force.count(everything) else [*found, "certificate"]


def _frontier(points: Points) -> list[tuple[float, float]]:
    kept = points.take(frontier_of(points))
    return list(zip(kept.usd_per_hour.tolist(), kept.units_per_hour.tolist(), strict=True))


def _feasible(everything: Sequence[Candidate]) -> list[tuple[float, float]]:
    return [(each.usd_per_hour, each.units_per_hour) for each in everything if each.excluded_by is None]


def random_fleet(seed: int | str) -> list[Instance]:
    """Workloads x policies over one catalogue: every workload is asked under every policy's filters and limits."""
    rng = random.Random(seed)
    like = random_instance(f"{seed}/catalogue")
    names = sorted({offer.accelerator for offer in like.catalog.offers})
    policies = [(random_filters(rng, names), random_limits(rng)) for _ in range(rng.randint(2, 4))]
    workloads = [(Table(rng), rng.choice((None, None, 0.5, 40.0))) for _ in range(rng.randint(1, 3))]
    return [
        replace(like, ways=ways, value_of_time=waiting, filters=filters, limits=limits)
        for ways, waiting in workloads
        for filters, limits in policies
    ]


def fleet_differences(fleet: Sequence[Instance]) -> list[str]:
    """What differs in a fleet whose index, candidates and filters are each worked out once and shared."""
    return [
        f"{number}/{name}"
        for number, each in enumerate(_shared(fleet))
        for name in OBJECTIVES
        if each.answer(name) != content(brute_force.optimum(each.instance, name))
    ]


def _shared(fleet: Sequence[Instance]) -> Iterator[Asked]:
    prepared = index(fleet[0].catalog)
    whole = space_of(replace(fleet[0], filters=Filters()), prepared)
    known: dict[object, Candidates] = {}
    for instance in fleet:
        if instance.ways not in known:
            known[instance.ways] = candidates_of(whole, speeds_of(instance, whole))
        usable = prepared.usable(instance.filters)
        listed = shortlist(known[instance.ways], limits_of(instance))
        yield Asked(instance, whole, usable, find_points(listed, usable))
