"""What an approval would change: one configuration of an advice, at the price that it has at this moment."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.configurations import OFFERED, rented
from bot.store import Scope, workloads
from bot.store.advices import StoredAdvice
from bot.usecases.asking.advise import answer
from bot.usecases.asking.reading import Question
from bot.usecases.room import Room
from bot.usecases.workspace.permissions import Change
from engine import OBJECTIVES, Advice, CatalogIndex, Filters, Objective, as_document

__all__ = ["Proposal", "price_now", "propose", "propose_trial", "recommended"]

_HOURS = 24.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """One pick or fallback. `configuration` is in the shape of the contract, at today's price; None: not on offer.

    `forecast` is what was predicted of it, as of a pick, its money at that price. `choice` names it within its advice:
    an objective, or `fallback:2` for the third near-equal of the recommended pick.
    """

    choice: str
    objective: Objective | None
    advised: Mapping[str, Any]
    configuration: dict[str, Any] | None
    forecast: dict[str, Any]
    current: Mapping[str, Any] | None

    @property
    def price_move(self) -> float:
        """Share by which the price has moved since the advice was given; 0.05: it is 5 % dearer now."""
        if self.configuration is None:
            return 0.0
        return float(self.configuration["price_usd_per_hour"] / self.advised["price_usd_per_hour"]) - 1.0

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


def _proposal(room: Room, scope: Scope, advice: StoredAdvice, choice: str, wanted: Mapping[str, Any]) -> Proposal:
    objective = next((known for known in OBJECTIVES if known == choice), None)
    current = advice.document["current"]
    price = price_now(room.shelf.index(scope), wanted)
    if objective is not None:
        found = advice.document["objectives"][objective]
    else:
        found = None if price is None else _predicted(room, scope.team_id, advice, wanted)
    if price is None or found is None:
        gone = found or {"units_per_hour": {}, "usd_per_day": 0.0}
        return Proposal(choice, objective, wanted, None, gone, current)
    configuration = {**wanted, "price_usd_per_hour": price}
    return Proposal(choice, objective, wanted, configuration, _repriced(found, price / _price(found)), current)


def recommended(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The pick that an advice document recommends; None when it recommends nothing feasible."""
    pick = document["objectives"].get(document["recommended"])
    return None if pick is None or "infeasible" in pick else pick


def price_now(index: CatalogIndex, configuration: Mapping[str, Any]) -> float | None:
    """US dollars per node and hour of the same offer in `index`; None when it is not on offer any more."""
    if not index.catalog.accelerators.knows(configuration["accelerator"]):
        return None
    rows = index.rows_of(configuration["accelerator"], configuration["accelerator_count"])
    same = rows[index.matches(rows, {name: configuration[name] or "" for name in OFFERED})]
    return float(index.prices[same].min()) if len(same) else None


def advised(document: Mapping[str, Any], choice: str) -> Mapping[str, Any] | None:
    """The configuration that `choice` names in an advice document; None when it names none."""
    kind, _, number = choice.partition(":")
    if kind == "fallback":
        pick = recommended(document)
        fallbacks = pick["fallbacks"] if pick and number.isascii() and number.isdigit() else []
        return next(iter(fallbacks[int(number[:3]) :][:1]), None) if fallbacks else None
    pick = document["objectives"].get(choice)
    return None if pick is None or "infeasible" in pick else pick["configuration"]


def _predicted(room: Room, team_id: str, advice: StoredAdvice, wanted: Mapping[str, Any]) -> dict[str, Any] | None:
    """The forecast of a near-equal: an advice holds those of its picks alone, so the engine is asked for this one."""
    asked = workloads.read_asked(advice.request["workload"])
    only = Filters(
        **{f"{name}s": (wanted[name],) for name in ("provider", "region", "accelerator", "term") if wanted[name]},
        pricing_categories=(wanted["pricing_category"],),
    )
    found = answer(room, team_id, Question("", replace(asked, filters=only)), with_predictions=True)
    rows = as_document(found)["predictions"] if isinstance(found, Advice) else []
    row = next((it for it in rows if rented(it) == rented(wanted)), None)
    return None if row is None or row["units_per_hour"] is None else _as_of_a_pick(row)


def _as_of_a_pick(row: Mapping[str, Any]) -> dict[str, Any]:
    speed = row["units_per_hour"]
    usd_per_hour = row["price_usd_per_hour"] * row["node_count"]
    slow_first = {"p05": speed["p95"], "p50": speed["p50"], "p95": speed["p05"]}
    return {
        "configuration": {"price_usd_per_hour": row["price_usd_per_hour"], "node_count": row["node_count"]},
        "units_per_hour": speed,
        "seconds_per_unit": {name: 3600.0 / rate for name, rate in slow_first.items()},
        "usd_per_day": _HOURS * usd_per_hour,
        "usd_per_day_at_demand": None,
        "usd_per_unit": {name: usd_per_hour / rate for name, rate in slow_first.items()},
        "evidence": None,
    }


def _price(found: Mapping[str, Any]) -> float:
    return float(found["configuration"]["price_usd_per_hour"])


def _repriced(found: Mapping[str, Any], factor: float) -> dict[str, Any]:
    """What was predicted, with its money at another price."""
    at_demand = found["usd_per_day_at_demand"]
    return {
        "units_per_hour": found["units_per_hour"],
        "seconds_per_unit": found["seconds_per_unit"],
        "usd_per_day": found["usd_per_day"] * factor,
        "usd_per_day_at_demand": None if at_demand is None else at_demand * factor,
        "usd_per_unit": {name: usd * factor for name, usd in found["usd_per_unit"].items()},
        "evidence": found["evidence"],
    }
