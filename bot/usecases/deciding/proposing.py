"""What an approval would change: one configuration of an advice, at the price that it has at this moment."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from bot.configurations import OFFERED, rented
from bot.documents import Forecast
from bot.store import Scope, workloads
from bot.store.advices import StoredAdvice
from bot.usecases.asking.advise import answer
from bot.usecases.asking.reading import Question
from bot.usecases.room import Room
from bot.usecases.workspace.permissions import Change
from engine import (
    OBJECTIVES,
    Advice,
    AdviceDocument,
    CatalogIndex,
    CurrentDocument,
    Filters,
    IntervalDocument,
    Objective,
    OfferedDocument,
    PickDocument,
    PredictedDocument,
    PredictionDocument,
    RentedDocument,
    as_document,
    pick_of,
)

__all__ = ["Proposal", "price_now", "propose", "propose_trial", "recommended"]

_HOURS = 24.0
_NEVER: IntervalDocument = {"p05": 0.0, "p50": 0.0, "p95": 0.0}
_NOTHING: Forecast = {
    "units_per_hour": _NEVER,
    "seconds_per_unit": _NEVER,
    "usd_per_day": 0.0,
    "usd_per_day_at_demand": None,
    "usd_per_unit": _NEVER,
    "evidence": None,
}
"""Of what is not on offer any more, and of which an advice holds no forecast."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One pick or fallback. `configuration` is in the shape of the contract, at today's price; None: not on offer.

    `forecast` is what was predicted of it, as of a pick, its money at that price. `choice` names it within its advice:
    an objective, or `fallback:2` for the third near-equal of the recommended pick.
    """

    choice: str
    objective: Objective | None
    advised: OfferedDocument
    configuration: OfferedDocument | None
    forecast: Forecast
    current: CurrentDocument | None

    @property
    def price_move(self) -> float:
        """Share by which the price has moved since the advice was given; 0.05: it is 5 % dearer now."""
        if self.configuration is None:
            return 0.0
        return self.configuration["price_usd_per_hour"] / self.advised["price_usd_per_hour"] - 1.0

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits over the configuration, its price and its forecast."""
        speeds = {name: f"{value:.6g}" for name, value in sorted(self.forecast["units_per_hour"].items())}
        bound = json.dumps([self.configuration, speeds], sort_keys=True)
        return hashlib.sha256(bound.encode()).hexdigest()[:16]

    @property
    def change(self) -> Change:
        """Against today; where today's price is not known, all of the new one counts as more."""
        today, usd_per_day = self.current, self.forecast["usd_per_day"]
        if today is None:
            return Change(usd_per_day, usd_per_day, 0.0)
        slower_by = 1.0 - self.forecast["units_per_hour"]["p50"] / today["units_per_hour"]["p50"]
        return Change(usd_per_day, usd_per_day - (today["usd_per_day"] or 0.0), slower_by)


class _Told(NamedTuple):
    """What was predicted of a configuration, on what evidence, and at what price per node and hour."""

    predicted: PredictedDocument
    evidence: str | None
    price: float

    def at(self, price: float) -> Forecast:
        """The same with its money at another price."""
        found, factor = self.predicted, price / self.price
        at_demand, each = found["usd_per_day_at_demand"], found["usd_per_unit"]
        return {
            "units_per_hour": found["units_per_hour"],
            "seconds_per_unit": found["seconds_per_unit"],
            "usd_per_day": found["usd_per_day"] * factor,
            "usd_per_day_at_demand": None if at_demand is None else at_demand * factor,
            "usd_per_unit": {"p05": each["p05"] * factor, "p50": each["p50"] * factor, "p95": each["p95"] * factor},
            "evidence": self.evidence,
        }


def propose(room: Room, scope: Scope, advice: StoredAdvice, choice: str) -> Proposal | None:
    """What `choice` stands for in that advice; None when it stands for nothing."""
    wanted = advised(advice.document, choice)
    return None if wanted is None else _proposal(room, scope, advice, choice, wanted)


