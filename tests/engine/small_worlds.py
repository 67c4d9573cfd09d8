"""Small worlds for the tests of judgement: a few machines whose predicted speeds are stated, not fitted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from engine.accelerators import Accelerators
from engine.advice import Infeasible
from engine.catalog import Catalog
from engine.fit import fit
from engine.history import History, Run
from engine.observations import observe
from engine.outlook import Outlook
from engine.picks import Found, find
from engine.prediction import Component, Prediction
from engine.recommend import recommend
from engine.shapes import Shapes
from engine.space import CatalogIndex, Space, index
from engine.strategy import Today
from engine.units import EVIDENCES, Evidence, Integers, Objective
from engine.workload import Filters, Policy, Workload
from tests.engine.instances import offer, sheet

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
NOW = START + timedelta(days=7)


@dataclass(frozen=True)
class Machine:
    """One class of offers: an accelerator by itself, its price, and what is believed of its speed."""

    name: str
    usd_per_hour: float
    units_per_hour: float
    log_sd: float = 0.1
    evidence: Evidence = "scaled"
    fits: bool = True
    memory_needed_gib: float = math.nan
    memory_gib: float = 80.0
    provider: str = "aws"
    region: str = "east"
    count: int = 1


def machines(*rows: tuple[str, float, float], **same: Any) -> list[Machine]:
    """(name, USD per hour, units per hour) each."""
    return [Machine(*row, **same) for row in rows]


def outlook_of(known: Sequence[Machine], today: Machine | None = None, n_nodes: int = 1) -> Outlook:
    """What a model would say of `known`; `today` is what runs now, by default the first."""
    sheets = Accelerators(sheet(name, memory_gib=gib) for name, gib in {m.name: m.memory_gib for m in known}.items())
    offers = [
        offer(
            machine.name,
            machine.usd_per_hour,
            provider=machine.provider,
            region=machine.region,
            accelerator_count=machine.count,
            instance_type=f"{machine.name}.x{machine.count}",
        )
        for machine in known
    ]
    prepared = index(Catalog.of(offers, sheets))
    nodes = np.arange(1, n_nodes + 1)
    space = Space(prepared, prepared.usable(Filters()), nodes, np.array([-1]), np.array([np.nan]))
    by_class = {(m.name, m.count): m for m in known}
    shapes = space.shapes()
    names = list(sheets)
    told = [by_class[names[a], int(c)] for a, c in zip(shapes.accelerator, shapes.accelerator_count, strict=True)]
    told.append(today or known[0])
    now = shapes.take(np.array([0]))
    joined = Shapes(*(np.concatenate([getattr(shapes, f), getattr(now, f)]) for f in Shapes.__dataclass_fields__))
    scale = np.append(shapes.node_count, 1)
    return _outlook(space, joined, _prediction(told, scale))


def _prediction(told: Sequence[Machine], scale: Integers) -> Prediction:
    medians = np.log(np.array([m.units_per_hour for m in told]) * scale)
    alone = Component("usual", 1.0, medians, np.zeros((len(told), 1)), np.array([m.log_sd**2 for m in told]))
    return Prediction(
        components=(alone,),
        evidence=np.array([EVIDENCES.index(m.evidence) for m in told]),
        fits=np.array([m.fits for m in told]),
        memory_needed_gib=np.array([m.memory_needed_gib for m in told]),
    )


def _outlook(space: Space, shapes: Shapes, prediction: Prediction) -> Outlook:
    return Outlook(space, shapes, prediction, *(np.exp(prediction.quantile(q)) for q in (0.05, 0.5, 0.95)))


def found_in(
    outlook: Outlook,
    objective: Objective,
    workload: Workload | None = None,
    today: Today | None = None,
    policy: Policy | None = None,
) -> Found:
    """The search result, which must be feasible."""
    found = search_in(outlook, objective, workload, today, policy)
    assert isinstance(found, Found)
    return found


def search_in(
    outlook: Outlook,
    objective: Objective,
    workload: Workload | None = None,
    today: Today | None = None,
    policy: Policy | None = None,
) -> Found | Infeasible:
    """The search result; by default nothing is asked and today is slow and dear enough to bind nothing."""
    nobody = Today(units_per_hour=1e-6, usd_per_hour=1e6, largest_accelerators=1)
    return find(objective, outlook, workload or Workload("w"), today or nobody, policy or Policy())


def run(number: int, accelerator: str = "A10G", **changes: Any) -> Run:
    """One successful hour of ten units, at nine o'clock of day `number`."""
    began = START + timedelta(days=number)
    made = Run("video-gen", f"r{number}", began, began + timedelta(hours=1), 10.0, accelerator, 1, unit="clip")
    return replace(made, **changes)


SHEETS = Accelerators(
    [
        sheet("A10G", memory_gib=24.0, memory_bandwidth_gb_per_s=600.0, fp32_tflops=31.0, fp16_tflops=70.0),
        sheet("L40S", memory_gib=48.0, memory_bandwidth_gb_per_s=864.0, fp32_tflops=91.0, fp16_tflops=362.0),
        sheet("H100", memory_gib=80.0, memory_bandwidth_gb_per_s=3350.0, fp32_tflops=67.0, fp16_tflops=989.0),
    ]
)
OFFERS = [
    offer("A10G", 1.0, instance_type="g5.xlarge"),
    offer("A10G", 0.4, instance_type="g5.xlarge", pricing_category="dynamic"),
    offer("A10G", 4.0, instance_type="g5.12xlarge", accelerator_count=4),
    offer("L40S", 1.9, provider="gcp", region="west", instance_type="l40s"),
    offer("H100", 4.0, provider="lambda", instance_type="h100"),
    offer("H100", 30.0, provider="lambda", instance_type="h100x8", accelerator_count=8),
]


def catalog_index(*more: Any) -> CatalogIndex:
    """The small price list, and `more` offers."""
    return index(Catalog.of([*OFFERS, *more], SHEETS))


def advise(runs: Sequence[Run], workload: Workload | None = None, **changes: Any) -> Any:
    """The real thing: observe, fit, recommend."""
    history = History.of("video-gen", runs)
    observations = observe(history, SHEETS)
    given: dict[str, Any] = {"index": catalog_index(), "policy": Policy(), "now": NOW} | changes
    model = fit([observations], SHEETS)
    return recommend(workload or Workload("video-gen"), history, observations, model, **given)