def propose_trial(room: Room, scope: Scope, advice: StoredAdvice) -> Proposal | None:
    """The configuration to try first: the next trial, without one the recommended pick; None without either."""
    trial = advice.document["next_trial"]
    if trial is None:
        return propose(room, scope, advice, advice.document["recommended"] or "")
    return _proposal(room, scope, advice, "trial", trial["configuration"])


def _proposal(room: Room, scope: Scope, advice: StoredAdvice, choice: str, wanted: OfferedDocument) -> Proposal:
    objective = next((known for known in OBJECTIVES if known == choice), None)
    current, price = advice.document["current"], price_now(room.shelf.index(scope), wanted)
    pick = pick_of(advice.document, objective)
    told: _Told | None
    if pick is not None:
        told = _Told(pick, pick["evidence"], pick["configuration"]["price_usd_per_hour"])
    else:
        told = None if price is None else _predicted(room, scope.team_id, advice, wanted)
    if price is None or told is None:
        return Proposal(choice, objective, wanted, None, told.at(told.price) if told else _NOTHING, current)
    configuration: OfferedDocument = {**wanted, "price_usd_per_hour": price}
    return Proposal(choice, objective, wanted, configuration, told.at(price), current)


def recommended(document: AdviceDocument) -> PickDocument | None:
    """The pick that an advice document recommends; None when it recommends nothing feasible."""
    return pick_of(document, document["recommended"])


def price_now(index: CatalogIndex, configuration: RentedDocument) -> float | None:
    """US dollars per node and hour of the same offer in `index`; None when it is not on offer any more."""
    if not index.catalog.accelerators.knows(configuration["accelerator"]):
        return None
    rows = index.rows_of(configuration["accelerator"], configuration["accelerator_count"])
    same = rows[index.matches(rows, {name: configuration[name] or "" for name in OFFERED})]
    return float(index.prices[same].min()) if len(same) else None


def advised(document: AdviceDocument, choice: str) -> OfferedDocument | None:
    """The configuration that `choice` names in an advice document; None when it names none."""
    kind, _, number = choice.partition(":")
    if kind == "fallback":
        pick = recommended(document)
        fallbacks = pick["fallbacks"] if pick and number.isascii() and number.isdigit() else []
        return next(iter(fallbacks[int(number[:3]) :][:1]), None) if fallbacks else None
    pick = pick_of(document, choice)
    return pick["configuration"] if pick else None


def _predicted(room: Room, team_id: str, advice: StoredAdvice, wanted: OfferedDocument) -> _Told | None:
    """The forecast of a near-equal: an advice holds those of its picks alone, so the engine is asked for this one."""
    asked = workloads.read_asked(advice.request["workload"])
    columns: Mapping[str, Any] = wanted
    only = Filters(
        **{f"{name}s": (columns[name],) for name in ("provider", "region", "accelerator", "term") if columns[name]},
        pricing_categories=(columns["pricing_category"],),
    )
    found = answer(room, team_id, Question("", replace(asked, filters=only)), with_predictions=True)
    rows = as_document(found)["predictions"] if isinstance(found, Advice) else []
    row = next((it for it in rows if rented(it) == rented(wanted)), None)
    speed = row["units_per_hour"] if row else None
    return _as_of_a_pick(row, speed) if row and speed else None


def _as_of_a_pick(row: PredictionDocument, speed: IntervalDocument) -> _Told:
    usd_per_hour = row["price_usd_per_hour"] * row["node_count"]
    predicted: PredictedDocument = {
        "units_per_hour": speed,
        "seconds_per_unit": _over(3600.0, speed),
        "usd_per_day": _HOURS * usd_per_hour,
        "usd_per_day_at_demand": None,
        "usd_per_unit": _over(usd_per_hour, speed),
    }
    return _Told(predicted, None, row["price_usd_per_hour"])


def _over(amount: float, speed: IntervalDocument) -> IntervalDocument:
    """Of `amount` an hour what falls to one unit: the slower, the more."""
    return {"p05": amount / speed["p95"], "p50": amount / speed["p50"], "p95": amount / speed["p05"]}
